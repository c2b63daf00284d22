/*
 * What carries IP below and beside IP itself: tags, labels, PPP, GRE, IP in IP. The packet is found
 * inside, at every shorter length nothing is, and the observation says what it was wrapped in.
 */
#include "tests/unit/support/carrier.h"

#define ADDRESSES 0x02, 0, 0, 0, 0, 0x12, 0x02, 0, 0, 0, 0, 0x11

static const struct carrier_row tag_rows[] = {
	{"802.1Q", UNDER_ETHERNET, 0x8100, V4, WRAPPED_VLAN, 42, 4,
		{
			0xe0, 0x2a, /* priority 7, VLAN 42 */
			0x08, 0x00, /* EtherType */
		}},
	{"802.1Q, priority only", UNDER_ETHERNET, 0x8100, V6, WRAPPED_VLAN, 0, 4,
		{
			0xa0, 0x00, /* priority 5, no VLAN */
			0x86, 0xdd, /* EtherType */
		}},
	{"802.1ad", UNDER_ETHERNET, 0x88a8, V4, WRAPPED_VLAN, 42, 8,
		{
			0x00, 0x64, /* service VLAN 100 */
			0x81, 0x00, /* EtherType */
			0x00, 0x2a, /* customer VLAN 42 */
			0x08, 0x00, /* EtherType */
		}},
	{"0x9100, priority inside", UNDER_ETHERNET, 0x9100, V6, WRAPPED_VLAN, 4095, 8,
		{
			0x0f, 0xff, /* VLAN 4095 */
			0x81, 0x00, /* EtherType */
			0x20, 0x00, /* no VLAN: the outer one stays */
			0x86, 0xdd, /* EtherType */
		}},
	{"802.1Q, LLC and SNAP", UNDER_ETHERNET, 0x8100, V4, WRAPPED_VLAN, 1, 12,
		{
			0x00, 0x01,       /* VLAN 1 */
			0x00, 0x38,       /* length */
			0xaa, 0xaa, 0x03, /* LLC: SNAP, unnumbered information */
			0x00, 0x00, 0x00, /* organization */
			0x08, 0x00,       /* EtherType */
		}},
	{"802.3, LLC and SNAP", UNDER_ETHERNET, 0x004c, V6, 0, 0, 8,
		{
			0xaa, 0xaa, 0x03, /* LLC: SNAP, unnumbered information */
			0x00, 0x00, 0xf8, /* organization: 802.1H */
			0x86, 0xdd,       /* EtherType */
		}},
	{"802.3, another organization", UNDER_ETHERNET, 0x0038, NOT_FOUND, 0, 0, 8,
		{
			0xaa, 0xaa, 0x03, /* LLC: SNAP, unnumbered information */
			0x00, 0x00, 0x0c, /* organization: Cisco */
			0x08, 0x00,       /* not an EtherType */
		}},
	{"802.3, no SNAP", UNDER_ETHERNET, 0x0038, NOT_FOUND, 0, 0, 3, {0x42, 0x42, 0x03}},
	{"802.3, a length that ends before IP", UNDER_ETHERNET, 0x0008, NOT_FOUND, 0, 0, 8,
		{0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00}},
	{"neither length nor type", UNDER_ETHERNET, 0x05ff, NOT_FOUND, 0, 0, 8,
		{0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00}},
	{"SLL2, LLC", UNDER_LINK, LINK_LINUX_SLL2, V4, 0, 0, 28,
		{
			0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, /* ETH_P_802_2 */
			0x00, 0x01, 0x00, 0x06, 0x02, 0x00, 0x00, 0x00, /* sender */
			0x00, 0x01, 0x00, 0x00,                         /* sender */
			0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00, /* LLC, SNAP */
		}},
	{"MPLS, one label", UNDER_ETHERNET, 0x8847, V4, WRAPPED_MPLS, 0, 4,
		{
			0x00, 0x01, 0x01, 0x40, /* label 16, bottom */
		}},
	{"MPLS, three labels", UNDER_ETHERNET, 0x8848, V6, WRAPPED_MPLS, 0, 12,
		{
			0x00, 0x01, 0x00, 0x40, /* label 16 */
			0xff, 0xff, 0xfe, 0x40, /* label 1048575 */
			0x00, 0x00, 0x21, 0x40, /* IPv6 explicit null, bottom */
		}},
	{"MPLS, a pseudowire of something", UNDER_ETHERNET, 0x8847, NOT_FOUND, 0, 0, 8,
		{
			0x00, 0x01, 0x01, 0x40, /* label 16, bottom */
			0x00, 0x00, 0x00, 0x00, /* control word */
		}},
	{"MPLS, an Ethernet pseudowire", UNDER_ETHERNET, 0x8847, V4, WRAPPED_MPLS, 0, 22,
		{
			0x00, 0x01, 0x01, 0x40,                         /* label 16, bottom */
			0x00, 0x00, 0x00, 0x07,                         /* control word */
			0x00, 0x00, 0x5e, 0, 0, 1, 0x02, 0, 0, 0, 0, 1, /* addresses */
			0x08, 0x00,                                     /* IPv4 */
		}},
	{"MPLS, the same without control word", UNDER_ETHERNET, 0x8847, V6, WRAPPED_MPLS, 0, 18,
		{
			0x00, 0x01, 0x01, 0x40,                      /* label 16, bottom */
			0x00, 0x00, 0x5e, 0, 0, 1, 2, 0, 0, 0, 0, 1, /* addresses */
			0x86, 0xdd,                                  /* IPv6 */
		}},
	{"MPLS, the same to an address like IPv4", UNDER_ETHERNET, 0x8847, V4, WRAPPED_MPLS, 0, 18,
		{
			0x00, 0x01, 0x01, 0x40,                         /* label 16, bottom */
			0x44, 0x00, 0x5e, 0, 0, 1, 0x02, 0, 0, 0, 0, 1, /* addresses */
			0x08, 0x00,                                     /* IPv4 */
		}},
	{"MPLS in a VLAN", UNDER_ETHERNET, 0x8100, V4, WRAPPED_VLAN | WRAPPED_MPLS, 7, 8,
		{
			0x00, 0x07, 0x88, 0x47, /* VLAN 7 */
			0x00, 0x01, 0x01, 0x40, /* label 16, bottom */
		}},
};

static const struct carrier_row ppp_rows[] = {
	{"PPPoE, IPv4", UNDER_ETHERNET, 0x8864, V4, WRAPPED_PPPOE, 0, 8,
		{
			0x11, 0x00,                /* version, type, session */
			0x12, 0x34,                /* session id */
			0x00, 2 + CARRIER_V4_SIZE, /* length */
			0x00, 0x21,                /* PPP: IPv4 */
		}},
	{"PPPoE, IPv6", UNDER_ETHERNET, 0x8864, V6, WRAPPED_PPPOE, 0, 8,
		{
			0x11, 0x00,                /* version, type, session */
			0x12, 0x34,                /* session id */
			0x00, 2 + CARRIER_V6_SIZE, /* length */
			0x00, 0x57,                /* PPP: IPv6 */
		}},
	{"PPPoE in two VLANs", UNDER_ETHERNET, 0x8100, V4, WRAPPED_VLAN | WRAPPED_PPPOE, 7, 16,
		{
			0x00, 0x09, 0x81, 0x00,                         /* VLAN 9 */
			0x00, 0x07, 0x88, 0x64,                         /* VLAN 7 */
			0x11, 0x00, 0x12, 0x34, 0x00, 0xff, 0x00, 0x21, /* longer than is there */
		}},
	{"PPPoE, a length that ends in IP", UNDER_ETHERNET, 0x8864, NOT_FOUND, 0, 0, 8,
		{0x11, 0x00, 0x12, 0x34, 0x00, 0x10, 0x00, 0x21}},
	{"PPPoE, padding", UNDER_ETHERNET, 0x8864, NOT_FOUND, 0, 0, 8,
		{0x11, 0x09, 0x12, 0x34, 0x00, 0x32, 0x00, 0x21}},
	{"PPPoE, version 2", UNDER_ETHERNET, 0x8864, NOT_FOUND, 0, 0, 8,
		{0x21, 0x00, 0x12, 0x34, 0x00, 0x32, 0x00, 0x21}},
	{"PPP, LCP", UNDER_LINK, LINK_PPP, NOT_FOUND, 0, 0, 2, {0xc0, 0x21}},
	{"PPP", UNDER_LINK, LINK_PPP, V4, 0, 0, 2, {0x00, 0x21}},
	{"PPP, compressed protocol", UNDER_LINK, LINK_PPP, V6, 0, 0, 1, {0x57}},
	{"PPP, HDLC", UNDER_LINK, LINK_PPP_HDLC, V4, 0, 0, 4, {0xff, 0x03, 0x00, 0x21}},
	{"PPP, HDLC, compressed protocol", UNDER_LINK, LINK_PPP, V4, 0, 0, 3, {0xff, 0x03, 0x21}},
	{"PPP, MPLS", UNDER_LINK, LINK_PPP, V4, WRAPPED_MPLS, 0, 6,
		{0x02, 0x81, 0x00, 0x01, 0x01, 0x40}},
	{"Cisco HDLC", UNDER_LINK, LINK_PPP_HDLC, NOT_FOUND, 0, 0, 4, {0x0f, 0x00, 0x08, 0x00}},
};

static const struct carrier_row gre_rows[] = {
	{"GRE", UNDER_IP, 47, V4, WRAPPED_GRE, 0, 4,
		{
			0x00, 0x00, /* version 0 */
			0x08, 0x00, /* EtherType */
		}},
	{"GRE, checksum, key, sequence", UNDER_IP, 47, V6, WRAPPED_GRE, 0, 16,
		{
			0xb0, 0x00,             /* C, K, S, version 0 */
			0x86, 0xdd,             /* EtherType */
			0x12, 0x34, 0x00, 0x00, /* checksum */
			0x00, 0x00, 0x00, 0x01, /* key */
			0x00, 0x00, 0x00, 0x02, /* sequence number */
		}},
	{"NVGRE", UNDER_IP, 47, V4, WRAPPED_GRE, 0, 22,
		{
			0x20, 0x00,             /* K, version 0 */
			0x65, 0x58,             /* Transparent Ethernet Bridging */
			0x00, 0x10, 0x00, 0x01, /* key */
			ADDRESSES, 0x08, 0x00,  /* Ethernet */
		}},
	{"GRE, bridged, tagged", UNDER_IP, 47, V6, WRAPPED_GRE | WRAPPED_VLAN, 3, 22,
		{
			0x00, 0x00, 0x65, 0x58,                        /* version 0, bridged */
			ADDRESSES, 0x81, 0x00, 0x00, 0x03, 0x86, 0xdd, /* Ethernet, VLAN 3 */
		}},
	{"ERSPAN, type I", UNDER_IP, 47, V4, WRAPPED_GRE, 0, 18,
		{
			0x00, 0x00, 0x88, 0xbe, /* version 0, ERSPAN */
			ADDRESSES, 0x08, 0x00,  /* Ethernet */
		}},
	{"ERSPAN, type II", UNDER_IP, 47, V4, WRAPPED_GRE, 0, 30,
		{
			0x10, 0x00, 0x88, 0xbe, 0x00, 0x00, 0x00, 0x01, /* S, ERSPAN */
			0x10, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, /* version 1 */
			ADDRESSES, 0x08, 0x00,                          /* Ethernet */
		}},
	{"ERSPAN, type III with a subheader", UNDER_IP, 47, V6, WRAPPED_GRE, 0, 42,
		{
			0x10, 0x00, 0x22, 0xeb, 0x00, 0x00, 0x00, 0x01, /* S, ERSPAN III */
			0x20, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, /* version 2 */
			0x00, 0x00, 0x00, 0x01,                         /* O */
			0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* subheader */
			ADDRESSES, 0x86, 0xdd,                          /* Ethernet */
		}},
	{"PPTP", UNDER_IP, 47, V4, WRAPPED_GRE, 0, 20,
		{
			0x30, 0x81,                /* K, S, A, version 1 */
			0x88, 0x0b,                /* PPP */
			0x00, 4 + CARRIER_V4_SIZE, /* payload length */
			0x00, 0x01,                /* call id */
			0x00, 0x00, 0x00, 0x02,    /* sequence number */
			0x00, 0x00, 0x00, 0x01,    /* acknowledgment number */
			0xff, 0x03, 0x00, 0x21,    /* PPP: IPv4 */
		}},
	{"PPTP, an acknowledgment alone", UNDER_IP, 47, NOT_FOUND, 0, 0, 12,
		{0x20, 0x81, 0x88, 0x0b, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01}},
	{"PPTP without a length", UNDER_IP, 47, NOT_FOUND, 0, 0, 16,
		{0x10, 0x01, 0x88, 0x0b, 0x00, 0x34, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0xff, 0x03,
			0x00, 0x21}},
	{"GRE, source routes", UNDER_IP, 47, NOT_FOUND, 0, 0, 8, {0x40, 0x00, 0x08, 0x00}},
	{"GRE, version 2", UNDER_IP, 47, NOT_FOUND, 0, 0, 4, {0x00, 0x02, 0x08, 0x00}},
	{"4in4", UNDER_IP, 4, V4, WRAPPED_IP, 0, 0, {0}},
	{"6in4", UNDER_IP, 41, V6, WRAPPED_IP, 0, 0, {0}},
	{"IPv6 named IPv4", UNDER_IP, 4, NOT_FOUND | V6, 0, 0, 0, {0}},
	{"IPv4 named IPv6", UNDER_IP, 41, NOT_FOUND, 0, 0, 0, {0}},
};

static void rows_check(const struct carrier_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		carrier_check(&rows[i]);
}

static void tags_and_labels(void **state)
{
	(void)state;
	rows_check(tag_rows, ROWS(tag_rows));
}

static void ppp(void **state)
{
	(void)state;
	rows_check(ppp_rows, ROWS(ppp_rows));
}

static void gre_and_ip(void **state)
{
	(void)state;
	rows_check(gre_rows, ROWS(gre_rows));
}

/* Under IPv6: 4in6, and GRE behind a destination option as RFC 2473 puts one there. */
static void in_ipv6(void **state)
{
	(void)state;
	const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:3478");
	const struct addr from = ip("2001:db8::1"), to = ip("2001:db8::2");
	static const struct {
		uint8_t next, size, header[12];
	} rows[] = {
		{4, 0, {0}},
		{47, 4, {0x00, 0x00, 0x08, 0x00}},
		{60, 8, {4, 0, 4, 1, 4, 1, 0, 0}},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		packet_ip_udp(&b, &src, &dst);
		bytes_front(&b, rows[i].header, rows[i].size);
		packet_ipv6(&b, &from, &to, rows[i].next);
		watch_prefixes(LINK_RAW, b.at, b.length);
		watch_frame(w, b.at, b.length);
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 1);
		const struct obs_head *head = &watch_seen(w, OBS_STUN_REQUEST, 0)->head;
		assert_true(addr_equal(&head->outer_src, &from));
		assert_true(addr_equal(&head->outer_dst, &to));
		assert_true(endpoint_equal(&head->src, &src));
		assert_int_equal(head->encapsulation, i == 1 ? WRAPPED_GRE : WRAPPED_IP);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_and_labels),
		cmocka_unit_test(ppp),
		cmocka_unit_test(gre_and_ip),
		cmocka_unit_test(in_ipv6),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
