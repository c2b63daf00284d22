/*
 * A STUN request in a packet in a carrier: rows say which bytes stand between the packet and what
 * carries it, and what the observation must say of it.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_CARRIER_H
#define SEEP_TESTS_UNIT_SUPPORT_CARRIER_H

#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define CARRIER_HEADER_MAX 64
#define CARRIER_OUTER_SRC  "198.51.100.1:61000"
#define CARRIER_OUTER_DST  "198.51.100.2:61001"
#define CARRIER_V4_SIZE    0x30 /* of the packet inside */
#define CARRIER_V6_SIZE    0x44

enum under { UNDER_LINK, UNDER_ETHERNET, UNDER_IP, UNDER_UDP };

/* The packet inside, by version or by whom it is from; alone, it must be found, or else not. */
enum inside { V4, V6, FROM_TEREDO, FROM_LINK_LOCAL, NOT_FOUND = 0x80 };

struct carrier_row {
	const char *name;
	uint8_t under;
	uint16_t number; /* link type, EtherType, or protocol that names the header */
	uint8_t inside;  /* enum inside */
	uint8_t encapsulation;
	uint16_t vlan;
	uint8_t size;
	uint8_t header[CARRIER_HEADER_MAX];
};

static inline struct endpoint carrier_src(const struct carrier_row *row)
{
	static const char *const sources[] = {"192.168.77.10:50000", "[2001:db8:77::10]:50000",
		"[2001:0:c000:20a::1]:50000", "[fe80::1]:50000"};
	return end(sources[row->inside & ~NOT_FOUND]);
}

static inline void carrier_wrap(struct bytes *b, uint8_t under, uint16_t number)
{
	const struct endpoint src = end(CARRIER_OUTER_SRC), dst = end(CARRIER_OUTER_DST);
	if (under == UNDER_UDP)
		packet_ip_udp(b, &src, &dst);
	if (under == UNDER_IP)
		packet_ipv4(b, &src.addr, &dst.addr, (uint8_t)number);
	if (under == UNDER_ETHERNET)
		packet_ethernet(b, number);
}

static inline uint16_t carrier_link(const struct carrier_row *row)
{
	if (row->under == UNDER_LINK)
		return row->number;
	return row->under == UNDER_ETHERNET ? LINK_ETHERNET : LINK_RAW;
}

static inline void carrier_frame(struct bytes *b, const struct carrier_row *row)
{
	const struct endpoint src = carrier_src(row);
	const struct endpoint dst = end(
		src.addr.family == ADDR_V6 ? "[2001:db8:10::10]:3478" : "192.0.2.10:3478");
	stun_begin(b, BINDING_REQUEST, 1);
	packet_ip_udp(b, &src, &dst);
	bytes_front(b, row->header, row->size);
	carrier_wrap(b, row->under, row->number);
}

static inline void carrier_outer_check(const struct carrier_row *row, const struct obs_head *head)
{
	const struct addr src = ip(CARRIER_OUTER_SRC), dst = ip(CARRIER_OUTER_DST);
	if (row->under != UNDER_IP && row->under != UNDER_UDP) {
		assert_int_equal(head->outer_src.family, ADDR_NONE);
		return;
	}
	assert_true(addr_equal(&head->outer_src, &src));
	assert_true(addr_equal(&head->outer_dst, &dst));
}

static inline void carrier_found_check(const struct carrier_row *row, const struct watch *w)
{
	const struct observation *o = watch_seen(w, OBS_STUN_REQUEST, 0);
	const struct endpoint src = carrier_src(row);
	if (watch_count(w, OBS_STUN_REQUEST) != 1)
		fail_msg("%s: %u requests found", row->name, watch_count(w, OBS_STUN_REQUEST));
	assert_non_null(o);
	if (o->head.encapsulation != row->encapsulation || o->head.vlan != row->vlan)
		fail_msg("%s: encapsulation 0x%x, VLAN %u", row->name, o->head.encapsulation,
			o->head.vlan);
	if (!endpoint_equal(&o->head.src, &src))
		fail_msg("%s: the source is another", row->name);
	carrier_outer_check(row, &o->head);
	assert_int_equal(o->head.hop_limit, TEST_HOPS);
	assert_int_equal(w->stats.invalid + w->stats.truncated_packets, 0);
}

static inline void carrier_check(const struct carrier_row *row)
{
	struct watch *w = watch_new(carrier_link(row));
	struct bytes b = {0};
	carrier_frame(&b, row);
	watch_prefixes(carrier_link(row), b.at, b.length);
	watch_frame(w, b.at, b.length);
	if (!(row->inside & NOT_FOUND))
		carrier_found_check(row, w);
	else if (w->count)
		fail_msg("%s: something was found", row->name);
	watch_free(w);
}

#endif
