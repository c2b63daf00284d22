/* What both versions of Linux cooked capture have in common. */
#ifndef SEEP_DISSECT_SLL_H
#define SEEP_DISSECT_SLL_H

#include "core/packet.h"

#define SLL_ADDRESS_SIZE 8 /* the field; an address may be shorter */

enum { SLL_OTHERHOST = 3, SLL_OUTGOING = 4 }; /* those before were sent to this host */

/* What the packet type says; somebody else's traffic (a mirror port) has no direction of ours. */
static inline uint8_t sll_direction(unsigned packet_type)
{
	if (packet_type == SLL_OUTGOING)
		return DIRECTION_OUT;
	return packet_type < SLL_OTHERHOST ? DIRECTION_IN : DIRECTION_UNKNOWN;
}

#endif
