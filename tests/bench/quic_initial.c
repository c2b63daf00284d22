#include "tests/bench/quic_initial.h"

#include "tests/bench/put.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define SECRET 32
#define KEY    16
#define IV     12
#define TAG    16
#define NUMBER 4 /* bytes of the packet number, which is 0 */

struct keys {
	uint8_t key[KEY], iv[IV], header[KEY];
};

/* HKDF-Expand-Label of RFC 8446 with no context, for what fits in one block. */
static void expand(const uint8_t secret[SECRET], const char *label, uint8_t *out, size_t n)
{
	uint8_t info[64], block[SECRET];
	size_t length = strlen(label);
	uint8_t *at = put(put8(put16(info, (uint32_t)n), (uint32_t)length + 6), "tls13 ", 6);
	at = put8(put(at, label, length), 0);
	at = put8(at, 1);
	HMAC(EVP_sha256(), secret, SECRET, info, (size_t)(at - info), block, NULL);
	memcpy(out, block, n);
}

static void keys_derive(struct keys *k, const uint8_t id[QUIC_ID], bool client)
{
	static const uint8_t salt[] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
		0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
	uint8_t initial[SECRET], secret[SECRET];
	HMAC(EVP_sha256(), salt, sizeof salt, id, QUIC_ID, initial, NULL);
	expand(initial, client ? "client in" : "server in", secret, SECRET);
	expand(secret, "quic key", k->key, KEY);
	expand(secret, "quic iv", k->iv, IV);
	expand(secret, "quic hp", k->header, KEY);
}

/* Seals in place: the packet number is 0, so the nonce is the IV. The tag goes behind. */
static bool seal(const struct keys *k, const uint8_t *head, uint32_t head_size, uint8_t *text,
	uint32_t text_size)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n;
	bool good = c && EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, k->key, k->iv) &&
		EVP_EncryptUpdate(c, NULL, &n, head, (int)head_size) &&
		EVP_EncryptUpdate(c, text, &n, text, (int)text_size) &&
		EVP_EncryptFinal_ex(c, text + text_size, &n) &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, text + text_size);
	EVP_CIPHER_CTX_free(c);
	return good;
}

/* Hides the length of the packet number and the number (RFC 9001, 5.4). */
static bool mask(const struct keys *k, uint8_t *first, uint8_t *number)
{
	uint8_t block[32];
	int n;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	bool good = c && EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, k->header, NULL) &&
		EVP_EncryptUpdate(c, block, &n, number + 4, 16);
	EVP_CIPHER_CTX_free(c);
	*first ^= good ? block[0] & 0x0f : 0;
	for (int i = 0; good && i < NUMBER; i++)
		number[i] ^= block[1 + i];
	return good;
}

static uint8_t *put_id(uint8_t *at, const uint8_t *id)
{
	return id ? put(put8(at, QUIC_ID), id, QUIC_ID) : put8(at, 0);
}

bool quic_initial_write(uint8_t *out, const struct quic_initial *q)
{
	struct keys k;
	keys_derive(&k, q->original, q->client);
	uint8_t *at = put32(put8(out, 0xc0 | (NUMBER - 1)), 1);
	at = put8(put_id(put_id(at, q->destination), q->source), 0); /* and no token */
	uint32_t rest = q->size - (uint32_t)(at - out) - 2;
	at = put16(at, 0x4000U | rest);
	uint8_t *number = at, *text = put32(at, 0);
	uint32_t text_size = rest - NUMBER - TAG;
	put_zero(put(text, q->frames, q->frames_size), text_size - q->frames_size);
	return seal(&k, out, (uint32_t)(text - out), text, text_size) && mask(&k, out, number);
}
