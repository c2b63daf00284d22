/*
 * Link layers of Wi-Fi monitors and of netfilter's log: 802.11 with and without radiotap, nflog in
 * both byte orders. What is encrypted or in pieces is counted.
 */
#include "tests/unit/support/carrier.h"

#define WLAN  LINK_IEEE802_11
#define RADIO LINK_IEEE802_11_RADIOTAP
#define A     0x02, 0, 0, 0, 0, 0x0a
#define B     0x02, 0, 0, 0, 0, 0x0b
#define C     0x02, 0, 0, 0, 0, 0x0c
#define D     0x02, 0, 0, 0, 0, 0x0d
#define LLC4  0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00
#define LLC6  0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x86, 0xdd

/* Frame control and duration, sequence, QoS control, HT control; radiotap without fields. */
#define DATA        0x08, 0x00, 0x00, 0x00
#define TO_AP       0x88, 0x01, 0x00, 0x00
#define FROM_AP_HT  0x88, 0x82, 0x00, 0x00
#define BETWEEN_APS 0x88, 0x03, 0x00, 0x00
#define SEQUENCE    0x10, 0x00
#define QOS         0x05, 0x00
#define QOS_A_MSDU  0x80, 0x00
#define HT          0x00, 0x00, 0x00, 0x00
#define EMPTY_RADIO 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00
/* Version and length; time and flags, and another word, which is empty; padding, time; flags that
 * tell of padding behind the header, and the rest. */
#define FULL_RADIO                                                                                \
	0x00, 0x00, 0x1a, 0x00, 0x03, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, \
		0x00, 1, 2, 3, 4, 5, 6, 7, 8, 0x20, 0x00

/* The first rows' addresses are looked at: from and to, by their last bytes. */
static const struct {
	struct carrier_row row;
	uint8_t from, to;
} data_rows[] = {
	{{"between stations", UNDER_LINK, WLAN, V4, 0, 0, 32, {DATA, A, B, C, SEQUENCE, LLC4}},
		0x0b, 0x0a},
	{{"to the access point, QoS", UNDER_LINK, WLAN, V6, 0, 0, 34,
		 {TO_AP, A, B, C, SEQUENCE, QOS, LLC6}},
		0x0b, 0x0c},
	{{"from the access point, QoS and HT control", UNDER_LINK, WLAN, V4, 0, 0, 38,
		 {FROM_AP_HT, A, B, C, SEQUENCE, QOS, HT, LLC4}},
		0x0c, 0x0a},
	{{"between access points", UNDER_LINK, WLAN, V4, 0, 0, 40,
		 {BETWEEN_APS, A, B, C, SEQUENCE, D, 0x00, 0x00, LLC4}},
		0x0d, 0x0c},
	{{"an aggregate of one", UNDER_LINK, WLAN, V4, 0, 0, 48,
		 {TO_AP, A, B, C, SEQUENCE, QOS_A_MSDU, D, A, 0x00, 8 + CARRIER_V4_SIZE, LLC4}},
		0x0a, 0x0d},
	{{"radiotap", UNDER_LINK, RADIO, V4, 0, 0, 40,
		 {EMPTY_RADIO, DATA, A, B, C, SEQUENCE, LLC4}},
		0x0b, 0x0a},
	{{"radiotap, two words, time and flags, padding", UNDER_LINK, RADIO, V6, 0, 0, 62,
		 {FULL_RADIO, TO_AP, A, B, C, SEQUENCE, 0x00, 0x00, 0x00, 0x00, LLC6}},
		0x0b, 0x0c},
};

static void data_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(data_rows); i++) {
		const struct carrier_row *row = &data_rows[i].row;
		struct watch *w = watch_new(row->number);
		struct bytes b = {0};
		carrier_check(row);
		carrier_frame(&b, row);
		watch_frame(w, b.at, b.length);
		const struct obs_head *head = &watch_seen(w, OBS_STUN_REQUEST, 0)->head;
		assert_true(head->has_macs);
		if (head->src_mac[5] != data_rows[i].from || head->dst_mac[5] != data_rows[i].to)
			fail_msg("%s: from %02x to %02x", row->name, head->src_mac[5],
				head->dst_mac[5]);
		assert_int_equal(w->stats.wlan_unread + w->stats.wlan_protected, 0);
		watch_free(w);
	}
}

/* What is not read, and the counter that says so. */
static const struct {
	struct carrier_row row;
	unsigned protected, unread, ethertype, invalid;
} other_rows[] = {
	{{"encrypted", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 32,
		 {0x08, 0x41, 0x00, 0x00, A, B, C, SEQUENCE, LLC4}},
		1, 0, 0, 0},
	{{"the first fragment", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 32,
		 {0x08, 0x04, 0x00, 0x00, A, B, C, SEQUENCE, LLC4}},
		0, 1, 0, 0},
	{{"the last fragment", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 32,
		 {DATA, A, B, C, 0x11, 0x00, LLC4}},
		0, 1, 0, 0},
	{{"found damaged", UNDER_LINK, RADIO, NOT_FOUND, 0, 0, 41,
		 {0x00, 0x00, 0x09, 0x00, 0x02, 0x00, 0x00, 0x00, 0x40, DATA, A, B, C, SEQUENCE,
			 LLC4}},
		0, 1, 0, 0},
	{{"beacon", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 32,
		 {0x80, 0x00, 0x00, 0x00, A, B, C, SEQUENCE, LLC4}},
		0, 0, 1, 0},
	{{"acknowledgment", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 10, {0xd4, 0x00, 0x00, 0x00, A}}, 0,
		0, 1, 0},
	{{"QoS null", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 26,
		 {0xc8, 0x01, 0x00, 0x00, A, B, C, SEQUENCE, 0x00, 0x00}},
		0, 0, 1, 0},
	{{"version 1", UNDER_LINK, WLAN, NOT_FOUND, 0, 0, 32,
		 {0x09, 0x00, 0x00, 0x00, A, B, C, SEQUENCE, LLC4}},
		0, 0, 1, 0},
	{{"radiotap, version 1", UNDER_LINK, RADIO, NOT_FOUND, 0, 0, 40,
		 {0x01, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, DATA, A, B, C, SEQUENCE, LLC4}},
		0, 0, 0, 1},
	{{"radiotap, shorter than itself", UNDER_LINK, RADIO, NOT_FOUND, 0, 0, 40,
		 {0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, DATA, A, B, C, SEQUENCE, LLC4}},
		0, 0, 0, 1},
	{{"radiotap, longer than the frame", UNDER_LINK, RADIO, NOT_FOUND, 0, 0, 8,
		 {0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00}},
		0, 0, 0, 1},
	{{"radiotap, words without end", UNDER_LINK, RADIO, NOT_FOUND, 0, 0, 48,
		 {0, 0, 48, 0, 0, 0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 128,
			 0, 0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 128, 0, 0, 0, 128}},
		0, 0, 0, 1},
};

static void other_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(other_rows); i++) {
		const struct carrier_row *row = &other_rows[i].row;
		struct watch *w = watch_new(row->number);
		struct bytes b = {0};
		carrier_check(row);
		carrier_frame(&b, row);
		watch_frame(w, b.at, b.length);
		if (w->stats.wlan_protected != other_rows[i].protected ||
			w->stats.wlan_unread != other_rows[i].unread ||
			w->stats.unknown_ethertype != other_rows[i].ethertype ||
			w->stats.invalid != other_rows[i].invalid)
			fail_msg("%s: protected %u, unread %u, EtherType %u, invalid %u", row->name,
				(unsigned)w->stats.wlan_protected, (unsigned)w->stats.wlan_unread,
				(unsigned)w->stats.unknown_ethertype, (unsigned)w->stats.invalid);
		watch_free(w);
	}
}

/* Of an aggregate the first is read, and that others are not is counted. */
static void aggregates(void **state)
{
	(void)state;
	struct watch *w = watch_new(WLAN);
	struct bytes b = {0};
	carrier_frame(&b, &data_rows[4].row);
	bytes_put(&b, b.at + 26, b.length - 26);
	watch_frame(w, b.at, b.length);
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 1);
	assert_int_equal(w->stats.wlan_unread, 1);
	watch_free(w);
}

static const struct {
	struct carrier_row row;
	uint8_t direction;
	unsigned invalid;
} nflog_rows[] = {
	{{"little endian, out", UNDER_LINK, LINK_NFLOG, V4, 0, 0, 16,
		 {
			 0x02, 0x00, 0x00, 0x00,                         /* AF_INET */
			 0x08, 0x00, 0x01, 0x00, 0x08, 0x00, 0x03, 0x00, /* packet header */
			 0x34, 0x00, 0x09, 0x00,                         /* payload */
		 }},
		DIRECTION_OUT, 0},
	{{"little endian, in", UNDER_LINK, LINK_NFLOG, V4, 0, 0, 24,
		 {
			 0x02, 0x00, 0x00, 0x00,                         /* AF_INET */
			 0x08, 0x00, 0x01, 0x00, 0x08, 0x00, 0x01, 0x00, /* packet header */
			 0x05, 0x00, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00, /* prefix, padded */
			 0x34, 0x00, 0x09, 0x00,                         /* payload */
		 }},
		DIRECTION_IN, 0},
	{{"big endian, forwarded", UNDER_LINK, LINK_NFLOG, V6, 0, 0, 16,
		 {
			 0x0a, 0x00, 0x00, 0x05,                         /* AF_INET6 */
			 0x00, 0x08, 0x00, 0x01, 0x86, 0xdd, 0x02, 0x00, /* packet header */
			 0x00, 0x48, 0x00, 0x09,                         /* payload */
		 }},
		DIRECTION_UNKNOWN, 0},
	{{"a bridge", UNDER_LINK, LINK_NFLOG, V6, 0, 0, 16,
		 {
			 0x07, 0x00, 0x00, 0x00,                         /* AF_BRIDGE */
			 0x08, 0x00, 0x01, 0x00, 0x86, 0xdd, 0x02, 0x00, /* packet header */
			 0x48, 0x00, 0x09, 0x00,                         /* payload */
		 }},
		DIRECTION_UNKNOWN, 0},
	{{"version 1", UNDER_LINK, LINK_NFLOG, NOT_FOUND, 0, 0, 8,
		 {0x02, 0x01, 0x00, 0x00, 0x34, 0x00, 0x09, 0x00}},
		0, 1},
	{{"a TLV of no length", UNDER_LINK, LINK_NFLOG, NOT_FOUND, 0, 0, 12,
		 {0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x34, 0x00, 0x09, 0x00}},
		0, 1},
	{{"a payload beyond the frame", UNDER_LINK, LINK_NFLOG, NOT_FOUND, 0, 0, 8,
		 {0x02, 0x00, 0x00, 0x00, 0x35, 0x00, 0x09, 0x00}},
		0, 1},
	{{"no payload", UNDER_LINK, LINK_NFLOG, NOT_FOUND, 0, 0, 8,
		 {0x02, 0x00, 0x00, 0x00, 0x34, 0x00, 0x0a, 0x00}},
		0, 0},
};

static void nflog(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(nflog_rows); i++) {
		const struct carrier_row *row = &nflog_rows[i].row;
		struct watch *w = watch_new(row->number);
		struct bytes b = {0};
		carrier_check(row);
		carrier_frame(&b, row);
		watch_frame(w, b.at, b.length);
		assert_int_equal(w->stats.invalid, nflog_rows[i].invalid);
		if (w->count)
			assert_int_equal(w->seen[0].head.direction, nflog_rows[i].direction);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_frames),
		cmocka_unit_test(other_frames),
		cmocka_unit_test(aggregates),
		cmocka_unit_test(nflog),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
