/*
 * WireGuard (protocol paper §5.4; no RFC) over UDP: message types 1 to 4, told by their reserved
 * zeroes and exact lengths. Emits TUNNEL: a handshake was asked for (and how many before it went
 * unanswered), answered, put off with a cookie; data and keepalives, once in a while.
 *
 * Handshakes have the shape of 32 fixed bits and their length, so one is enough; a response must
 * name an index that the other end offered, if any was seen. Data is believed when its receiver
 * index is known from a handshake or from a run of packets with advancing counters. Not read here:
 * variants that put something into the reserved bytes (Cloudflare WARP), and packets that the snap
 * length cut, because their length is their shape.
 */
#include "dissect/tunnel.h"

enum {
	MESSAGE_INITIATION = 1,
	MESSAGE_RESPONSE = 2,
	MESSAGE_COOKIE = 3,
	MESSAGE_DATA = 4,
};

#define TYPE_SIZE       4
#define INITIATION_SIZE 148
#define RESPONSE_SIZE   92
#define COOKIE_SIZE     64
#define DATA_MIN        32 /* header and tag: a keepalive */
#define DATA_GRAIN      16 /* payloads are padded to it, but not beyond the tunnel's MTU: */
#define FULL_MIN        (576 + DATA_MIN) /* from here on a packet may fill that, and end anywhere */

#define INDICES       4    /* an end's indices remembered: retries and rekeys change them */
#define DATA_RUN      4    /* packets of data that make a tunnel without a handshake */
#define COUNTER_AHEAD 4096 /* lost or not captured between two of a run */
#define COUNTER_LATE  64   /* reordered */

struct wireguard_side {
	uint32_t index[INDICES]; /* that this end chose: its peer's packets carry them */
	uint32_t receiver;       /* of the run of data it sends */
	uint64_t counter;
	uint8_t indices, next_index;
	uint8_t run;
	struct tunnel_way way;
};

struct wireguard_flow {
	struct wireguard_side side[2];
	struct tunnel_asking asking;
};

static bool wireguard_allows(unsigned at, uint8_t byte)
{
	return at == 0 || byte == 0;
}

static bool data_size_fits(size_t size)
{
	return size >= FULL_MIN || (size >= DATA_MIN && size % DATA_GRAIN == 0);
}

static bool wireguard_probe(struct reader r)
{
	size_t size = reader_left(&r);
	uint32_t type = reader_le32(&r);
	if (r.cut)
		return false;
	switch (type) {
	case MESSAGE_INITIATION:
		return size == INITIATION_SIZE;
	case MESSAGE_RESPONSE:
		return size == RESPONSE_SIZE;
	case MESSAGE_COOKIE:
		return size == COOKIE_SIZE;
	case MESSAGE_DATA:
		return data_size_fits(size);
	default:
		return false;
	}
}

static bool index_known(const struct wireguard_side *s, uint32_t index)
{
	for (unsigned i = 0; i < s->indices; i++) {
		if (s->index[i] == index)
			return true;
	}
	return false;
}

static void index_note(struct wireguard_side *s, uint32_t index)
{
	if (index_known(s, index))
		return;
	s->index[s->next_index] = index;
	s->next_index = (uint8_t)((s->next_index + 1) % INDICES);
	if (s->indices < INDICES)
		s->indices++;
}

static enum verdict initiation_read(
	struct dissection *d, struct wireguard_flow *f, struct reader *r)
{
	uint32_t sender = reader_le32(r);
	if (f)
		index_note(&f->side[tunnel_side(d)], sender);
	tunnel_asks(d, TUNNEL_WIREGUARD, MESSAGE_INITIATION, f ? &f->asking : NULL);
	return DONE;
}

/* A response or cookie belongs to an index that the other end offered, unless none was seen. */
static bool answer_fits(const struct dissection *d, const struct wireguard_flow *f, uint32_t index)
{
	if (!f)
		return true;
	const struct wireguard_side *other = &f->side[!tunnel_side(d)];
	return other->indices == 0 || index_known(other, index);
}

static enum verdict response_read(struct dissection *d, struct wireguard_flow *f, struct reader *r)
{
	uint32_t sender = reader_le32(r);
	uint32_t receiver = reader_le32(r);
	if (!answer_fits(d, f, receiver))
		return NOT_MINE;
	if (f)
		index_note(&f->side[tunnel_side(d)], sender);
	tunnel_answers(d, TUNNEL_WIREGUARD, MESSAGE_RESPONSE, f ? &f->asking : NULL);
	return DONE;
}

static enum verdict cookie_read(struct dissection *d, struct wireguard_flow *f, struct reader *r)
{
	uint32_t receiver = reader_le32(r);
	if (!answer_fits(d, f, receiver))
		return NOT_MINE;
	tunnel_defers(d, TUNNEL_WIREGUARD, MESSAGE_COOKIE, f ? &f->asking : NULL);
	return DONE;
}

/* Is this the next packet of the run? A new index starts a new one. */
static bool run_goes_on(struct wireguard_side *s, uint32_t receiver, uint64_t counter)
{
	if (s->run && s->receiver == receiver) {
		if (counter <= s->counter)
			return s->counter - counter <= COUNTER_LATE;
		if (counter - s->counter <= COUNTER_AHEAD) {
			s->counter = counter;
			if (s->run < DATA_RUN)
				s->run++;
			return true;
		}
	}
	s->receiver = receiver;
	s->counter = counter;
	s->run = 1;
	return false;
}

static enum verdict data_read(struct dissection *d, struct wireguard_flow *f, struct reader *r)
{
	if (!f)
		return NOT_MINE;
	size_t size = TYPE_SIZE + reader_left(r);
	struct wireguard_side *side = &f->side[tunnel_side(d)];
	struct wireguard_side *other = &f->side[!tunnel_side(d)];
	uint32_t receiver = reader_le32(r);
	uint64_t counter = reader_le32(r);
	counter |= (uint64_t)reader_le32(r) << 32;
	tunnel_count(&side->way, size);
	if (!index_known(other, receiver)) {
		if (!run_goes_on(side, receiver, counter) || side->run < DATA_RUN)
			return NOT_MINE;
		index_note(other, receiver);
	}
	tunnel_carries(d, &side->way, TUNNEL_WIREGUARD,
		size == DATA_MIN ? TUNNEL_KEEPALIVE : TUNNEL_DATA, MESSAGE_DATA);
	return DONE;
}

static enum verdict wireguard_dissect(struct dissection *d, struct reader *r)
{
	struct wireguard_flow *f = dissection_flow_state(d);
	switch (reader_le32(r)) {
	case MESSAGE_INITIATION:
		return initiation_read(d, f, r);
	case MESSAGE_RESPONSE:
		return response_read(d, f, r);
	case MESSAGE_COOKIE:
		return cookie_read(d, f, r);
	default:
		return data_read(d, f, r);
	}
}

static void wireguard_refused(struct dissection *d)
{
	struct wireguard_flow *f = dissection_flow_known(d);
	if (f && (f->side[0].indices || f->side[1].indices))
		tunnel_refused(d, TUNNEL_WIREGUARD, &f->asking);
}

extern const struct dissector dissector_wireguard;
const struct dissector dissector_wireguard = {
	.info = {"wireguard", "WireGuard: Next Generation Kernel Network Tunnel, 5.4"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct wireguard_flow),
	.first_min = MESSAGE_INITIATION,
	.first_max = MESSAGE_DATA,
	.allows = wireguard_allows,
	.probe = wireguard_probe,
	.dissect = wireguard_dissect,
	.refused = wireguard_refused,
};
