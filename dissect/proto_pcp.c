/*
 * PCP answers to MAP and PEER (RFC 6887 §11.1, §12.1): the external address and port that a gateway
 * gave. Emits EXTERNAL. Requests, refusals and deleted mappings tell nothing and are left alone;
 * options are not read.
 */
#include "dissect/address.h"
#include "dissect/dissector.h"

#define HEADER_SIZE  24
#define MAP_SIZE     36
#define PEER_SIZE    56
#define MESSAGE_MAX  1100 /* RFC 6887 §7 */
#define MESSAGE_UNIT 4

enum { VERSION = 2, ANSWER_MAP = 0x81, ANSWER_PEER = 0x82 };

/* The header up to its end, for an answer that granted something. */
static bool header_fits(struct reader *r, uint8_t *opcode)
{
	uint8_t version = reader_u8(r);
	*opcode = reader_u8(r);
	uint16_t refused = reader_u16(r); /* reserved, and the result code */
	uint32_t lifetime = reader_u32(r);
	reader_skip(r, 4); /* epoch */
	uint64_t reserved = reader_u64(r) | reader_u32(r);
	return version == VERSION && !refused && lifetime && !reserved;
}

static bool pcp_probe(struct reader r)
{
	uint8_t opcode;
	size_t size = reader_left(&r);
	if (r.cut || size < HEADER_SIZE || size > MESSAGE_MAX || size % MESSAGE_UNIT ||
		!header_fits(&r, &opcode))
		return false;
	return (opcode == ANSWER_MAP && size >= HEADER_SIZE + MAP_SIZE) ||
		(opcode == ANSWER_PEER && size >= HEADER_SIZE + PEER_SIZE);
}

static bool addr_given(const struct addr *a)
{
	return addr_scope(a) != SCOPE_SPECIAL;
}

static enum verdict pcp_dissect(struct dissection *d, struct reader *r)
{
	struct observation o;
	reader_skip(r, HEADER_SIZE);
	reader_skip(r, 12); /* nonce */
	reader_skip(r, 4);  /* protocol, reserved */
	reader_skip(r, 2);  /* internal port */
	dissection_observe(d, OBS_EXTERNAL, &o);
	o.external.protocol = EXTERNAL_PCP;
	o.external.addr.port = reader_u16(r);
	struct addr mapped = address_read(r, ADDR_V6);
	o.external.addr.addr = addr_unmapped(&mapped);
	if (r->failed)
		return reader_verdict(r);
	if (!addr_given(&o.external.addr.addr))
		return NOT_MINE;
	d->stats->external++;
	dissection_emit(d, &o);
	return DONE;
}

extern const struct dissector dissector_pcp;
const struct dissector dissector_pcp = {
	.info = {"pcp", "RFC 6887"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_EXTERNAL),
	.first_min = VERSION,
	.first_max = VERSION,
	.probe = pcp_probe,
	.dissect = pcp_dissect,
};
