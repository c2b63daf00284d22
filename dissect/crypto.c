/* libcrypto behind its wall: pre-made contexts, so that a packet costs keys and no look-ups. */
#include "dissect/crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct crypto {
	EVP_MAC *hmac;
	EVP_MAC_CTX *mac;
	EVP_CIPHER_CTX *ecb, *gcm;
};

static bool mac_prepare(struct crypto *c)
{
	char digest[] = "SHA256"; /* the parameter is not const */
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	c->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	c->mac = EVP_MAC_CTX_new(c->hmac);
	return c->mac && EVP_MAC_CTX_set_params(c->mac, params);
}

static bool ciphers_prepare(struct crypto *c)
{
	c->ecb = EVP_CIPHER_CTX_new();
	c->gcm = EVP_CIPHER_CTX_new();
	return c->ecb && c->gcm &&
		EVP_EncryptInit_ex(c->ecb, EVP_aes_128_ecb(), NULL, NULL, NULL) &&
		EVP_CIPHER_CTX_set_padding(c->ecb, 0) &&
		EVP_DecryptInit_ex(c->gcm, EVP_aes_128_gcm(), NULL, NULL, NULL);
}

struct crypto *crypto_new(void)
{
	struct crypto *c = calloc(1, sizeof(*c));
	if (c && mac_prepare(c) && ciphers_prepare(c))
		return c;
	crypto_free(c);
	return NULL;
}

void crypto_free(struct crypto *c)
{
	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->gcm);
	EVP_CIPHER_CTX_free(c->ecb);
	EVP_MAC_CTX_free(c->mac);
	EVP_MAC_free(c->hmac);
	free(c);
}

bool crypto_hmac(struct crypto *c, const struct reader *key, const struct reader *data,
	uint8_t out[CRYPTO_HASH])
{
	size_t length = 0;
	return EVP_MAC_init(c->mac, key->at, reader_left(key), NULL) &&
		EVP_MAC_update(c->mac, data->at, reader_left(data)) &&
		EVP_MAC_final(c->mac, out, &length, CRYPTO_HASH) && length == CRYPTO_HASH;
}

bool crypto_block(struct crypto *c, const uint8_t key[CRYPTO_KEY], const uint8_t in[CRYPTO_BLOCK],
	uint8_t out[CRYPTO_BLOCK])
{
	int length = 0;
	return EVP_EncryptInit_ex(c->ecb, NULL, NULL, key, NULL) &&
		EVP_EncryptUpdate(c->ecb, out, &length, in, CRYPTO_BLOCK) && length == CRYPTO_BLOCK;
}

bool crypto_open(struct crypto *c, const uint8_t key[CRYPTO_KEY], const uint8_t nonce[CRYPTO_NONCE],
	const struct reader *header, const struct reader *sealed, uint8_t *out)
{
	struct reader rest = *sealed;
	if (reader_left(&rest) < CRYPTO_TAG || reader_left(&rest) > INT_MAX ||
		reader_left(header) > INT_MAX)
		return false;
	int length = (int)(reader_left(&rest) - CRYPTO_TAG), done = 0;
	const uint8_t *body = reader_take(&rest, (size_t)length);
	uint8_t tag[CRYPTO_TAG], none[CRYPTO_BLOCK];
	reader_copy(&rest, tag, sizeof(tag));
	return EVP_DecryptInit_ex(c->gcm, NULL, NULL, key, nonce) &&
		EVP_CIPHER_CTX_ctrl(c->gcm, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG, tag) &&
		EVP_DecryptUpdate(c->gcm, NULL, &done, header->at, (int)reader_left(header)) &&
		EVP_DecryptUpdate(c->gcm, out, &done, body, length) && done == length &&
		EVP_DecryptFinal_ex(c->gcm, none, &done) > 0;
}
