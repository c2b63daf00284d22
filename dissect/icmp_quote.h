/*
 * Packets that ICMP errors quote: shared by the dissectors of ICMP and ICMPv6.
 */
#ifndef SEEP_DISSECT_ICMP_QUOTE_H
#define SEEP_DISSECT_ICMP_QUOTE_H

#include "dissect/dissector.h"

/* The packet at *quoted: an IPv4 or IPv6 header, UDP, and as much of the rest as there is. Counts
 * STUN in it; where its destination was `unreachable`, tells those who read its flow. */
void icmp_quote_read(struct dissection *d, struct reader quoted, bool unreachable);

#endif
