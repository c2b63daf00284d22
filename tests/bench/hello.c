#include "tests/bench/hello.h"

#include "tests/bench/play.h"
#include "tests/bench/put.h"

#define PADDED_SIZE 512
#define X25519      0x001d
#define X25519_SIZE 32
#define HYBRID      0x11ec /* X25519MLKEM768 */
#define HYBRID_SIZE 1216
#define SESSION_ID  32

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };

/* extension_type values of IANA's registry */
enum {
	SERVER_NAME = 0,
	STATUS_REQUEST = 5,
	GROUPS = 10,
	POINT_FORMATS = 11,
	SIGNATURES = 13,
	ALPN = 16,
	PADDING = 21,
	EXTENDED_MASTER_SECRET = 23,
	SESSION_TICKET = 35,
	VERSIONS = 43,
	PSK_MODES = 45,
	KEY_SHARE = 51,
	QUIC_PARAMETERS = 57,
};

static uint8_t *put_extension(uint8_t *at, uint32_t type, const void *bytes, uint32_t n)
{
	return put(put16(put16(at, type), n), bytes, n);
}

static uint8_t *put_server_name(uint8_t *at, uint64_t seed)
{
	char name[NAME_MAX_LENGTH];
	uint32_t n = name_make(name, seed);
	at = put16(put16(at, SERVER_NAME), n + 5);
	at = put16(put8(put16(at, n + 3), 0), n);
	return put(at, name, n);
}

static uint8_t *put_fixed(uint8_t *at, enum hello_shape shape)
{
	static const uint8_t groups[] = {0, 8, 0x11, 0xec, 0, 0x1d, 0, 0x17, 0, 0x18};
	static const uint8_t signatures[] = {0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1};
	static const uint8_t web[] = "\0\x0c\x02h2\x08http/1.1", quic[] = "\0\x03\x02h3";
	at = put_extension(at, EXTENDED_MASTER_SECRET, "", 0);
	at = put_extension(at, GROUPS, groups, sizeof groups);
	at = put_extension(at, POINT_FORMATS, "\x01\0", 2);
	at = put_extension(at, SESSION_TICKET, "", 0);
	if (shape == HELLO_QUIC)
		at = put_extension(at, ALPN, quic, sizeof quic - 1);
	else
		at = put_extension(at, ALPN, web, sizeof web - 1);
	at = put_extension(at, STATUS_REQUEST, "\x01\0\0\0\0", 5);
	at = put_extension(at, SIGNATURES, signatures, sizeof signatures);
	at = put_extension(at, PSK_MODES, "\x01\x01", 2);
	return put_extension(at, VERSIONS, "\x04\x03\x04\x03\x03", 5);
}

static uint8_t *put_key_shares(uint8_t *at, struct random *r, enum hello_shape shape)
{
	at = put16(at, KEY_SHARE);
	uint8_t *extension = at, *list = at + 2;
	at += 4;
	if (shape == HELLO_HYBRID)
		at = put_noise(put16(put16(at, HYBRID), HYBRID_SIZE), r, HYBRID_SIZE);
	at = put_noise(put16(put16(at, X25519), X25519_SIZE), r, X25519_SIZE);
	put_length16(list, at);
	put_length16(extension, at);
	return at;
}

/* What a hybrid hello is longer by than its key share: an encrypted client hello, by and large. */
static uint8_t *put_filler(uint8_t *at, const uint8_t *start, enum hello_shape shape)
{
	/* max_idle_timeout 30 s, initial_max_data 1 MiB, initial_source_connection_id of none */
	static const uint8_t parameters[] = {
		1, 4, 0x80, 0, 0x75, 0x30, 4, 4, 0x80, 0x10, 0, 0, 15, 0};
	if (shape == HELLO_QUIC)
		return put_extension(at, QUIC_PARAMETERS, parameters, sizeof parameters);
	uint32_t now = (uint32_t)(at - start) + 4;
	uint32_t n = shape == HELLO_PADDED && now < PADDED_SIZE ? PADDED_SIZE - now : 200;
	return put_zero(put16(put16(at, PADDING), n), n);
}

static void put_length24(uint8_t *length, const uint8_t *end)
{
	uint32_t n = (uint32_t)(end - length - 3);
	put16(put8(length, n >> 16), n);
}

static uint8_t *put_session(uint8_t *at, struct random *session, enum hello_shape shape)
{
	uint32_t n = shape == HELLO_QUIC ? 0 : SESSION_ID;
	return put_noise(put8(at, n), session, n);
}

uint8_t *hello_client(uint8_t *at, uint64_t seed, enum hello_shape shape)
{
	static const uint8_t suites[] = {0, 16, 0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f,
		0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9};
	struct random r = {seed + 1}, session = {seed + 2};
	uint8_t *start = at;
	at = put_noise(put16(put8(at, CLIENT_HELLO) + 3, 0x0303), &r, 32);
	at = put_session(at, &session, shape);
	at = put(put(at, suites, sizeof suites), "\x01\0", 2);
	uint8_t *extensions = at;
	at = put_server_name(at + 2, seed);
	at = put_key_shares(put_fixed(at, shape), &r, shape);
	at = put_filler(at, start, shape);
	put_length16(extensions, at);
	put_length24(start + 1, at);
	return at;
}

uint8_t *hello_server(uint8_t *at, uint64_t seed, enum hello_shape shape)
{
	struct random r = {seed + 3}, session = {seed + 2};
	uint8_t *start = at;
	at = put_noise(put16(put8(at, SERVER_HELLO) + 3, 0x0303), &r, 32);
	at = put_session(at, &session, shape);
	at = put(at, "\x13\x01\0", 3);
	uint8_t *extensions = at;
	at = put_extension(at + 2, VERSIONS, "\x03\x04", 2);
	at = put16(put16(at, KEY_SHARE), 4 + X25519_SIZE);
	at = put_noise(put16(put16(at, X25519), X25519_SIZE), &r, X25519_SIZE);
	put_length16(extensions, at);
	put_length24(start + 1, at);
	return at;
}
