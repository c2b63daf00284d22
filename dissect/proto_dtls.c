/*
 * DTLS 1.2 (RFC 6347) and 1.3 (RFC 9147) over UDP, first byte 20..63 (RFC 7983): datagrams that
 * records fill to the last byte. Emits HELLO for ClientHello and ServerHello, put together from
 * fragments, and MEDIA for what flows afterwards (data channels, or a VPN): application data, or
 * records with the unified header of DTLS 1.3 (§4) that are not of the handshake epoch. A flow
 * whose hello was not seen is believed after DTLS_RUN such datagrams in one direction. Where the
 * hello, or the version of AnyConnect, sets up a VPN, all this is TUNNEL and no MEDIA.
 *
 * A unified header without a length, or with a connection id, has no shape of its own: it counts
 * only where a hello was seen. Records with a connection id in DTLS 1.2 (RFC 9146) are not read.
 */
#include "dissect/assembly.h"
#include "dissect/hello.h"
#include "dissect/media.h"
#include "dissect/tunnel.h"

#include <stdlib.h>

#define RECORDS_MAX      16 /* in a datagram */
#define FRAGMENTS_MAX    16 /* in a record */
#define CIPHERTEXT_MIN   16 /* RFC 9147 §4.2.3 needs as many for the sequence number's mask */
#define DTLS_RUN         4
#define UNIFIED_MASK     0xe0
#define UNIFIED          0x20
#define UNIFIED_ID       0x10 /* a connection id follows */
#define UNIFIED_LONG     0x08 /* 16 bits of sequence number */
#define UNIFIED_LENGTH   0x04
#define UNIFIED_EPOCH    0x03
#define HANDSHAKE_EPOCH  2
#define VERSION_1_3      0xfefc
#define VERSION_1_0      0xfeff
#define VERSION_1_2      0xfefd
#define CONTENT_TYPE_MIN 20
#define CONTENT_TYPE_MAX 24

enum { RECORD_HANDSHAKE = 22, RECORD_DATA = 23 };

struct dtls {
	struct assemblies assemblies;
};

struct dtls_flow {
	struct {
		struct media_count count;
		struct tunnel_way way;
		uint32_t random; /* of the hello that was said */
		uint8_t run;
	} side[2];
	struct tunnel_asking asking;
	bool hello, unified; /* a hello was seen; DTLS 1.3 was chosen or offered */
	uint8_t tunnel;      /* enum tunnel_kind + 1, or 0 */
};

/* What one datagram holds. */
struct datagram {
	struct hello hello;
	bool said, data; /* there is a hello; there is application data */
	bool vpn;        /* of a version that nothing but AnyConnect speaks */
};

struct record {
	uint8_t type; /* 0 with a unified header */
	uint8_t first;
	uint16_t version, epoch;
	struct reader body;
};

static bool record_classic(struct reader *r, struct record *out)
{
	out->type = reader_u8(r);
	out->version = reader_u16(r);
	out->epoch = reader_u16(r);
	reader_skip(r, 6); /* sequence number */
	out->body = reader_sub(r, reader_u16(r));
	return out->type >= CONTENT_TYPE_MIN && out->type <= CONTENT_TYPE_MAX &&
		(out->version == VERSION_1_2 || out->version == VERSION_1_0 ||
			out->version == DTLS_OPENSSL);
}

static bool record_unified(struct reader *r, struct record *out)
{
	reader_skip(r, 1);
	out->epoch = out->first & UNIFIED_EPOCH;
	if ((out->first & (UNIFIED_ID | UNIFIED_LENGTH)) != UNIFIED_LENGTH)
		return false;
	reader_skip(r, out->first & UNIFIED_LONG ? 2 : 1);
	out->body = reader_sub(r, reader_u16(r));
	return reader_left(&out->body) >= CIPHERTEXT_MIN || r->failed;
}

static bool record_read(struct reader *r, struct record *out)
{
	struct reader peek = *r;
	*out = (struct record){.first = reader_u8(&peek)};
	return (out->first & UNIFIED_MASK) == UNIFIED ? record_unified(r, out)
						      : record_classic(r, out);
}

static bool dtls_probe(struct reader r)
{
	struct record record;
	for (unsigned i = 0; i < RECORDS_MAX && reader_left(&r); i++) {
		if (!record_read(&r, &record))
			return false;
	}
	return r.failed ? r.cut : reader_left(&r) == 0;
}

/* A unified header alone is no shape. */
static bool dtls_follows(struct reader r)
{
	size_t length = reader_left(&r);
	return (reader_u8(&r) & UNIFIED_MASK) == UNIFIED && length > CIPHERTEXT_MIN + 1;
}

/* Reads the hello if it is complete now. */
static void hello_fragment(struct dissection *d, struct datagram *out, uint8_t type,
	uint16_t number, uint32_t length, uint32_t offset, struct reader *piece)
{
	struct dtls *dtls = d->state;
	if (offset == 0 && reader_left(piece) == length) {
		out->said = hello_read(&out->hello, HELLO_DTLS, type, piece);
		return;
	}
	if (length > ASSEMBLY_BYTES || offset > length || reader_left(piece) > length - offset)
		return;
	uint32_t about = (uint32_t)number << 16 | length; /* at most 13 bits of it are in use */
	struct assembly *one = assembly_get(&dtls->assemblies, d, about);
	assembly_add(one, offset, *piece);
	if (one->have < length)
		return;
	struct reader whole = reader_make(one->bytes, length, false);
	out->said = hello_read(&out->hello, HELLO_DTLS, type, &whole);
	assembly_drop(&dtls->assemblies, one);
}

/* Handshake messages, or pieces of them, in a record that is not encrypted. */
static void handshake_read(struct dissection *d, struct datagram *out, struct reader *r)
{
	for (unsigned i = 0; i < FRAGMENTS_MAX && reader_left(r); i++) {
		uint32_t start = reader_u32(r);
		uint16_t number = reader_u16(r);
		uint32_t offset = (uint32_t)reader_u8(r) << 16;
		offset |= reader_u16(r);
		uint32_t size = (uint32_t)reader_u8(r) << 16;
		size |= reader_u16(r);
		struct reader piece = reader_sub(r, size);
		uint8_t type = (uint8_t)(start >> 24);
		if (r->failed || type < HANDSHAKE_CLIENT_HELLO || type > HANDSHAKE_SERVER_HELLO)
			return;
		hello_fragment(d, out, type, number, start & 0xffffff, offset, &piece);
	}
}

/* Application data, or what may be: a unified header hides the type. */
static bool record_has_data(const struct record *record)
{
	if (!record->type)
		return record->epoch != HANDSHAKE_EPOCH;
	return record->type == RECORD_DATA && record->epoch;
}

static void record_use(struct dissection *d, struct datagram *out, struct record *record)
{
	if (record->type == RECORD_HANDSHAKE && record->epoch == 0)
		handshake_read(d, out, &record->body);
	out->data |= record_has_data(record);
	out->vpn |= record->version == DTLS_OPENSSL;
}

static void tunnel_say(struct dissection *d, struct dtls_flow *flow, const struct hello *hello)
{
	enum tunnel_kind kind;
	if (hello_tunnel(hello, &kind)) {
		tunnel_asks(d, kind, HANDSHAKE_CLIENT_HELLO, flow ? &flow->asking : NULL);
		if (flow)
			flow->tunnel = (uint8_t)(kind + 1);
	} else if (flow && flow->tunnel && hello->obs.server) {
		tunnel_answers(d, flow->tunnel - 1U, HANDSHAKE_SERVER_HELLO, &flow->asking);
	}
}

/* Once for each connection and direction; a client says the same again with a cookie. */
static void datagram_hello(
	struct dissection *d, struct dtls_flow *flow, const struct datagram *datagram)
{
	const struct hello *hello = &datagram->hello;
	unsigned side = media_side(d);
	if (flow && flow->hello && flow->side[side].random == hello->random) {
		if (flow->tunnel && !hello->obs.server && !hello->cookie)
			tunnel_say(d, flow, hello);
		return;
	}
	if (flow) {
		flow->hello = true;
		flow->side[side].random = hello->random;
		flow->unified |= hello->obs.version == VERSION_1_3;
	}
	hello_emit(d, hello);
	tunnel_say(d, flow, hello);
}

static void datagram_media(struct dissection *d, struct dtls_flow *flow)
{
	unsigned side = media_side(d);
	struct media_count *c = &flow->side[side].count;
	c->packets++;
	c->bytes += media_bytes(d);
	if (flow->side[side].run < DTLS_RUN)
		flow->side[side].run++;
	bool believed = flow->hello || flow->side[side].run == DTLS_RUN;
	if (flow->tunnel) {
		tunnel_count(&flow->side[side].way, media_bytes(d));
		if (believed)
			tunnel_carries(d, &flow->side[side].way, flow->tunnel - 1U, TUNNEL_DATA,
				RECORD_DATA);
	} else if (believed)
		media_say(d, c, &(struct obs_media){.protocol = MEDIA_DTLS});
}

/* Nothing but a hello or a run of records makes it known that a flow is DTLS. */
static enum verdict following_dissect(struct dissection *d)
{
	struct dtls_flow *flow = dissection_flow_known(d);
	if (!flow || !flow->unified)
		return NOT_MINE;
	datagram_media(d, flow);
	return DONE;
}

static enum verdict dtls_dissect(struct dissection *d, struct reader *r)
{
	struct datagram datagram = {0};
	struct record record;
	if (!dtls_probe(*r))
		return following_dissect(d);
	for (unsigned i = 0; i < RECORDS_MAX && reader_left(r); i++) {
		record_read(r, &record);
		if (!r->failed)
			record_use(d, &datagram, &record);
	}
	struct dtls_flow *flow = dissection_flow_state(d);
	/* Of a datagram that was cut the header tells that data flows, in a flow that is known. */
	if (r->failed)
		return flow && flow->unified && r->cut ? following_dissect(d) : reader_verdict(r);
	if (datagram.vpn && flow)
		flow->tunnel = TUNNEL_ANYCONNECT + 1;
	if (datagram.said)
		datagram_hello(d, flow, &datagram);
	if (datagram.data && flow)
		datagram_media(d, flow);
	return DONE;
}

static void *dtls_open(const struct dissect_options *options)
{
	(void)options;
	struct dtls *dtls = calloc(1, sizeof(*dtls));
	if (dtls && assemblies_init(&dtls->assemblies))
		return dtls;
	free(dtls);
	return NULL;
}

static void dtls_close(void *state)
{
	struct dtls *dtls = state;
	assemblies_free(&dtls->assemblies);
	free(dtls);
}

static void dtls_refused(struct dissection *d)
{
	struct dtls_flow *f = dissection_flow_known(d);
	if (f && f->tunnel)
		tunnel_refused(d, f->tunnel - 1U, &f->asking);
}

extern const struct dissector dissector_dtls;
const struct dissector dissector_dtls = {
	.info = {"dtls", "RFC 9147"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_MEDIA) | INTEREST_IN(OBS_TUNNEL),
	.open = dtls_open,
	.close = dtls_close,
	.state_size = sizeof(struct dtls_flow),
	.first_min = 20,
	.first_max = 63,
	.probe = dtls_probe,
	.follows = dtls_follows,
	.dissect = dtls_dissect,
	.refused = dtls_refused,
};
