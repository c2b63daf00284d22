/* EtherTypes that link layers name for one another (IEEE 802 numbers). */
#ifndef SEEP_DISSECT_ETHERTYPE_H
#define SEEP_DISSECT_ETHERTYPE_H

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV6 = 0x86dd };

#endif
