/*
 * The few primitives that reading QUIC Initials takes (RFC 9001 §5), out of libcrypto, which no
 * other file in dissect/ knows. What they need of the heap is made once. Private to dissect/.
 */
#ifndef SEEP_DISSECT_CRYPTO_H
#define SEEP_DISSECT_CRYPTO_H

#include "core/reader.h"

#define CRYPTO_KEY   16 /* AES-128 */
#define CRYPTO_BLOCK 16
#define CRYPTO_NONCE 12
#define CRYPTO_TAG   16
#define CRYPTO_HASH  32 /* SHA-256 */

/* A key of HMAC-SHA-256 as it goes into the digest, before any data: under one key that much is
 * done once. */
struct crypto_hmac_key {
	uint32_t inner[CRYPTO_HASH / 4], outer[CRYPTO_HASH / 4];
};

/* The ciphers. */
struct crypto;

/* NULL without memory, or where libcrypto has been built without these algorithms. */
struct crypto *crypto_new(void);
void crypto_free(struct crypto *c);

/* Keys of up to a block of the digest; what is longer is cut. */
void crypto_hmac_key(struct crypto_hmac_key *out, const struct reader *key);
void crypto_hmac(
	const struct crypto_hmac_key *key, const struct reader *data, uint8_t out[CRYPTO_HASH]);

/* One block through AES-128. */
bool crypto_block(struct crypto *c, const uint8_t key[CRYPTO_KEY], const uint8_t in[CRYPTO_BLOCK],
	uint8_t out[CRYPTO_BLOCK]);

/* AES-128-GCM: opens `sealed`, whose tag stands at its end, into `out`, which has room for
 * `sealed` without its tag. False when the tag does not fit. */
bool crypto_open(struct crypto *c, const uint8_t key[CRYPTO_KEY], const uint8_t nonce[CRYPTO_NONCE],
	const struct reader *header, const struct reader *sealed, uint8_t *out);

#endif
