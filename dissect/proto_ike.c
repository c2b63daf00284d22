/*
 * IKEv2 (RFC 7296) and IKEv1 (RFC 2408, 2409) over UDP, with and without the non-ESP marker of NAT
 * traversal (RFC 3948), by the shape of the header and the exact length; and what shares such a
 * flow: ESP in UDP and NAT keepalives. Emits TUNNEL: an initial exchange asks, its answer answers
 * or, with IKEv2's COOKIE and INVALID_KE_PAYLOAD, defers; informational exchanges are keepalives,
 * said once in a while, as a Delete among them is encrypted; ESP is data.
 *
 * ESP has no shape of its own. It is read in a flow that spoke IKE before; where the start was not
 * captured, port 4500 is the hint that a longer run is worth waiting for. IKE over TCP (RFC 8229)
 * is not read.
 */
#include "dissect/esp.h"

#define HEADER_SIZE   28
#define VERSION_AT    17
#define PORT_NAT_T    4500 /* a hint only, see above */
#define ESP_RUN_KNOWN 2    /* in a flow that spoke IKE */
#define KEEPALIVE     0xff /* RFC 3948 §2.3: all of the datagram */

enum { IKE_1 = 0x10, IKE_2 = 0x20 };

enum {
	EXCHANGE_MAIN = 2,
	EXCHANGE_AGGRESSIVE = 4,
	EXCHANGE_INFORMATIONAL_1 = 5,
	EXCHANGE_QUICK = 32,
	EXCHANGE_NEW_GROUP = 33,
	EXCHANGE_SA_INIT = 34,
	EXCHANGE_INFORMATIONAL_2 = 37,
	EXCHANGE_LAST = 44, /* IKE_FOLLOWUP_KE, RFC 9370 */
};

/* A flag of IKEv2, which says that others are to be ignored (RFC 7296 §3.1), and the flags of
 * IKEv1, which has the others zero (RFC 2408 §3.1). */
enum { FLAG_RESPONSE = 0x20, FLAGS_1 = 0x07 };

/* First payloads. */
enum {
	PAYLOAD_SA_1 = 1,
	PAYLOAD_LAST_1 = 21, /* NAT-OA, RFC 3947 */
	PAYLOAD_SA = 33,
	PAYLOAD_NOTIFY = 41,
	PAYLOAD_LAST = 54, /* puzzle solution, RFC 8019 */
};

struct ike_header {
	uint64_t initiator, responder; /* SPIs */
	uint8_t next, version, exchange, flags;
	uint32_t length;
};

struct ike_flow {
	struct esp_way esp[2];
	struct tunnel_way way[2];
	struct tunnel_asking asking;
	bool ike; /* was spoken in this flow */
};

static struct ike_header header_read(struct reader *r)
{
	struct ike_header h = {
		.initiator = reader_u64(r),
		.responder = reader_u64(r),
		.next = reader_u8(r),
		.version = reader_u8(r),
		.exchange = reader_u8(r),
		.flags = reader_u8(r),
	};
	reader_skip(r, 4); /* message ID */
	h.length = reader_u32(r);
	return h;
}

static bool version2_shape(const struct ike_header *h)
{
	return h->exchange >= EXCHANGE_SA_INIT && h->exchange <= EXCHANGE_LAST &&
		(h->next == 0 || (h->next >= PAYLOAD_SA && h->next <= PAYLOAD_LAST)) &&
		(h->exchange == EXCHANGE_SA_INIT || h->responder);
}

static bool version1_shape(const struct ike_header *h)
{
	bool exchange = (h->exchange >= 1 && h->exchange <= 6) || h->exchange == EXCHANGE_QUICK ||
		h->exchange == EXCHANGE_NEW_GROUP;
	return exchange && (h->flags & ~FLAGS_1) == 0 && h->next > 0 && h->next <= PAYLOAD_LAST_1;
}

static bool header_shape(struct reader header, size_t size)
{
	const struct ike_header h = header_read(&header);
	if (h.length != size || h.initiator == 0)
		return false;
	return h.version == IKE_2 ? version2_shape(&h) : version1_shape(&h);
}

/* Every datagram is asked about: the version tells most of them apart. */
static inline bool ike_shape(struct reader r)
{
	size_t size = reader_left(&r);
	struct reader header;
	if (!reader_header(&r, &header, HEADER_SIZE))
		return false;
	struct reader peek = header;
	reader_skip(&peek, VERSION_AT);
	uint8_t version = reader_u8(&peek);
	return (version == IKE_2 || version == IKE_1) && header_shape(header, size);
}

/* Steps over the non-ESP marker. */
static bool marker_take(struct reader *r)
{
	struct reader peek = *r;
	if (reader_u32(&peek) != 0 || peek.failed)
		return false;
	*r = peek;
	return true;
}

static bool keepalive_shape(struct reader r)
{
	return reader_left(&r) == 1 && reader_u8(&r) == KEEPALIVE;
}

static bool ike_probe(struct reader r)
{
	if (r.cut)
		return false;
	if (ike_shape(r) || keepalive_shape(r))
		return true;
	return marker_take(&r) ? ike_shape(r) : esp_shape(r, ESP_SPI_MIN);
}

static void first_exchange_read(
	const struct dissection *d, struct ike_flow *f, const struct ike_header *h)
{
	struct tunnel_asking *asking = f ? &f->asking : NULL;
	bool asks = h->version == IKE_2 ? !(h->flags & FLAG_RESPONSE) : h->responder == 0;
	/* A response with nothing but a notification wants another request. */
	bool defers = h->version == IKE_2 && (h->responder == 0 || h->next == PAYLOAD_NOTIFY);
	if (asks)
		tunnel_asks(d, TUNNEL_IKE, h->exchange, asking);
	else if (defers)
		tunnel_defers(d, TUNNEL_IKE, h->exchange, asking);
	else if (h->next == (h->version == IKE_2 ? PAYLOAD_SA : PAYLOAD_SA_1))
		tunnel_answers(d, TUNNEL_IKE, h->exchange, asking);
}

static enum verdict ike_read(struct dissection *d, struct reader *r)
{
	struct ike_flow *f = dissection_flow_state(d);
	size_t size = reader_left(r);
	const struct ike_header h = header_read(r);
	if (f) {
		f->ike = true;
		tunnel_count(&f->way[tunnel_side(d)], size);
	}
	switch (h.exchange) {
	case EXCHANGE_MAIN:
	case EXCHANGE_AGGRESSIVE:
	case EXCHANGE_SA_INIT:
		first_exchange_read(d, f, &h);
		break;
	case EXCHANGE_INFORMATIONAL_1:
	case EXCHANGE_INFORMATIONAL_2:
		if (f)
			tunnel_carries(d, &f->way[tunnel_side(d)], TUNNEL_IKE, TUNNEL_KEEPALIVE,
				h.exchange);
		break;
	default:
		break;
	}
	return DONE;
}

static enum verdict keepalive_read(struct dissection *d)
{
	struct ike_flow *f = dissection_flow_known(d);
	if (!f || !f->ike)
		return NOT_MINE;
	struct tunnel_way *way = &f->esp[tunnel_side(d)].way;
	tunnel_count(way, 1);
	tunnel_carries(d, way, TUNNEL_ESP, TUNNEL_KEEPALIVE, 0);
	return DONE;
}

static enum verdict esp_read(struct dissection *d, struct reader *r)
{
	struct ike_flow *f = dissection_flow_known(d);
	bool hint = d->packet->src.port == PORT_NAT_T || d->packet->dst.port == PORT_NAT_T;
	if (!f && hint)
		f = dissection_flow_state(d);
	if (!f)
		return NOT_MINE;
	return esp_packet(d, &f->esp[tunnel_side(d)], r, f->ike ? ESP_RUN_KNOWN : ESP_RUN);
}

static enum verdict ike_dissect(struct dissection *d, struct reader *r)
{
	if (keepalive_shape(*r))
		return keepalive_read(d);
	if (ike_shape(*r) || marker_take(r))
		return ike_read(d, r);
	return esp_read(d, r);
}

static void ike_refused(struct dissection *d)
{
	struct ike_flow *f = dissection_flow_known(d);
	if (f && f->ike)
		tunnel_refused(d, TUNNEL_IKE, &f->asking);
}

extern const struct dissector dissector_ike;
const struct dissector dissector_ike = {
	.info = {"ike", "RFC 7296"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct ike_flow),
	.first_min = 0x00,
	.first_max = 0xff,
	.probe = ike_probe,
	.dissect = ike_dissect,
	.refused = ike_refused,
};
