/*
 * QUIC Initials to order, protected as RFC 9001 §5 and RFC 9369 §3 say, with libcrypto's one-shot
 * functions: another way than the one under test. What cannot be sealed aborts.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_QUIC_SEAL_H
#define SEEP_TESTS_UNIT_SUPPORT_QUIC_SEAL_H

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SEAL_HASH    32
#define SEAL_KEY     16
#define SEAL_NONCE   12
#define SEAL_TAG     16
#define SEAL_ROOM    64 /* header and tag are shorter */
#define QUIC_V1      0x00000001U
#define QUIC_V2      0x6b3343cfU
#define QUIC_GREASE  0x1a2a3a4aU
#define QUIC_T050    0x54303530U
#define QUIC_T051    0x54303531U
#define LABEL_LENGTH 64
#define SEAL_SALT    20

static inline void seal_check(int good)
{
	if (!good)
		abort();
}

static inline void seal_hmac(
	const uint8_t *key, int size, const uint8_t *data, size_t length, uint8_t out[SEAL_HASH])
{
	unsigned written = 0;
	seal_check(HMAC(EVP_sha256(), key, size, data, length, out, &written) != NULL);
}

/* HKDF-Expand-Label without context. */
static inline void seal_label(
	const uint8_t secret[SEAL_HASH], const char *label, size_t n, uint8_t *out)
{
	uint8_t info[LABEL_LENGTH] = {0, (uint8_t)n, (uint8_t)strlen(label)}, block[SEAL_HASH];
	size_t length = 3 + strlen(label);
	memcpy(info + 3, label, length - 3);
	info[length + 1] = 1;
	seal_hmac(secret, SEAL_HASH, info, length + 2, block);
	memcpy(out, block, n);
}

static inline void seal_secret(
	uint32_t version, const uint8_t *id, size_t length, uint8_t out[SEAL_HASH])
{
	static const struct {
		uint32_t version;
		uint8_t salt[SEAL_SALT];
	} salts[] = {
		{QUIC_V1,
			{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6,
				0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a}},
		{QUIC_V2,
			{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe,
				0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9}},
		{QUIC_GREASE, /* draft 29's */
			{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1,
				0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99}},
		{QUIC_T050,
			{0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c,
				0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10}},
		{QUIC_T051,
			{0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19,
				0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d}},
	};
	const uint8_t *salt = NULL;
	for (size_t i = 0; i < sizeof(salts) / sizeof(salts[0]); i++)
		salt = salts[i].version == version ? salts[i].salt : salt;
	seal_check(salt != NULL);
	uint8_t initial[SEAL_HASH];
	seal_hmac(salt, SEAL_SALT, id, length, initial);
	seal_label(initial, "tls13 client in", SEAL_HASH, out);
}

static inline void seal_run(const uint8_t *key, const uint8_t *nonce, const uint8_t *header,
	size_t header_length, const uint8_t *plain, size_t length, uint8_t *out)
{
	int done = 0;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	seal_check(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, key, nonce));
	seal_check(EVP_EncryptUpdate(c, NULL, &done, header, (int)header_length));
	seal_check(EVP_EncryptUpdate(c, out, &done, plain, (int)length));
	seal_check(EVP_EncryptFinal_ex(c, out + length, &done));
	seal_check(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, out + length));
	EVP_CIPHER_CTX_free(c);
}

static inline void seal_mask(const uint8_t *key, const uint8_t *sample, uint8_t mask[SEAL_KEY])
{
	int done = 0;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	seal_check(EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, key, NULL));
	seal_check(EVP_EncryptUpdate(c, mask, &done, sample, SEAL_KEY));
	EVP_CIPHER_CTX_free(c);
}

/* An Initial of the client that first chose `secret_id` as destination, now sent to `id` (both of
 * 8 bytes), with a packet number of 4 bytes. `out` has SEAL_ROOM more bytes than `frames`. */
static inline size_t quic_seal(uint8_t *out, uint32_t version, const uint8_t secret_id[8],
	const uint8_t id[8], uint8_t number, const uint8_t *frames, size_t length)
{
	bool two = version == QUIC_V2;
	uint8_t secret[SEAL_HASH], key[SEAL_KEY], hp[SEAL_KEY], nonce[SEAL_NONCE], mask[SEAL_KEY];
	seal_secret(version, secret_id, 8, secret);
	seal_label(secret, two ? "tls13 quicv2 key" : "tls13 quic key", sizeof(key), key);
	seal_label(secret, two ? "tls13 quicv2 iv" : "tls13 quic iv", sizeof(nonce), nonce);
	seal_label(secret, two ? "tls13 quicv2 hp" : "tls13 quic hp", sizeof(hp), hp);
	size_t wire = 4 + length + SEAL_TAG;
	uint8_t header[22] = {two ? 0xd3 : 0xc3, (uint8_t)(version >> 24), (uint8_t)(version >> 16),
		(uint8_t)(version >> 8), (uint8_t)version, 8, [14] = 0, [15] = 0,
		[16] = (uint8_t)(0x40 | wire >> 8), [17] = (uint8_t)wire, [21] = number};
	memcpy(header + 6, id, 8);
	nonce[SEAL_NONCE - 1] ^= number;
	seal_run(key, nonce, header, sizeof(header), frames, length, out + sizeof(header));
	seal_mask(hp, out + sizeof(header), mask);
	header[0] ^= mask[0] & 0x0f;
	for (size_t i = 0; i < 4; i++)
		header[18 + i] ^= mask[1 + i];
	memcpy(out, header, sizeof(header));
	return sizeof(header) + length + SEAL_TAG;
}

#endif
