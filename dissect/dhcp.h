/*
 * What DHCPv4 and DHCPv6 have in common: a lease, and a bounded list of what else was told with it.
 * Private to both.
 */
#ifndef SEEP_DISSECT_DHCP_H
#define SEEP_DISSECT_DHCP_H

#include "dissect/dissector.h"

#define DHCP_PARTS_MAX 48 /* told of one message */

/* Kept until the message is known to be sound. */
struct dhcp_facts {
	struct obs_dhcp lease;
	unsigned parts;
	struct obs_dhcp_option part[DHCP_PARTS_MAX];
};

/* The next part, of this code and otherwise empty. Beyond those kept the last is given again, and
 * the lease says that it has more. */
static inline struct obs_dhcp_option *dhcp_part(struct dhcp_facts *f, uint16_t code)
{
	f->lease.options_cut |= f->parts == DHCP_PARTS_MAX;
	f->parts += f->parts < DHCP_PARTS_MAX;
	struct obs_dhcp_option *part = &f->part[f->parts - 1];
	*part = (struct obs_dhcp_option){.code = code};
	return part;
}

static inline void dhcp_facts_emit(struct dissection *d, const struct dhcp_facts *f)
{
	struct observation o;
	d->stats->dhcp++;
	dissection_observe(d, OBS_DHCP, &o);
	o.head.parts = (uint8_t)f->parts;
	o.dhcp = f->lease;
	dissection_emit(d, &o);
	dissection_observe(d, OBS_DHCP_OPTION, &o);
	for (unsigned i = 0; i < f->parts; i++) {
		o.dhcp_option = f->part[i];
		dissection_emit(d, &o);
	}
}

#endif
