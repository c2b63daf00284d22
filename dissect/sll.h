/* What both versions of Linux cooked capture have in common. */
#ifndef SEEP_DISSECT_SLL_H
#define SEEP_DISSECT_SLL_H

#include "core/packet.h"

#define SLL_ADDRESS_SIZE 8 /* the field; an address may be shorter */
#define SLL_OUTGOING     4 /* LINUX_SLL_OUTGOING; lower ones were received */

/* Reads the sender's link address and notes it and the direction. */
static inline void sll_sender(
	struct packet *p, unsigned packet_type, unsigned address_length, struct reader *r)
{
	struct reader address = reader_sub(r, SLL_ADDRESS_SIZE);
	if (address_length == sizeof(p->src_mac))
		reader_copy(&address, p->src_mac, sizeof(p->src_mac));
	p->direction = packet_type == SLL_OUTGOING ? DIRECTION_OUT : DIRECTION_IN;
}

#endif
