/* QUIC long headers, and the keys and protections of Initials. */
#include "dissect/quic.h"

#include <stdlib.h>

#define VERSION_1     0x00000001
#define VERSION_2     0x6b3343cf
#define GOOGLE_T050   0x54303530
#define GOOGLE_T051   0x54303531
#define RESERVED_MASK 0x0f0f0f0f
#define RESERVED      0x0a0a0a0a
#define RESERVED_AS   0xff00001d
#define SECRET_LABEL  "tls13 "
#define LABEL_MAX     32
#define SAMPLE_BEHIND 4 /* the sample starts so far behind the start of the packet number */
#define SALT_SIZE     20
#define PLAIN_MAX     4096 /* of an Initial; jumbo frames need no more */
#define HEADER_MAX    1024 /* of an Initial, with its token */

enum { LONG_HEADER = 0x80, FIXED_BIT = 0x40 };
enum { FRAME_CRYPTO = 6, FRAME_CRYPTO_GOOGLE = 8 };

/* Of the drafts from 22, 23 and 29 on; of RFC 9001 §5.2, from draft-ietf-quic-tls-33 on; of RFC
 * 9369 §3.3.1; of Google's T050 and T051, which are draft 27's packets with TLS in frames of
 * Google's own. */
enum salt { SALT_22, SALT_23, SALT_29, SALT_1, SALT_2, SALT_T050, SALT_T051 };

struct quic_version {
	uint32_t first, last;
	const char *prefix; /* of the labels of key, iv and hp; NULL: Initials are not opened */
	enum salt salt;
};

static const uint8_t salts[][SALT_SIZE] = {
	[SALT_22] = {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21,
		0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a},
	[SALT_23] = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b,
		0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02},
	[SALT_29] = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c,
		0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
	[SALT_1] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4,
		0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
	[SALT_2] = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e,
		0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
	[SALT_T050] = {0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43,
		0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10},
	[SALT_T051] = {0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12,
		0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d},
};

/* Drafts and Facebook's own (mvfst, as the drafts 27 and 22) are still met in captures. */
static const struct quic_version versions[] = {
	{VERSION_1, VERSION_1, "quic ", SALT_1},
	{VERSION_2, VERSION_2, "quicv2 ", SALT_2},
	{0xff000021, 0xff000022, "quic ", SALT_1},
	{0xff00001d, 0xff000020, "quic ", SALT_29},
	{0xff000017, 0xff00001c, "quic ", SALT_23},
	{0xfaceb002, 0xfaceb00f, "quic ", SALT_23},
	{0xfaceb001, 0xfaceb001, "quic ", SALT_22},
	{GOOGLE_T050, GOOGLE_T050, "quic ", SALT_T050},
	{GOOGLE_T051, GOOGLE_T051, "quic ", SALT_T051},
};

#define VERSIONS (sizeof(versions) / sizeof(versions[0]))
#define SALTS    (sizeof(salts) / sizeof(salts[0]))

struct quic_opener {
	struct crypto *crypto;
	struct crypto_hmac_key salts[SALTS];
	uint8_t header[HEADER_MAX], plain[PLAIN_MAX];
};

struct quic_opener *quic_opener_new(void)
{
	struct quic_opener *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	for (size_t i = 0; i < SALTS; i++) {
		struct reader salt = reader_make(salts[i], sizeof(salts[i]), false);
		crypto_hmac_key(&o->salts[i], &salt);
	}
	o->crypto = crypto_new();
	if (o->crypto)
		return o;
	quic_opener_free(o);
	return NULL;
}

void quic_opener_free(struct quic_opener *o)
{
	if (!o)
		return;
	crypto_free(o->crypto);
	free(o);
}

/* RFC 9000 §15: means nothing, asks for negotiation. Those who send it take draft 29's keys. */
static uint32_t version_plain(uint32_t version)
{
	return (version & RESERVED_MASK) == RESERVED ? RESERVED_AS : version;
}

static const struct quic_version *version_find(uint32_t wire)
{
	uint32_t version = version_plain(wire);
	for (size_t i = 0; i < VERSIONS; i++) {
		if (version >= versions[i].first && version <= versions[i].last)
			return &versions[i];
	}
	return NULL;
}

uint64_t quic_varint(struct reader *r)
{
	struct reader peek = *r;
	switch (reader_u8(&peek) >> 6) {
	case 0:
		return reader_u8(r);
	case 1:
		return reader_u16(r) & 0x3fff;
	case 2:
		return reader_u32(r) & 0x3fffffff;
	default:
		return reader_u64(r) & 0x3fffffffffffffff;
	}
}

/* A length that is a varint: what is longer than a reader can hold is longer than this one. */
static void varint_skip(struct reader *r)
{
	uint64_t length = quic_varint(r);
	if (length > reader_left(r))
		reader_fail(r);
	else
		reader_skip(r, (size_t)length);
}

static struct reader id_read(struct reader *r)
{
	uint8_t length = reader_u8(r);
	if (length > QUIC_ID_MAX)
		reader_fail(r);
	return reader_sub(r, length);
}

uint8_t quic_crypto_frame(uint32_t version)
{
	return version == GOOGLE_T050 || version == GOOGLE_T051 ? FRAME_CRYPTO_GOOGLE
								: FRAME_CRYPTO;
}

/* What follows the connection ids. */
static void packet_body(struct reader *r, struct quic_packet *out)
{
	/* Negotiation is a list of versions. */
	if (out->version == 0 && (!reader_left(r) || reader_left(r) % sizeof(out->version))) {
		reader_fail(r);
		return;
	}
	if (out->version == 0 || out->type == QUIC_RETRY) {
		reader_skip(r, reader_left(r));
		return;
	}
	if (out->type == QUIC_INITIAL)
		varint_skip(r); /* token */
	uint64_t length = quic_varint(r);
	out->number_at = reader_left(&out->whole) - reader_left(r);
	if (length > reader_left(r) || length < SAMPLE_BEHIND + CRYPTO_BLOCK)
		reader_fail(r);
	else
		reader_skip(r, (size_t)length);
}

bool quic_packet_read(struct reader *r, struct quic_packet *out)
{
	struct reader whole = *r;
	uint8_t first = reader_u8(r);
	if (!(first & LONG_HEADER) || !(first & FIXED_BIT))
		return false;
	*out = (struct quic_packet){.version = reader_u32(r), .whole = whole};
	if (out->version && !version_find(out->version))
		return false;
	/* RFC 9369 §3.2: Initial is 1, 0-RTT 2, Handshake 3, Retry 0. */
	unsigned type = first >> 4 & 3;
	out->type = (uint8_t)(out->version == VERSION_2 ? (type + 3) & 3 : type);
	out->destination = id_read(r);
	id_read(r); /* source */
	packet_body(r, out);
	reader_limit(&out->whole, reader_left(&out->whole) - reader_left(r));
	return true;
}

/* HKDF-Expand-Label (RFC 8446 §7.1) with an empty context; all outputs fit in one hash. */
static void label_expand(const struct crypto_hmac_key *secret, const char *prefix,
	const char *label, uint8_t *out, uint8_t length)
{
	uint8_t info[LABEL_MAX] = {0, length}, block[CRYPTO_HASH];
	size_t at = 3;
	const char *const parts[] = {SECRET_LABEL, prefix, label};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (const char *from = parts[i]; *from && at < LABEL_MAX - 2; from++)
			info[at++] = (uint8_t)*from;
	}
	info[2] = (uint8_t)(at - 3);
	info[at + 1] = 1; /* behind the empty context: the number of the block */
	struct reader data = reader_make(info, at + 2, false);
	crypto_hmac(secret, &data, block);
	memcpy(out, block, length);
}

static struct crypto_hmac_key secret_key(const uint8_t secret[CRYPTO_HASH])
{
	struct crypto_hmac_key key;
	struct reader r = reader_make(secret, CRYPTO_HASH, false);
	crypto_hmac_key(&key, &r);
	return key;
}

bool quic_keys_make(const struct quic_opener *o, uint32_t version, const struct reader *destination,
	struct quic_keys *out)
{
	const struct quic_version *v = version_find(version);
	uint8_t secret[CRYPTO_HASH];
	if (!v)
		return false;
	crypto_hmac(&o->salts[v->salt], destination, secret);
	struct crypto_hmac_key key = secret_key(secret);
	label_expand(&key, "", "client in", secret, sizeof(secret));
	key = secret_key(secret);
	label_expand(&key, v->prefix, "key", out->key, sizeof(out->key));
	label_expand(&key, v->prefix, "iv", out->iv, sizeof(out->iv));
	label_expand(&key, v->prefix, "hp", out->mask, sizeof(out->mask));
	return true;
}

/* The mask over the first byte and the packet number (RFC 9001 §5.4). */
static bool header_mask(struct crypto *c, const struct quic_keys *keys,
	const struct quic_packet *packet, uint8_t mask[CRYPTO_BLOCK])
{
	struct reader r = packet->whole;
	uint8_t sample[CRYPTO_BLOCK];
	reader_skip(&r, packet->number_at + SAMPLE_BEHIND);
	reader_copy(&r, sample, sizeof(sample));
	return !r.failed && crypto_block(c, keys->mask, sample, mask);
}

bool quic_initial_open(struct quic_opener *o, const struct quic_keys *keys,
	const struct quic_packet *packet, struct reader *frames)
{
	struct reader sealed = packet->whole;
	uint8_t mask[CRYPTO_BLOCK], nonce[CRYPTO_NONCE];
	size_t number_at = packet->number_at;
	if (number_at + SAMPLE_BEHIND > sizeof(o->header) ||
		reader_left(&sealed) > sizeof(o->plain) ||
		!header_mask(o->crypto, keys, packet, mask))
		return false;
	struct reader first = sealed;
	size_t number = 1 + ((reader_u8(&first) ^ mask[0]) & 3U);
	reader_copy(&sealed, o->header, number_at + number);
	o->header[0] ^= mask[0] & 0x0f;
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (size_t i = 0; i < number; i++) {
		o->header[number_at + i] ^= mask[1 + i];
		nonce[sizeof(nonce) - number + i] ^= o->header[number_at + i];
	}
	struct reader header = reader_make(o->header, number_at + number, false);
	if (sealed.failed || !crypto_open(o->crypto, keys->key, nonce, &header, &sealed, o->plain))
		return false;
	*frames = reader_make(o->plain, reader_left(&sealed) - CRYPTO_TAG, false);
	return true;
}
