/*
 * VLAN tags (IEEE 802.1Q-2018 §9): 802.1Q, the service tag of 802.1ad, and 0x9100, which switches
 * used for the outer tag before that. Keeps the VLAN id, of several the innermost; a priority tag
 * (id 0) names none. Priority and drop eligibility are ignored.
 */
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define TAG_SIZE 4
#define VLAN_ID  0x0fff

static enum verdict vlan_dissect(struct dissection *d, struct reader *r)
{
	struct packet *p = d->packet;
	struct reader tag;
	if (!reader_header(r, &tag, TAG_SIZE))
		return reader_verdict(r);
	uint16_t id = reader_u16(&tag) & VLAN_ID;
	uint16_t type = reader_u16(&tag);
	if (id)
		p->vlan = id;
	p->encapsulation |= WRAPPED_VLAN;
	d->stats->vlan++;
	return ethertype_next(d, r, type);
}

extern const struct dissector dissector_vlan;
const struct dissector dissector_vlan = {
	.info = {"vlan", "IEEE 802.1Q, IEEE 802.1ad"},
	.carrier = CARRIER_ETHERTYPE,
	.numbers = {ETHERTYPE_VLAN, ETHERTYPE_SERVICE_VLAN, ETHERTYPE_OLD_QINQ},
	.number_count = 3,
	.dissect = vlan_dissect,
};
