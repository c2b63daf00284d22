/*
 * Every link layer in front of the same STUN request: is it found behind it, and what does the link
 * layer say of its own. And each of these frames at every shorter length.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define HEADER_MAX 24

enum { NO_IP = 0, V4 = 4, V6 = 6 };

static const struct link_row {
	const char *name;
	uint16_t link_type;
	uint8_t version; /* of the IP packet behind the header */
	uint8_t direction;
	bool has_macs;
	uint8_t size;
	uint8_t header[HEADER_MAX];
} link_rows[] = {
	{"Ethernet, IPv4", LINK_ETHERNET, V4, DIRECTION_UNKNOWN, true, 14,
		{
			0x02, 0x00, 0x00, 0x00, 0x00, 0x02, /* destination */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, /* source */
			0x08, 0x00,                         /* EtherType */
		}},
	{"Ethernet, IPv6", LINK_ETHERNET, V6, DIRECTION_UNKNOWN, true, 14,
		{
			0x02, 0x00, 0x00, 0x00, 0x00, 0x02, /* destination */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, /* source */
			0x86, 0xdd,                         /* EtherType */
		}},
	{"SLL, to us", LINK_LINUX_SLL, V4, DIRECTION_IN, false, 16,
		{
			0x00, 0x00,                                     /* packet type: to us */
			0x00, 0x01,                                     /* ARPHRD_ETHER */
			0x00, 0x06,                                     /* address length */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, /* address */
			0x08, 0x00,                                     /* protocol */
		}},
	{"SLL, sent by us", LINK_LINUX_SLL, V6, DIRECTION_OUT, false, 16,
		{
			0x00, 0x04,                                     /* packet type: sent */
			0x00, 0x01,                                     /* ARPHRD_ETHER */
			0x00, 0x06,                                     /* address length */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, /* address */
			0x86, 0xdd,                                     /* protocol */
		}},
	{"SLL, no address (tun)", LINK_LINUX_SLL, V4, DIRECTION_OUT, false, 16,
		{
			0x00, 0x04,                                     /* packet type: sent */
			0xff, 0xfe,                                     /* ARPHRD_NONE */
			0x00, 0x00,                                     /* address length */
			0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* address */
			0x08, 0x00,                                     /* protocol */
		}},
	{"SLL, an address length of 0xffff", LINK_LINUX_SLL, V4, DIRECTION_IN, false, 16,
		{
			0x00, 0x02,                                     /* packet type: multicast */
			0x00, 0x01,                                     /* ARPHRD_ETHER */
			0xff, 0xff,                                     /* address length */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, /* address */
			0x08, 0x00,                                     /* protocol */
		}},
	{"SLL2, to us", LINK_LINUX_SLL2, V6, DIRECTION_IN, false, 20,
		{
			0x86, 0xdd,                                     /* protocol */
			0x00, 0x00,                                     /* reserved */
			0x00, 0x00, 0x00, 0x02,                         /* interface index */
			0x00, 0x01,                                     /* ARPHRD_ETHER */
			0x00,                                           /* packet type: to us */
			0x06,                                           /* address length */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, /* address */
		}},
	{"SLL2, sent by us", LINK_LINUX_SLL2, V4, DIRECTION_OUT, false, 20,
		{
			0x08, 0x00,                                     /* protocol */
			0x00, 0x00,                                     /* reserved */
			0x00, 0x00, 0x00, 0x02,                         /* interface index */
			0x00, 0x01,                                     /* ARPHRD_ETHER */
			0x04,                                           /* packet type: sent */
			0x06,                                           /* address length */
			0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, /* address */
		}},
	{"null, little endian, IPv4", LINK_NULL, V4, DIRECTION_UNKNOWN, false, 4, {2, 0, 0, 0}},
	{"null, big endian, IPv4", LINK_NULL, V4, DIRECTION_UNKNOWN, false, 4, {0, 0, 0, 2}},
	{"null, OpenBSD, IPv6", LINK_NULL, V6, DIRECTION_UNKNOWN, false, 4, {24, 0, 0, 0}},
	{"null, FreeBSD, IPv6", LINK_NULL, V6, DIRECTION_UNKNOWN, false, 4, {28, 0, 0, 0}},
	{"null, Darwin, IPv6", LINK_NULL, V6, DIRECTION_UNKNOWN, false, 4, {30, 0, 0, 0}},
	{"null, Darwin, big endian", LINK_NULL, V6, DIRECTION_UNKNOWN, false, 4, {0, 0, 0, 30}},
	{"null, Linux, IPv6", LINK_NULL, V6, DIRECTION_UNKNOWN, false, 4, {10, 0, 0, 0}},
	{"loop, IPv4", LINK_LOOP, V4, DIRECTION_UNKNOWN, false, 4, {0, 0, 0, 2}},
	{"loop, OpenBSD, IPv6", LINK_LOOP, V6, DIRECTION_UNKNOWN, false, 4, {0, 0, 0, 24}},
	{"raw, IPv4", LINK_RAW, V4, DIRECTION_UNKNOWN, false, 0, {0}},
	{"raw, IPv6", LINK_RAW, V6, DIRECTION_UNKNOWN, false, 0, {0}},
	{"raw, the old number", LINK_RAW_BSD, V4, DIRECTION_UNKNOWN, false, 0, {0}},
	{"raw, OpenBSD's number", LINK_RAW_OPENBSD, V6, DIRECTION_UNKNOWN, false, 0, {0}},
	{"raw, IPv4 only", LINK_IPV4, V4, DIRECTION_UNKNOWN, false, 0, {0}},
	{"raw, IPv6 only", LINK_IPV6, V6, DIRECTION_UNKNOWN, false, 0, {0}},
	/* What is not read is counted, not guessed at. */
	{"Ethernet, LLDP", LINK_ETHERNET, NO_IP, 0, true, 14, {[12] = 0x88, [13] = 0xcc}},
	{"Ethernet, 802.3 length", LINK_ETHERNET, NO_IP, 0, true, 14, {[12] = 0x00, [13] = 0x30}},
	{"SLL, 802.2", LINK_LINUX_SLL, NO_IP, 0, false, 16, {[15] = 0x04}},
	{"null, AppleTalk", LINK_NULL, NO_IP, 0, false, 4, {16, 0, 0, 0}},
	{"null, all bits", LINK_NULL, NO_IP, 0, false, 4, {0xff, 0xff, 0xff, 0xff}},
};

static void frame_make(struct bytes *b, const struct link_row *row)
{
	const struct endpoint v4[] = {end("192.168.77.10:50000"), end("192.0.2.10:3478")};
	const struct endpoint v6[] = {end("[2001:db8:77::10]:50000"), end("[2001:db8:10::10]:53")};
	const struct endpoint *ends = row->version == V6 ? v6 : v4;
	stun_begin(b, BINDING_REQUEST, 1);
	packet_ip_udp(b, &ends[0], &ends[1]);
	bytes_front(b, row->header, row->size);
}

static void request_check(const struct link_row *row, const struct watch *w)
{
	const uint8_t src[] = {0x02, 0, 0, 0, 0, 0x01}, dst[] = {0x02, 0, 0, 0, 0, 0x02};
	const struct observation *o = watch_seen(w, OBS_STUN_REQUEST, 0);
	if (!o)
		fail_msg("%s: no request found", row->name);
	assert_int_equal(o->head.src.addr.family, row->version);
	assert_int_equal(o->head.src.port, 50000);
	assert_int_equal(o->head.direction, row->direction);
	assert_int_equal(o->head.has_macs, row->has_macs);
	assert_int_equal(o->head.hop_limit, TEST_HOPS);
	assert_int_equal(o->head.protocol, PROTOCOL_UDP);
	assert_int_equal(row->version == V4 ? w->stats.ipv4 : w->stats.ipv6, 1);
	if (!row->has_macs)
		return;
	assert_memory_equal(o->head.src_mac, src, sizeof(src));
	assert_memory_equal(o->head.dst_mac, dst, sizeof(dst));
}

static void requests_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(link_rows); i++) {
		const struct link_row *row = &link_rows[i];
		struct watch *w = watch_new(row->link_type);
		struct bytes b;
		frame_make(&b, row);
		watch_frame(w, b.at, b.length);
		if (row->version)
			request_check(row, w);
		else
			assert_int_equal(w->count, 0);
		assert_int_equal(w->stats.unknown_ethertype, row->version == NO_IP);
		assert_int_equal(w->stats.invalid + w->stats.truncated_packets, 0);
		watch_free(w);
	}
}

static void prefixes_are_harmless(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(link_rows); i++) {
		struct bytes b;
		frame_make(&b, &link_rows[i]);
		watch_prefixes(link_rows[i].link_type, b.at, b.length);
	}
}

/* A header cut by the snap length is not the sender's fault; a frame too short for one is. */
static void short_headers_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(link_rows); i++) {
		const struct link_row *row = &link_rows[i];
		if (row->size == 0)
			continue;
		struct watch *w = watch_new(row->link_type);
		watch_cut(w, row->header, row->size - 1U, 100);
		assert_int_equal(w->stats.truncated_packets, 1);
		assert_int_equal(w->stats.cut, 1);
		watch_frame(w, row->header, row->size - 1U);
		assert_int_equal(w->stats.invalid, 1);
		assert_int_equal(w->stats.truncated_packets, 1);
		watch_free(w);
	}
}

static void unknown_links_are_counted(void **state)
{
	(void)state;
	const uint16_t types[] = {10 /* FDDI */, 147 /* USER0 */, 187, 195, 0xffff};
	for (size_t i = 0; i < ROWS(types); i++) {
		struct watch *w = watch_new(types[i]);
		watch_frame(w, "anything", 8);
		watch_frame(w, "", 0);
		assert_int_equal(w->stats.unknown_link, 2);
		assert_int_equal(w->count, 0);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_found),
		cmocka_unit_test(prefixes_are_harmless),
		cmocka_unit_test(short_headers_are_told_apart),
		cmocka_unit_test(unknown_links_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
