/*
 * MPLS label stacks (RFC 3032 §2.1). Labels say nothing of what lies below them, so behind the last
 * one the first four bits tell IPv4 from IPv6, as routers do it (RFC 4928 §2). An Ethernet
 * pseudowire (RFC 4448) is told by a plausible frame with IP or ARP in it, behind a control word
 * (RFC 4385 §3), whose first four bits are zero, or without; what else pseudowires carry is counted
 * as not read.
 */
#include "dissect/dissector.h"
#include "dissect/inner.h"

#define LABELS_MAX 16
#define BOTTOM     0x00000100

#define CONTROL_WORD_SIZE 4

/* Steps over the control word, if there is one; is an Ethernet frame behind it? */
static bool pseudowire_enter(struct reader *r)
{
	struct reader frame = *r;
	if (inner_version(frame) == 0)
		reader_skip(&frame, CONTROL_WORD_SIZE);
	if (!inner_ethernet(frame)) {
		frame = *r; /* or an address that starts with zero */
		if (!inner_ethernet(frame))
			return false;
	}
	*r = frame;
	return true;
}

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
	uint16_t type = inner_ethertype(inner_version(*r));
	if (!inner_fits(type, *r) && pseudowire_enter(r))
		return dissection_next(d, CARRIER_LINK, LINK_ETHERNET);
	return dissection_next(d, CARRIER_ETHERTYPE, type);
}

extern const struct dissector dissector_mpls;
const struct dissector dissector_mpls = {
	.info = {"mpls", "RFC 3032"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_MPLS, ETHERTYPE_MPLS_MULTICAST},
	.number_count = 2,
	.dissect = mpls_dissect,
};
