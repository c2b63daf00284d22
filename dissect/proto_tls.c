/*
 * TLS in a stream (RFC 8446 §5, RFC 5246 §6): the hello of each direction, put together from
 * records and segments. Emits HELLO, and TUNNEL where it sets one up, then gives that direction up:
 * what follows is encrypted or of no interest here, and shall cost nothing.
 *
 * Streams picked up in the middle, SSL 2 hellos and renegotiation are left out.
 */
#include "dissect/hello.h"
#include "dissect/tunnel.h"

#include <stdlib.h>

#define RECORD_HEADER    5
#define RECORD_HANDSHAKE 22
#define RECORD_MAX       16384 /* RFC 8446 §5.1 */
#define RECORDS_MAX      64    /* that a hello may be spread over */
#define HELLO_MAX        16384
#define VERSION_MAJOR    3
#define VERSION_MINOR    4

struct tls_flow {
	uint8_t tunnel; /* enum tunnel_kind + 1, that the client's hello asked for */
};

struct tls {
	uint8_t bytes[HANDSHAKE_HEADER + HELLO_MAX]; /* of the hello at hand */
};

/* The header of a record; an empty reader when it is none that a hello may come in. */
static struct reader record_header(struct reader *r, size_t *length)
{
	struct reader h = reader_sub(r, RECORD_HEADER);
	uint8_t type = reader_u8(&h), major = reader_u8(&h), minor = reader_u8(&h);
	*length = reader_u16(&h);
	if (type != RECORD_HANDSHAKE || major != VERSION_MAJOR || minor > VERSION_MINOR ||
		*length == 0 || *length > RECORD_MAX)
		reader_fail(&h);
	return h;
}

static bool hello_starts(uint8_t type, uint32_t length)
{
	return (type == HANDSHAKE_CLIENT_HELLO || type == HANDSHAKE_SERVER_HELLO) &&
		length <= HELLO_MAX;
}

static bool tls_probe(struct reader r)
{
	size_t length;
	struct reader header = record_header(&r, &length);
	uint8_t type = reader_u8(&r);
	bool whole = length >= HANDSHAKE_HEADER && reader_left(&r) >= HANDSHAKE_HEADER - 1;
	uint32_t size = whole ? (uint32_t)reader_u8(&r) << 16 : 0;
	size |= whole ? reader_u16(&r) : 0;
	return !header.failed && !r.failed && hello_starts(type, size);
}

/* The content of records one after the other, as far as there is any. False: these are no records
 * that a hello may come in. */
static bool records_join(struct tls *tls, struct reader *r, size_t *have)
{
	for (unsigned i = 0; reader_left(r) >= RECORD_HEADER; i++) {
		size_t length;
		struct reader header = record_header(r, &length);
		if (header.failed || i == RECORDS_MAX)
			return false;
		bool part = length > reader_left(r);
		size_t room = sizeof(tls->bytes) - *have, take = part ? reader_left(r) : length;
		struct reader body = reader_sub(r, take);
		take = take > room ? room : take;
		reader_copy(&body, &tls->bytes[*have], take);
		*have += take;
		if (part || *have == sizeof(tls->bytes))
			break;
		struct reader peek = reader_make(tls->bytes, *have, false);
		uint32_t start = reader_u32(&peek);
		if (!peek.failed && reader_left(&peek) >= (start & 0xffffff))
			break;
	}
	return true;
}

static void tunnel_say(struct dissection *d, const struct hello *hello)
{
	enum tunnel_kind kind;
	struct tls_flow *f = NULL;
	if (hello_tunnel(hello, &kind)) {
		f = dissection_flow_state(d);
		if (f)
			f->tunnel = (uint8_t)(kind + 1);
		tunnel_asks(d, kind, HANDSHAKE_CLIENT_HELLO, NULL);
	} else if (hello->obs.server) {
		f = dissection_flow_known(d);
		if (f)
			tunnel_answers(d, f->tunnel - 1U, HANDSHAKE_SERVER_HELLO, NULL);
	}
}

static enum verdict tls_dissect(struct dissection *d, struct reader *r)
{
	struct tls *tls = d->state;
	struct reader records = *r;
	size_t have = 0;
	if (d->gap || !records_join(tls, &records, &have))
		return NOT_MINE;
	struct reader message = reader_make(tls->bytes, have, false);
	uint32_t start = reader_u32(&message);
	if (message.failed)
		return MORE;
	uint8_t type = (uint8_t)(start >> 24);
	if (!hello_starts(type, start & 0xffffff))
		return NOT_MINE;
	struct reader body = reader_sub(&message, start & 0xffffff);
	if (message.failed)
		return MORE;
	struct hello hello;
	if (!hello_read(&hello, HELLO_TLS, type, &body))
		return MALFORMED;
	hello_emit(d, &hello);
	tunnel_say(d, &hello);
	return NOT_MINE;
}

static void *tls_open(const struct dissect_options *options)
{
	(void)options;
	return calloc(1, sizeof(struct tls));
}

static void tls_close(void *state)
{
	free(state);
}

extern const struct dissector dissector_tls;
const struct dissector dissector_tls = {
	.info = {"tls", "RFC 8446"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct tls_flow),
	.open = tls_open,
	.close = tls_close,
	.first_min = RECORD_HANDSHAKE,
	.first_max = RECORD_HANDSHAKE,
	.probe = tls_probe,
	.dissect = tls_dissect,
};
