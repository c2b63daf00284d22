/*
 * Datagrams relayed by a SOCKS 5 proxy (RFC 1928 §7). They have no shape to be told by: this is
 * asked about datagrams to and from an endpoint that proto_socks.c announced. Emits nothing itself;
 * what is inside is dissected as if it went between the client and its target. A target that is a
 * name stands there without address. Fragments (FRAG not 0), which nobody sends, are left alone.
 */
#include "dissect/socks.h"

static enum verdict socks_udp_dissect(struct dissection *d, struct reader *r)
{
	const struct packet *p = d->packet;
	struct socks_target target;
	uint16_t reserved = reader_u16(r);
	uint8_t fragment = reader_u8(r);
	socks_target_read(r, &target);
	if (r->failed || reserved != 0)
		return NOT_MINE;
	if (fragment)
		return DONE;
	if (target.address.addr.family == ADDR_NONE) {
		target.address.addr.family = p->src.addr.family;
		target.address.port = target.port;
	}
	if (dissection_expected(d, &p->dst))
		dissection_relayed(d, WRAPPED_PROXY, &p->src, &target.address, r);
	else
		dissection_relayed(d, WRAPPED_PROXY, &target.address, &p->dst, r);
	return DONE;
}

extern const struct dissector dissector_socks_udp;
const struct dissector dissector_socks_udp = {
	.info = {"socks_udp", "RFC 1928"},
	.carrier = CARRIER_UDP,
	.dissect = socks_udp_dissect,
};
