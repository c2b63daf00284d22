/*
 * NAT-PMP answers (RFC 6886 §3.2, §3.3): the external address, and with it the external port of a
 * mapping. Emits EXTERNAL. Requests, refusals and deleted mappings tell nothing and are left alone.
 *
 * Twelve or sixteen bytes with four fixed ones are a weak shape, so the gateway's port, 5351, which
 * the RFC leaves no choice of, has to be there as well. A mapping is answered without the address:
 * that is remembered from an earlier answer in the same flow.
 */
#include "dissect/address.h"
#include "dissect/dissector.h"

#define PORT_GATEWAY 5351
#define ADDRESS_SIZE 12
#define MAPPING_SIZE 16

enum { OPCODE_ADDRESS = 0x80, OPCODE_MAP_UDP = 0x81, OPCODE_MAP_TCP = 0x82 };

static bool natpmp_allows(unsigned at, uint8_t byte)
{
	if (at == 1)
		return byte >= OPCODE_ADDRESS && byte <= OPCODE_MAP_TCP;
	return byte == 0; /* version and result */
}

static bool natpmp_probe(struct reader r)
{
	size_t size = reader_left(&r);
	reader_skip(&r, 1); /* version 0 */
	uint8_t opcode = reader_u8(&r);
	uint16_t result = reader_u16(&r);
	if (r.failed || r.cut || result)
		return false;
	return (opcode == OPCODE_ADDRESS && size == ADDRESS_SIZE) ||
		((opcode == OPCODE_MAP_UDP || opcode == OPCODE_MAP_TCP) && size == MAPPING_SIZE);
}

static void external_emit(struct dissection *d, const struct addr *addr, uint16_t port)
{
	struct observation o;
	d->stats->external++;
	dissection_observe(d, OBS_EXTERNAL, &o);
	o.external.protocol = EXTERNAL_NATPMP;
	o.external.addr.addr = *addr;
	o.external.addr.port = port;
	dissection_emit(d, &o);
}

static enum verdict natpmp_dissect(struct dissection *d, struct reader *r)
{
	if (d->packet->src.port != PORT_GATEWAY)
		return NOT_MINE;
	struct addr *known = dissection_flow_state(d);
	reader_skip(r, 1);
	uint8_t opcode = reader_u8(r);
	reader_skip(r, 6); /* result, epoch */
	if (opcode == OPCODE_ADDRESS) {
		struct addr addr = address_read_known(r, ADDR_V4);
		if (known)
			*known = addr;
		if (addr.family != ADDR_NONE)
			external_emit(d, &addr, 0);
		return DONE;
	}
	reader_skip(r, 2); /* internal port */
	uint16_t port = reader_u16(r);
	uint32_t lifetime = reader_u32(r);
	if (known && known->family != ADDR_NONE && port && lifetime)
		external_emit(d, known, port);
	return DONE;
}

extern const struct dissector dissector_natpmp;
const struct dissector dissector_natpmp = {
	.info = {"natpmp", "RFC 6886"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_EXTERNAL),
	.state_size = sizeof(struct addr),
	.first_min = 0,
	.first_max = 0,
	.allows = natpmp_allows,
	.probe = natpmp_probe,
	.dissect = natpmp_dissect,
};
