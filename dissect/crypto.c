/*
 * libcrypto behind its wall: pre-made contexts, so that a packet costs keys and no look-ups. The
 * digest is that of 1.1.1, a value, which can be kept half done and copied; the one that EVP has
 * made of it lies on the heap, and its HMAC takes ten pieces of that for each key.
 */
#define OPENSSL_API_COMPAT 0x10101000L

#include "dissect/crypto.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

#define INNER_PAD 0x36 /* RFC 2104 §2 */
#define OUTER_PAD 0x5c

struct crypto {
	EVP_CIPHER_CTX *ecb, *gcm;
};

_Static_assert(sizeof(((SHA256_CTX *)NULL)->h) == CRYPTO_HASH, "what is kept of a digest");

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
	if (c && ciphers_prepare(c))
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
	free(c);
}

/* The digest after one block: the key, padded. */
static void pad_digest(const uint8_t key[SHA256_CBLOCK], uint8_t pad, uint32_t out[])
{
	uint8_t block[SHA256_CBLOCK];
	SHA256_CTX digest;
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	SHA256_Init(&digest);
	SHA256_Update(&digest, block, sizeof(block));
	memcpy(out, digest.h, sizeof(digest.h));
}

void crypto_hmac_key(struct crypto_hmac_key *out, const struct reader *key)
{
	uint8_t block[SHA256_CBLOCK] = {0};
	struct reader r = *key;
	reader_limit(&r, sizeof(block));
	reader_copy(&r, block, reader_left(&r));
	pad_digest(block, INNER_PAD, out->inner);
	pad_digest(block, OUTER_PAD, out->outer);
}

/* Goes on from there. */
static void pad_follow(
	const uint32_t from[], const uint8_t *data, size_t length, uint8_t out[CRYPTO_HASH])
{
	SHA256_CTX digest = {.Nl = 8 * SHA256_CBLOCK, .md_len = SHA256_DIGEST_LENGTH};
	memcpy(digest.h, from, sizeof(digest.h));
	SHA256_Update(&digest, data, length);
	SHA256_Final(out, &digest);
}

void crypto_hmac(
	const struct crypto_hmac_key *key, const struct reader *data, uint8_t out[CRYPTO_HASH])
{
	uint8_t inner[CRYPTO_HASH];
	pad_follow(key->inner, data->at, reader_left(data), inner);
	pad_follow(key->outer, inner, sizeof(inner), out);
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
