/*
 * QUIC (RFC 9000) over UDP, versions 1 and 2 (RFC 9369) and the drafts before: long headers by
 * their version, lengths and fixed bit. Opens the client's first Initials (RFC 9001 §5.2), puts its
 * ClientHello together from CRYPTO frames in any order, and emits HELLO. Packets with a short
 * header have no shape: in a flow where a connection was set up they are MEDIA, said when it starts
 * and then once in a while.
 *
 * At most QUIC_TRIES Initials of a connection are opened, and as many of a flow tried for another
 * one: an Initial to an id that is new and opens with it. The server's are not opened, nor is gQUIC
 * read; a packet without the fixed bit (RFC 9287) cannot be told from RTP.
 */
#include "dissect/quic.h"

#include "dissect/assembly.h"
#include "dissect/hello.h"
#include "dissect/media.h"

#include <stdlib.h>

#define QUIC_TRIES  16
#define PACKETS_MAX 4   /* put into one datagram */
#define FRAMES_MAX  512 /* of an Initial; Chromium splits its hello into dozens */
#define SHORT_MIN   21  /* RFC 9000 §10.3: what is shorter no endpoint sends */
#define BOTH_ENDS   3
#define LONG_HEADER 0x80
#define FIXED_BIT   0x40

enum quic_frame {
	FRAME_PADDING = 0,
	FRAME_PING = 1,
	FRAME_ACK = 2,
	FRAME_ACK_ECN = 3,
};

struct quic {
	struct quic_opener *opener;
	struct assemblies assemblies;
};

struct quic_flow {
	struct media_count count[2];
	struct quic_keys keys;
	uint32_t version;
	uint32_t keys_id, tried_id; /* hashes of connection ids: that of the keys, the last tried */
	uint32_t random;            /* of the hello that was said */
	uint8_t connections, again; /* that had keys; tries for another one */
	uint8_t tries, client;      /* client: the side that the keys are of */
	uint8_t ends;               /* a bit for each side that sent a long header */
	bool keyed, done;           /* there are keys; the hello was read or given up */
};

static bool quic_allows(unsigned at, uint8_t byte)
{
	return at || byte & FIXED_BIT;
}

static bool quic_probe(struct reader r)
{
	struct reader peek = r;
	struct quic_packet packet;
	if (reader_u8(&peek) < LONG_HEADER)
		return false;
	return quic_packet_read(&r, &packet) && (!r.failed || r.cut);
}

static bool quic_follows(struct reader r)
{
	size_t length = reader_left(&r);
	return reader_u8(&r) < LONG_HEADER && length >= SHORT_MIN;
}

static void ack_skip(struct reader *r, bool counts)
{
	quic_varint(r); /* largest */
	quic_varint(r); /* delay */
	uint64_t ranges = quic_varint(r);
	quic_varint(r); /* first range */
	for (uint64_t i = 0; i < ranges && !r->failed; i++) {
		quic_varint(r);
		quic_varint(r);
	}
	for (unsigned i = 0; i < 3 && counts; i++)
		quic_varint(r);
}

static void crypto_add(struct assembly *one, struct reader *r)
{
	uint64_t offset = quic_varint(r), length = quic_varint(r);
	if (length > reader_left(r))
		reader_fail(r);
	else
		assembly_add(one, offset, reader_sub(r, (size_t)length));
}

/* A byte each, up to a thousand of them. */
static void padding_skip(struct reader *r)
{
	static const uint8_t padding[64];
	while (reader_left(r) >= sizeof(padding) && !memcmp(r->at, padding, sizeof(padding)))
		reader_skip(r, sizeof(padding));
	while (reader_left(r) && *r->at == FRAME_PADDING)
		reader_skip(r, 1);
}

/* All CRYPTO frames of an Initial to their places. What may not stand in one ends it. */
static void frames_read(struct assembly *one, uint8_t crypto, struct reader *r)
{
	padding_skip(r);
	for (unsigned i = 0; reader_left(r) && i < FRAMES_MAX; i++) {
		uint8_t type = reader_u8(r);
		if (type == FRAME_ACK || type == FRAME_ACK_ECN)
			ack_skip(r, type == FRAME_ACK_ECN);
		else if (type == crypto)
			crypto_add(one, r);
		else if (type != FRAME_PING)
			return;
		padding_skip(r);
	}
}

static uint32_t id_hash(struct reader id)
{
	uint32_t hash = 0x811c9dc5;
	while (reader_left(&id))
		hash = (hash ^ reader_u8(&id)) * 0x01000193; /* FNV-1a */
	return hash;
}

/* Opens it with the keys of its own destination, and keeps them if it does. */
static bool initial_open_own(struct dissection *d, struct quic_flow *flow,
	const struct quic_packet *packet, struct reader *frames)
{
	struct quic_opener *opener = ((struct quic *)d->state)->opener;
	struct quic_keys keys;
	if (!quic_keys_make(opener, packet->version, &packet->destination, &keys) ||
		!quic_initial_open(opener, &keys, packet, frames))
		return false;
	flow->keys = keys;
	flow->keys_id = id_hash(packet->destination);
	flow->keyed = true;
	flow->connections++;
	flow->version = packet->version;
	flow->client = (uint8_t)media_side(d);
	return true;
}

/* Opens it with the keys at hand, else with those of its own destination: after a Retry the client
 * starts anew with another. */
static bool initial_open(struct dissection *d, struct quic_flow *flow,
	const struct quic_packet *packet, struct reader *frames)
{
	struct quic_opener *opener = ((struct quic *)d->state)->opener;
	if (flow->keyed && quic_initial_open(opener, &flow->keys, packet, frames))
		return true;
	return initial_open_own(d, flow, packet, frames);
}

/* After the hello: another connection between the same ports? What goes on with the first one goes
 * to an id of the server's, which opens nothing. */
static bool connection_again(
	struct dissection *d, struct quic_flow *flow, const struct quic_packet *packet)
{
	struct reader frames;
	uint32_t id = id_hash(packet->destination);
	if (id == flow->keys_id || id == flow->tried_id || flow->again == QUIC_TRIES)
		return false;
	flow->again++;
	flow->tried_id = id;
	flow->tries = 0;
	return initial_open_own(d, flow, packet, &frames);
}

/* The hello, once all of it is there. */
static bool hello_complete(
	struct dissection *d, struct quic_flow *flow, struct assembly *one, struct hello *hello)
{
	struct reader r = reader_make(one->bytes, one->have, false);
	uint32_t start = reader_u32(&r);
	uint32_t length = start & 0xffffff;
	if (r.failed)
		return false;
	bool good = start >> 24 == HANDSHAKE_CLIENT_HELLO &&
		length <= ASSEMBLY_BYTES - HANDSHAKE_HEADER;
	if (good && length > reader_left(&r))
		return false;
	struct quic *quic = d->state;
	reader_limit(&r, length);
	good = good && hello_read(hello, HELLO_QUIC, HANDSHAKE_CLIENT_HELLO, &r);
	hello->obs.quic_version = flow->version;
	assembly_drop(&quic->assemblies, one);
	flow->done = true;
	return good;
}

static void initial_read(
	struct dissection *d, struct quic_flow *flow, const struct quic_packet *packet)
{
	struct quic *quic = d->state;
	struct reader frames;
	if (flow->keyed && flow->client != media_side(d))
		return;
	if (flow->done && !connection_again(d, flow, packet))
		return;
	flow->done = ++flow->tries == QUIC_TRIES;
	flow->tried_id = id_hash(packet->destination);
	if (!initial_open(d, flow, packet, &frames)) {
		d->stats->hello_undecrypted++;
		return;
	}
	struct assembly *one = assembly_get(&quic->assemblies, d, flow->connections);
	struct hello hello;
	frames_read(one, quic_crypto_frame(flow->version), &frames);
	if (!hello_complete(d, flow, one, &hello))
		return;
	/* After a Retry it is the same again. */
	if (flow->random != hello.random || !hello.random)
		hello_emit(d, &hello);
	flow->random = hello.random;
}

/* A connection is being set up when its Initial opens, or both ends speak. */
static enum verdict short_dissect(struct dissection *d)
{
	struct quic_flow *flow = dissection_flow_known(d);
	if (!flow || !(flow->keyed || flow->ends == BOTH_ENDS))
		return NOT_MINE;
	struct media_count *c = &flow->count[media_side(d)];
	c->packets++;
	c->bytes += media_bytes(d);
	media_say(d, c, &(struct obs_media){.protocol = MEDIA_QUIC});
	return DONE;
}

static enum verdict quic_dissect(struct dissection *d, struct reader *r)
{
	struct reader peek = *r;
	if (reader_u8(&peek) < LONG_HEADER)
		return short_dissect(d);
	struct quic_flow *flow = dissection_flow_state(d);
	struct quic_packet packet;
	for (unsigned i = 0; i < PACKETS_MAX && reader_left(r); i++) {
		peek = *r;
		if (reader_u8(&peek) < LONG_HEADER || !quic_packet_read(r, &packet))
			break; /* a short header, or padding behind the packets */
		if (r->failed)
			return reader_verdict(r);
		if (!flow)
			continue;
		flow->ends |= (uint8_t)(1U << media_side(d));
		if (packet.version && packet.type == QUIC_INITIAL)
			initial_read(d, flow, &packet);
	}
	return DONE;
}

static void quic_close(void *state)
{
	struct quic *quic = state;
	assemblies_free(&quic->assemblies);
	quic_opener_free(quic->opener);
	free(quic);
}

static void *quic_open(const struct dissect_options *options)
{
	(void)options;
	struct quic *quic = calloc(1, sizeof(*quic));
	if (!quic)
		return NULL;
	quic->opener = quic_opener_new();
	if (assemblies_init(&quic->assemblies) && quic->opener)
		return quic;
	quic_close(quic);
	return NULL;
}

extern const struct dissector dissector_quic;
const struct dissector dissector_quic = {
	.info = {"quic", "RFC 9000"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_HELLO) | INTEREST_IN(OBS_MEDIA),
	.open = quic_open,
	.close = quic_close,
	.state_size = sizeof(struct quic_flow),
	.first_min = FIXED_BIT,
	.first_max = 0xff,
	.allows = quic_allows,
	.probe = quic_probe,
	.follows = quic_follows,
	.dissect = quic_dissect,
};
