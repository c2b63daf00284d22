/* The LINKTYPE_ values that seep knows by name, https://www.tcpdump.org/linktypes.html */
#ifndef SEEP_CORE_LINK_TYPE_H
#define SEEP_CORE_LINK_TYPE_H

enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12,     /* DLT_RAW as some systems wrote it into files */
	LINK_RAW_OPENBSD = 14, /* the same on OpenBSD */
	LINK_PPP_HDLC = 50,
	LINK_RAW = 101,
	LINK_IEEE802_11 = 105,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_IEEE802_11_RADIOTAP = 127,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NFLOG = 239,
	LINK_LINUX_SLL2 = 276,
};

#endif
