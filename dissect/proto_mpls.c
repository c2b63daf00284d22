/*
 * MPLS label stacks (RFC 3032 §2.1). Labels say nothing of what lies below them, so behind the last
 * one the first four bits tell IPv4 from IPv6, as routers do it (RFC 4928 §2). Pseudowires with a
 * control word (RFC 4385), whose first four bits are zero, are counted as not read.
 */
#include "dissect/dissector.h"
#include "dissect/inner.h"

#define LABELS_MAX 16
#define BOTTOM     0x00000100

static enum verdict mpls_dissect(struct dissection *d, struct reader *r)
{
	uint32_t label = 0;
	for (int i = 0; i < LABELS_MAX && !(label & BOTTOM); i++) {
		label = reader_u32(r);
		if (r->failed)
			return reader_verdict(r);
	}
	if (!(label & BOTTOM)) {
		d->stats->too_many_layers++;
		return DONE;
	}
	if (!reader_left(r))
		return r->cut ? TRUNCATED : MALFORMED;
	d->packet->encapsulation |= WRAPPED_MPLS;
	d->stats->mpls++;
	return dissection_next(d, CARRIER_ETHERTYPE, inner_ethertype(inner_version(*r)));
}

extern const struct dissector dissector_mpls;
const struct dissector dissector_mpls = {
	.info = {"mpls", "RFC 3032"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_MPLS, ETHERTYPE_MPLS_MULTICAST},
	.number_count = 2,
	.dissect = mpls_dissect,
};
