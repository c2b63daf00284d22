/*
 * Packets that ICMP errors quote: shared by the dissectors of ICMP and ICMPv6.
 */
#ifndef SEEP_DISSECT_ICMP_QUOTE_H
#define SEEP_DISSECT_ICMP_QUOTE_H

#include "dissect/dissector.h"

/* Counts STUN in the packet at *quoted: an IPv4 or IPv6 header, UDP, a message with a cookie. */
void icmp_quote_count(struct dissection *d, struct reader quoted);

#endif
