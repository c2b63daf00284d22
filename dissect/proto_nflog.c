/*
 * Packets that Linux's netfilter logged (LINKTYPE_NFLOG): a header with the address family, then
 * TLVs, one of which is the packet. TLVs are in the writing host's byte order; their types fit in a
 * byte, so the order is told by where the zero is. The hook tells which way the packet went, as far
 * as it was this host's own. Marks, prefixes, MAC addresses and interface indices, which mean
 * something only on the capturing host, are ignored.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define TLVS_MAX        32
#define TLV_HEADER_SIZE 4U
#define TLV_PADDING     3U /* to a multiple of four */

enum { FAMILY_IPV4 = 2, FAMILY_IPV6 = 10 };
enum { TLV_PACKET_HEADER = 1, TLV_PAYLOAD = 9 };
enum { HOOK_LOCAL_IN = 1, HOOK_LOCAL_OUT = 3 };

/* What was logged, as far as anybody needs it. */
struct logged {
	uint16_t type; /* EtherType, of families that do not imply one (bridges) */
	uint8_t hook;
	struct reader payload;
	bool has_payload;
};

static void packet_header_read(struct logged *l, struct reader r)
{
	l->type = reader_u16(&r);
	l->hook = reader_u8(&r);
}

/* Reads one TLV. The last one may lack its padding. */
static bool tlv_read(struct logged *l, struct reader *r)
{
	uint16_t length = reader_le16(r), type = reader_le16(r);
	if (type > UINT8_MAX) {
		length = __builtin_bswap16(length);
		type = __builtin_bswap16(type);
	}
	if (r->failed || length < TLV_HEADER_SIZE)
		return false;
	size_t size = length - TLV_HEADER_SIZE, padding = (4 - (length & TLV_PADDING)) % 4;
	if (type == TLV_PAYLOAD) {
		l->payload = *r;
		l->payload.cut = r->cut && size > reader_left(r);
		reader_limit(&l->payload, size);
		l->has_payload = size <= reader_left(r) || r->cut;
		return l->has_payload;
	}
	struct reader value = reader_sub(r, size);
	if (type == TLV_PACKET_HEADER)
		packet_header_read(l, value);
	reader_skip(r, padding < reader_left(r) ? padding : reader_left(r));
	return !r->failed;
}

static uint16_t logged_type(const struct logged *l, uint8_t family)
{
	return family == FAMILY_IPV4    ? ETHERTYPE_IPV4
		: family == FAMILY_IPV6 ? ETHERTYPE_IPV6
					: l->type;
}

static enum verdict nflog_dissect(struct dissection *d, struct reader *r)
{
	struct logged logged = {.hook = UINT8_MAX};
	uint8_t family = reader_u8(r);
	uint8_t version = reader_u8(r);
	reader_skip(r, 2); /* resource id */
	if (version != 0)
		return MALFORMED;
	for (int i = 0; i < TLVS_MAX && reader_left(r) && !logged.has_payload; i++) {
		if (!tlv_read(&logged, r))
			return r->cut ? TRUNCATED : MALFORMED;
	}
	if (!logged.has_payload)
		return r->failed || r->cut ? reader_verdict(r) : DONE;
	if (logged.hook == HOOK_LOCAL_IN)
		d->packet->direction = DIRECTION_IN;
	if (logged.hook == HOOK_LOCAL_OUT)
		d->packet->direction = DIRECTION_OUT;
	*r = logged.payload;
	return dissection_next(d, CARRIER_ETHERTYPE, logged_type(&logged, family));
}

extern const struct dissector dissector_nflog;
const struct dissector dissector_nflog = {
	.info = {"nflog", "LINKTYPE_NFLOG"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_NFLOG},
	.number_count = 1,
	.dissect = nflog_dissect,
};
