/*
 * RTP (RFC 3550 §5.1) and SRTP (RFC 3711), whose headers look the same, over UDP. Told from RTCP by
 * the second byte (RFC 5761 §4) and from the others on a WebRTC flow by the first (RFC 7983). One
 * header proves little, so that media is believed only after RTP_RUN packets of one source whose
 * sequence numbers advance and whose payload types stay in one range. Emits MEDIA: once per
 * direction when it starts, then once in a while with counts.
 *
 * The payload, header extensions and padding (encrypted in SRTP) are not looked into.
 */
#include "dissect/media.h"

#define RTP_HEADER    12
#define RTP_RUN       4  /* RFC 3550 A.1 takes 2, of a sender that is known */
#define RTP_SOURCES   4  /* of one direction: audio, video, their retransmissions */
#define RTP_PATIENCE  16 /* packets of sources without a place before one of them gets one */
#define RTP_STEP      16 /* sequence numbers that may be missing in a run */
#define RTP_MISORDER  16 /* a packet that comes late by this much does not end a run */
#define RTCP_TYPE_MIN 64 /* RFC 5761 §4: as RTP payload types they would be taken for RTCP */
#define RTCP_TYPE_MAX 95

struct rtp_header {
	uint32_t ssrc;
	uint16_t sequence;
	uint8_t payload_type;
};

struct rtp_source {
	uint32_t ssrc, bytes;
	uint16_t sequence;
	uint8_t payload_type, run; /* run 0: the place is free */
};

struct rtp_flow {
	struct {
		struct media_count count;
		struct rtp_source sources[RTP_SOURCES];
		uint8_t next;    /* the place to be given up for another source */
		uint8_t waiting; /* packets since then that found no place */
	} side[2];
};

/* The header and what it says must follow it. */
static struct rtp_header header_read(struct reader *r)
{
	struct rtp_header h = {0};
	struct reader fixed;
	if (!reader_header(r, &fixed, RTP_HEADER))
		return h;
	uint8_t first = reader_u8(&fixed);
	h.payload_type = reader_u8(&fixed) & 0x7f;
	h.sequence = reader_u16(&fixed);
	reader_skip(&fixed, sizeof(uint32_t)); /* timestamp */
	h.ssrc = reader_u32(&fixed);
	reader_skip(r, (first & 0x0f) * sizeof(uint32_t)); /* contributing sources */
	if (first & 0x10) {
		reader_skip(r, sizeof(uint16_t)); /* the profile's own */
		reader_skip(r, reader_u16(r) * sizeof(uint32_t));
	}
	return h;
}

static bool rtp_allows(unsigned at, uint8_t byte)
{
	byte &= 0x7f; /* without the marker */
	return at != 1 || byte < RTCP_TYPE_MIN || byte > RTCP_TYPE_MAX;
}

static bool rtp_probe(struct reader r)
{
	if (reader_left(&r) < RTP_HEADER)
		return false;
	struct rtp_header h = header_read(&r);
	return rtp_allows(1, h.payload_type) && (!r.failed || r.cut);
}

/* The place to be given up: of a source that has no run yet before one that has. */
static struct rtp_source *source_replace(struct rtp_flow *flow, unsigned side)
{
	struct rtp_source *sources = flow->side[side].sources;
	unsigned at = flow->side[side].next;
	for (unsigned i = 0; i < RTP_SOURCES && sources[at].run >= RTP_RUN; i++)
		at = (at + 1) % RTP_SOURCES;
	flow->side[side].next = (uint8_t)((at + 1) % RTP_SOURCES);
	flow->side[side].waiting = 0;
	return &sources[at];
}

/* The place of this source, or NULL. A conference server sends dozens in turn: if each took a place
 * at once, none would have a run. */
static struct rtp_source *source_find(struct rtp_flow *flow, unsigned side, uint32_t ssrc)
{
	struct rtp_source *sources = flow->side[side].sources, *place = NULL;
	for (unsigned i = 0; i < RTP_SOURCES; i++) {
		if (sources[i].run && sources[i].ssrc == ssrc)
			return &sources[i];
		if (!sources[i].run && !place)
			place = &sources[i];
	}
	if (!place && ++flow->side[side].waiting < RTP_PATIENCE)
		return NULL;
	place = place ? place : source_replace(flow, side);
	*place = (struct rtp_source){.ssrc = ssrc};
	return place;
}

/* Those below are given out for good (RFC 3551), those above by signalling. */
static bool types_alike(uint8_t a, uint8_t b)
{
	return (a < RTCP_TYPE_MIN) == (b < RTCP_TYPE_MIN);
}

/* Follows the source's sequence numbers; false for a packet that is no step forward. */
static bool source_step(struct rtp_source *s, const struct rtp_header *h)
{
	uint16_t step = (uint16_t)(h->sequence - s->sequence);
	bool alike = types_alike(s->payload_type, h->payload_type);
	if (s->run && alike && (step == 0 || (uint16_t)-step <= RTP_MISORDER))
		return s->run >= RTP_RUN && step != 0;
	bool follows = s->run && alike && step <= RTP_STEP;
	if (s->run < RTP_RUN) {
		s->run = (uint8_t)(follows ? s->run + 1 : 1);
		s->bytes = follows ? s->bytes : 0;
	}
	s->sequence = h->sequence;
	s->payload_type = h->payload_type;
	return true;
}

/* Packets of the run count when it is complete. */
static void count_add(struct media_count *c, struct rtp_source *s, uint64_t bytes, bool complete)
{
	if (s->run < RTP_RUN) {
		s->bytes += (uint32_t)bytes;
		return;
	}
	c->packets += complete ? RTP_RUN : 1;
	c->bytes += bytes + (complete ? s->bytes : 0);
}

/* Another packet of the source; false while it has no run. */
static bool source_packet(struct dissection *d, struct media_count *c, struct rtp_source *s,
	const struct rtp_header *h)
{
	uint8_t run = s->run;
	/* The same packet again may show on another interface. */
	if (source_step(s, h))
		count_add(c, s, media_bytes(d), run < RTP_RUN);
	return s->run == RTP_RUN;
}

/* One of a source that has no place, among others that have. */
static bool crowd_packet(struct dissection *d, struct media_count *c)
{
	c->packets += c->started;
	c->bytes += c->started ? media_bytes(d) : 0;
	return c->started;
}

static enum verdict rtp_dissect(struct dissection *d, struct reader *r)
{
	struct rtp_header h = header_read(r);
	struct rtp_flow *flow = dissection_flow_state(d);
	if (!flow)
		return NOT_MINE;
	unsigned side = media_side(d);
	struct media_count *c = &flow->side[side].count;
	struct rtp_source *s = source_find(flow, side, h.ssrc);
	if (s ? !source_packet(d, c, s, &h) : !crowd_packet(d, c))
		return NOT_MINE; /* another may know it better */
	media_say(d, c,
		&(struct obs_media){
			.protocol = MEDIA_RTP, .payload_type = h.payload_type, .ssrc = h.ssrc});
	return DONE;
}

extern const struct dissector dissector_rtp;
const struct dissector dissector_rtp = {
	.info = {"rtp", "RFC 3550"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_MEDIA),
	.state_size = sizeof(struct rtp_flow),
	.first_min = 0x80,
	.first_max = 0xbf,
	.allows = rtp_allows,
	.probe = rtp_probe,
	.dissect = rtp_dissect,
};
