/*
 * L2TP over UDP (RFC 2661, RFC 3931), told by its control messages: flag bits, exact length, and a
 * Message Type AVP in front. Emits TUNNEL: SCCRQ asks, SCCRP answers, StopCCN and CDN reset, Hello
 * is a keepalive; data of a flow that had control messages, once in a while. The PPP frames in that
 * data are dissected as packets of their own.
 *
 * Within IPsec, as nearly always, none of this shows. L2TPv3's data, whose cookie has a length that
 * is negotiated, is not opened, nor is L2TPv3 straight in IP (protocol 115) read.
 */
#include "dissect/ethertype.h"
#include "dissect/tunnel.h"

/* Flags and version (RFC 2661 §3.1, RFC 3931 §3.2.1). */
enum {
	CONTROL = 0xc800,      /* type, length and sequence are there; priority and offset not */
	CONTROL_MASK = 0xfff0, /* all but the version */
	DATA_MASK = 0xb0f0,    /* of data messages these are zero: control, reserved */
	VERSION_MASK = 0x000f,
	HAS_LENGTH = 0x4000,
	HAS_SEQUENCE = 0x0800,
	HAS_OFFSET = 0x0200,
};

#define HEADER_SIZE       12
#define AVP_SIZE          8 /* of the Message Type */
#define AVP_MANDATORY     0x8000
#define AVP_RESERVED      0x3c00
#define AVP_LENGTH        0x03ff
#define MESSAGE_TYPE_LAST 20 /* RFC 3931: SLI and beyond are never first in a connection */

enum {
	MESSAGE_SCCRQ = 1,
	MESSAGE_SCCRP = 2,
	MESSAGE_STOPCCN = 4,
	MESSAGE_HELLO = 6,
	MESSAGE_CDN = 14,
};

struct l2tp_flow {
	struct tunnel_way way[2];
	struct tunnel_asking asking;
	bool control; /* seen */
};

/* The message type, 0 for an acknowledgment without AVPs, -1 when it is no control message. */
static int control_read(struct reader r)
{
	size_t size = reader_left(&r);
	uint16_t flags = reader_u16(&r);
	uint16_t version = flags & VERSION_MASK;
	uint16_t length = reader_u16(&r);
	reader_skip(&r, HEADER_SIZE - 4);
	if ((flags & CONTROL_MASK) != CONTROL || (version != 2 && version != 3) || r.failed ||
		length != size)
		return -1;
	if (reader_left(&r) == 0)
		return 0;
	uint16_t avp = reader_u16(&r);
	uint16_t vendor = reader_u16(&r);
	uint16_t attribute = reader_u16(&r);
	uint16_t type = reader_u16(&r);
	bool first = (avp & AVP_LENGTH) == AVP_SIZE && (avp & AVP_MANDATORY) &&
		!(avp & AVP_RESERVED) && vendor == 0 && attribute == 0;
	return !r.failed && first && type > 0 && type <= MESSAGE_TYPE_LAST ? type : -1;
}

static bool data_shape(struct reader r)
{
	uint16_t flags = reader_u16(&r);
	reader_skip(&r, 4); /* tunnel and session */
	return !r.failed && (flags & DATA_MASK) == 0 && (flags & VERSION_MASK) == 2;
}

static bool l2tp_allows(unsigned at, uint8_t byte)
{
	unsigned version = byte & VERSION_MASK;
	return at != 1 || version == 2 || version == 3;
}

/* The PPP frame in a data message (RFC 2661 §3.1, §5.1). */
static void data_open(struct dissection *d, struct reader r)
{
	uint16_t flags = reader_u16(&r);
	size_t left = reader_left(&r) + sizeof(flags);
	size_t length = flags & HAS_LENGTH ? reader_u16(&r) : left;
	size_t header = sizeof(flags) + (flags & HAS_LENGTH ? sizeof(uint16_t) : 0) + 4;
	reader_skip(&r, 4); /* tunnel, session */
	if (flags & HAS_SEQUENCE)
		reader_skip(&r, 4);
	header += flags & HAS_SEQUENCE ? 4 : 0;
	if (flags & HAS_OFFSET) {
		size_t offset = reader_u16(&r);
		reader_skip(&r, offset);
		header += sizeof(uint16_t) + offset;
	}
	if (r.failed || length > left || length <= header)
		return;
	reader_limit(&r, length - header);
	dissection_inner(d, WRAPPED_UDP, CARRIER_ETHERTYPE, ETHERTYPE_PPP, &r);
}

static bool l2tp_probe(struct reader r)
{
	return !r.cut && (data_shape(r) || control_read(r) >= 0);
}

static void control_say(const struct dissection *d, struct l2tp_flow *f, uint8_t type)
{
	switch (type) {
	case MESSAGE_SCCRQ:
		tunnel_asks(d, TUNNEL_L2TP, type, &f->asking);
		break;
	case MESSAGE_SCCRP:
		tunnel_answers(d, TUNNEL_L2TP, type, &f->asking);
		break;
	case MESSAGE_STOPCCN:
	case MESSAGE_CDN:
		tunnel_says(d, TUNNEL_L2TP, TUNNEL_RESETS, type);
		break;
	case MESSAGE_HELLO:
		tunnel_carries(d, &f->way[tunnel_side(d)], TUNNEL_L2TP, TUNNEL_KEEPALIVE, type);
		break;
	default:
		break;
	}
}

static void data_say(struct dissection *d, struct tunnel_way *way, const struct reader *r)
{
	tunnel_carries(d, way, TUNNEL_L2TP, TUNNEL_DATA, 0);
	data_open(d, *r);
}

static enum verdict l2tp_dissect(struct dissection *d, struct reader *r)
{
	int type = control_read(*r);
	/* An acknowledgment is twelve bytes of little shape: it opens no flow. */
	struct l2tp_flow *f = type > 0 ? dissection_flow_state(d) : dissection_flow_known(d);
	if (!f || (type <= 0 && !f->control))
		return NOT_MINE;
	struct tunnel_way *way = &f->way[tunnel_side(d)];
	tunnel_count(way, reader_left(r));
	f->control = true;
	if (type >= 0)
		control_say(d, f, (uint8_t)type);
	else
		data_say(d, way, r);
	return DONE;
}

static void l2tp_refused(struct dissection *d)
{
	struct l2tp_flow *f = dissection_flow_known(d);
	if (f && f->control)
		tunnel_refused(d, TUNNEL_L2TP, &f->asking);
}

extern const struct dissector dissector_l2tp;
const struct dissector dissector_l2tp = {
	.info = {"l2tp", "RFC 2661"},
	.carrier = CARRIER_UDP,
	.state_size = sizeof(struct l2tp_flow),
	.first_min = 0x00,
	.first_max = 0xc8,
	.allows = l2tp_allows,
	.probe = l2tp_probe,
	.dissect = l2tp_dissect,
	.refused = l2tp_refused,
};
