/*
 * RTCP (RFC 3550 §6) and SRTCP (RFC 3711 §3.4) over UDP, on the port of RTP or its own. The second
 * byte tells it from RTP (RFC 5761 §4); packets may be compound or of reduced size (RFC 5506). Of
 * SRTCP only the first header is in clear, so that the lengths cannot be followed to the end: media
 * is believed after RTCP_RUN packets of one sender. Emits MEDIA: once per direction when it starts,
 * then once in a while with counts.
 *
 * What the reports say is not read.
 */
#include "dissect/media.h"

#define RTCP_HEADER    8 /* with the sender's SSRC, which all types have */
#define RTCP_RUN       3
#define RTCP_SOURCES   4  /* of one direction */
#define RTCP_PACKETS   32 /* in a compound */
#define SRTCP_TRAILER  8  /* index, and an authentication tag of 4 bytes at least */
#define REPORT_WORDS   6  /* a block in a report */
#define SENDER_WORDS   6  /* sender's SSRC and its counts */
#define FEEDBACK_WORDS 2  /* sender's and source's SSRC */

enum rtcp_type {
	RTCP_SENDER = 200,
	RTCP_RECEIVER = 201,
	RTCP_FEEDBACK = 205,
	RTCP_PAYLOAD_FEEDBACK = 206,
	RTCP_LAST = 207, /* extended reports, RFC 3611 */
};

struct rtcp_source {
	uint32_t ssrc, run;
};

struct rtcp_flow {
	struct {
		struct media_count count;
		struct rtcp_source sources[RTCP_SOURCES];
		uint32_t next;
	} side[2];
};

/* 32-bit words that a packet of this type has at least, behind its first. */
static unsigned words_least(uint8_t type, unsigned count)
{
	switch (type) {
	case RTCP_SENDER:
		return SENDER_WORDS + count * REPORT_WORDS;
	case RTCP_RECEIVER:
		return 1 + count * REPORT_WORDS;
	case RTCP_FEEDBACK:
	case RTCP_PAYLOAD_FEEDBACK:
		return FEEDBACK_WORDS;
	default:
		return 1;
	}
}

/* Steps over one packet of a compound. */
static bool packet_skip(struct reader *r)
{
	uint8_t first = reader_u8(r), type = reader_u8(r);
	unsigned words = reader_u16(r);
	reader_skip(r, words * sizeof(uint32_t));
	return first >> 6 == 2 && type >= RTCP_SENDER && type <= RTCP_LAST &&
		words >= words_least(type, first & 0x1f) && !r->failed;
}

static bool rtcp_allows(unsigned at, uint8_t byte)
{
	return at != 1 || (byte >= RTCP_SENDER && byte <= RTCP_LAST);
}

static bool rtcp_probe(struct reader r)
{
	if (reader_left(&r) < RTCP_HEADER || r.cut || !packet_skip(&r))
		return false;
	struct reader rest = r;
	for (unsigned i = 0; i < RTCP_PACKETS && reader_left(&rest); i++) {
		if (!packet_skip(&rest))
			break;
	}
	bool plain = !reader_left(&rest) && !rest.failed;
	return plain || reader_left(&r) >= SRTCP_TRAILER;
}

static struct rtcp_source *source_find(struct rtcp_flow *flow, unsigned side, uint32_t ssrc)
{
	struct rtcp_source *sources = flow->side[side].sources;
	for (unsigned i = 0; i < RTCP_SOURCES; i++) {
		if (sources[i].run && sources[i].ssrc == ssrc)
			return &sources[i];
	}
	struct rtcp_source *s = &sources[flow->side[side].next++ % RTCP_SOURCES];
	*s = (struct rtcp_source){.ssrc = ssrc};
	return s;
}

static enum verdict rtcp_dissect(struct dissection *d, struct reader *r)
{
	struct reader h;
	if (!reader_header(r, &h, RTCP_HEADER))
		return reader_verdict(r);
	struct rtcp_flow *flow = dissection_flow_state(d);
	if (!flow)
		return NOT_MINE;
	reader_skip(&h, sizeof(uint32_t));
	uint32_t ssrc = reader_u32(&h);
	unsigned side = media_side(d);
	struct rtcp_source *s = source_find(flow, side, ssrc);
	struct media_count *c = &flow->side[side].count;
	c->packets++;
	c->bytes += media_bytes(d);
	s->run += s->run < RTCP_RUN;
	if (s->run < RTCP_RUN)
		return NOT_MINE;
	media_say(d, c, &(struct obs_media){.protocol = MEDIA_RTCP, .ssrc = ssrc});
	return DONE;
}

extern const struct dissector dissector_rtcp;
const struct dissector dissector_rtcp = {
	.info = {"rtcp", "RFC 3550"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_MEDIA),
	.state_size = sizeof(struct rtcp_flow),
	.first_min = 0x80,
	.first_max = 0xbf,
	.allows = rtcp_allows,
	.probe = rtcp_probe,
	.dissect = rtcp_dissect,
};
