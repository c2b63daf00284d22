/*
 * ARP, ICMP and neighbour discovery: who says to be where, router advertisements with prefixes,
 * routes and resolvers, errors that quote packets. All at every shorter length.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define ETHERTYPE_ARP   0x0806
#define ETHERTYPE_IPV6  0x86dd
#define PROTOCOL_ICMP   1
#define PROTOCOL_ICMPV6 58
#define HOP_LIMIT_AT    (ETHERNET_SIZE + 7)
#define OPTIONS_FLOOD   100

static const uint8_t sender_mac[] = {0x02, 0, 0, 0, 0, 0x0a};
static const uint8_t frame_mac[] = {0x02, 0, 0, 0, 0, 0x01};

static const struct arp_row {
	const char *name, *addr, *target;
	bool told, request, gratuitous;
	uint8_t message[28];
} arp_rows[] = {
	{"request", "192.168.77.10", "192.168.77.1", true, true, false,
		{
			0, 1, 8, 0, 6, 4, 0, 1,                   /* Ethernet, IPv4, request */
			0x02, 0, 0, 0, 0, 0x0a, 192, 168, 77, 10, /* sender */
			0, 0, 0, 0, 0, 0, 192, 168, 77, 1,        /* target */
		}},
	{"reply", "192.168.77.10", NULL, true, false, false,
		{
			0, 1, 8, 0, 6, 4, 0, 2,                   /* reply */
			0x02, 0, 0, 0, 0, 0x0a, 192, 168, 77, 10, /* sender */
			0x02, 0, 0, 0, 0, 0x0b, 192, 168, 77, 1,  /* target */
		}},
	{"probe (RFC 5227)", NULL, "192.168.77.10", true, true, false,
		{
			0, 1, 8, 0, 6, 4, 0, 1,             /* request */
			0x02, 0, 0, 0, 0, 0x0a, 0, 0, 0, 0, /* sender: no address yet */
			0, 0, 0, 0, 0, 0, 192, 168, 77, 10, /* target */
		}},
	{"announcement", "192.168.77.10", "192.168.77.10", true, true, true,
		{
			0, 1, 8, 0, 6, 4, 0, 1,                   /* request */
			0x02, 0, 0, 0, 0, 0x0a, 192, 168, 77, 10, /* sender */
			0, 0, 0, 0, 0, 0, 192, 168, 77, 10,       /* target: itself */
		}},
	{"RARP's operation", NULL, NULL, false, false, false, {0, 1, 8, 0, 6, 4, 0, 3}},
	{"a longer address", NULL, NULL, false, false, false, {0, 1, 8, 0, 6, 16, 0, 1}},
	{"other hardware", NULL, NULL, false, false, false, {0, 24, 8, 0, 8, 4, 0, 1}},
};

static void addr_check(const struct addr *a, const char *expected)
{
	char text[ADDR_TEXT_MAX];
	assert_string_equal(addr_text(a, text), expected ? expected : "-");
}

static void arp_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(arp_rows); i++) {
		const struct arp_row *row = &arp_rows[i];
		struct watch *w = watch_new(LINK_ETHERNET);
		struct bytes b = {0};
		bytes_put(&b, row->message, sizeof(row->message));
		packet_ethernet(&b, ETHERTYPE_ARP);
		watch_prefixes(LINK_ETHERNET, b.at, b.length);
		bytes_zero(&b, 18); /* Ethernet's least size */
		watch_frame(w, b.at, b.length);
		const struct observation *o = watch_seen(w, OBS_NEIGHBOUR, 0);
		assert_int_equal(w->stats.arp, 1);
		assert_int_equal(w->count, row->told);
		if (o) {
			assert_int_equal(o->neighbour.protocol, NEIGHBOUR_ARP);
			assert_int_equal(o->neighbour.request, row->request);
			assert_int_equal(o->neighbour.gratuitous, row->gratuitous);
			assert_memory_equal(o->neighbour.mac, sender_mac, sizeof(sender_mac));
			addr_check(&o->neighbour.addr, row->addr);
			addr_check(&o->neighbour.target, row->target);
			assert_int_equal(o->head.flow_id, 0);
		}
		watch_free(w);
	}
}

/* What emits as a layer must not overtake what a flow emits; and the clock, which is read a batch
 * ahead, stands where each packet found it. */
static void observations_stay_in_order(void **state)
{
	(void)state;
	static const uint64_t sent_ns[] = {100, 300, 200, 400}, told_ns[] = {100, 300, 300, 400};
	const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:3478");
	struct watch *w = watch_new(LINK_ETHERNET);
	struct bytes stun, arp = {0};
	struct batch batch = {.count = 4};
	stun_begin(&stun, BINDING_REQUEST, 1);
	packet_ip_udp(&stun, &src, &dst);
	packet_ethernet(&stun, 0x0800);
	bytes_put(&arp, arp_rows[0].message, sizeof(arp_rows[0].message));
	packet_ethernet(&arp, ETHERTYPE_ARP);
	w->interest.observations = INTEREST_IN(OBS_STUN_REQUEST) | INTEREST_IN(OBS_NEIGHBOUR);
	for (uint32_t i = 0; i < batch.count; i++) {
		const struct bytes *b = i % 2 ? &stun : &arp;
		batch.frames[i] = w->next;
		batch.frames[i].number = i + 1;
		batch.frames[i].time_ns = sent_ns[i];
		batch.frames[i].bytes = b->at;
		batch.frames[i].captured = batch.frames[i].wire = (uint32_t)b->length;
	}
	dissect_batch(w->dissect, &batch);
	assert_int_equal(w->count, 4);
	assert_int_equal(w->stats.late, 1);
	for (uint32_t i = 0; i < w->count; i++) {
		assert_int_equal(w->seen[i].head.frame, i + 1);
		assert_int_equal(w->seen[i].head.time_ns, told_ns[i]);
	}
	watch_free(w);
}

static void icmpv6_frame(struct bytes *b, const char *from, const char *to)
{
	const struct addr src = ip(from), dst = ip(to);
	packet_ipv6(b, &src, &dst, PROTOCOL_ICMPV6);
	packet_ethernet(b, ETHERTYPE_IPV6);
	b->at[HOP_LIMIT_AT] = 255;
}

static const struct nd_row {
	const char *name, *from, *to;
	const char *addr, *target;
	const uint8_t *mac;
	bool request, gratuitous;
	uint8_t size, message[40];
} nd_rows[] = {
	{"solicitation", "fe80::10", "ff02::1:ff00:1", "fe80::10", "fe80::1", sender_mac, true,
		false, 32,
		{
			135, 0, 0, 0, 0, 0, 0, 0, /* type, code, checksum, reserved */
			0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* target */
			1, 1, 0x02, 0, 0, 0, 0, 0x0a,                         /* source's MAC */
		}},
	{"probe for a duplicate", "::", "ff02::1:ff00:10", NULL, "fe80::10", frame_mac, true, false,
		24, {135, [8] = 0xfe, 0x80, [23] = 0x10}},
	{"answer", "fe80::1", "fe80::10", "fe80::1", NULL, sender_mac, false, false, 32,
		{
			136, 0, 0, 0, 0xe0, 0, 0, 0, /* router, solicited, override */
			0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* target */
			2, 1, 0x02, 0, 0, 0, 0, 0x0a,                         /* target's MAC */
		}},
	{"unasked", "fe80::1", "ff02::1", "2001:db8::1", NULL, frame_mac, false, true, 24,
		{136, 0, 0, 0, 0x20, [8] = 0x20, 0x01, 0x0d, 0xb8, [23] = 1}},
};

static void nd_make(struct bytes *b, const struct nd_row *row)
{
	b->length = 0;
	bytes_put(b, row->message, row->size);
	icmpv6_frame(b, row->from, row->to);
}

static void neighbours_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(nd_rows); i++) {
		const struct nd_row *row = &nd_rows[i];
		struct watch *w = watch_new(LINK_ETHERNET);
		struct bytes b;
		nd_make(&b, row);
		watch_prefixes(LINK_ETHERNET, b.at, b.length);
		watch_frame(w, b.at, b.length);
		const struct observation *o = watch_seen(w, OBS_NEIGHBOUR, 0);
		if (!o)
			fail_msg("%s: nothing told", row->name);
		assert_int_equal(o->neighbour.protocol, NEIGHBOUR_ND);
		assert_int_equal(o->neighbour.request, row->request);
		assert_int_equal(o->neighbour.gratuitous, row->gratuitous);
		assert_memory_equal(o->neighbour.mac, row->mac, 6);
		addr_check(&o->neighbour.addr, row->addr);
		addr_check(&o->neighbour.target, row->target);
		watch_free(w);
	}
}

/* RFC 4861 §7.1: not from beyond the link, no other code, no option of length 0. */
static void neighbours_that_are_none(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{HOP_LIMIT_AT, 254},
		{ETHERNET_SIZE + IPV6_SIZE + 1, 1},
		{ETHERNET_SIZE + IPV6_SIZE + 25, 0},
		{ETHERNET_SIZE + IPV6_SIZE + 25, 2},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_ETHERNET);
		struct bytes b;
		nd_make(&b, &nd_rows[0]);
		b.at[rows[i].at] = rows[i].value;
		watch_frame(w, b.at, b.length);
		assert_int_equal(w->count, 0);
		assert_int_equal(w->stats.invalid, 1);
		watch_free(w);
	}
}

/* A router advertisement with everything that is told, and more. */
static const uint8_t advertisement[] = {
	134, 0, 0, 0,                 /* type, code, checksum */
	64, 0xc8, 0x07, 0x08,         /* hop limit, managed, other, preference high, lifetime */
	0, 0, 0, 0, 0, 0, 0, 0,       /* timers */
	1, 1, 0x02, 0, 0, 0, 0, 0x0a, /* source's MAC */
	5, 1, 0, 0, 0, 0, 0x05, 0xdc, /* MTU */
	3, 4, 64, 0xc0,               /* prefix /64, on link, autonomous */
	0, 0, 0x0e, 0x10, 0, 0, 7, 8, 0, 0, 0, 0,                         /* lifetimes, reserved */
	0x20, 0x01, 0x0d, 0xb8, 0, 0x77, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, /* bits beyond */
	24, 2, 33, 0x08, 0, 0, 2, 0x58,                                   /* route /33, high */
	0x20, 0x01, 0x0d, 0xb8, 0xff, 0, 0, 0,                            /* */
	24, 1, 0, 0x18, 0, 0, 2, 0x58,                                    /* ::/0, low */
	24, 2, 65, 0x00, 0, 0, 2, 0x58, 0, 0, 0, 0, 0, 0, 0, 0,           /* /65 in 8 bytes */
	24, 1, 0, 0x10, 0, 0, 2, 0x58,                                    /* reserved preference */
	3, 1, 64, 0xc0, 0, 0, 0, 0,                                       /* a prefix too short */
	25, 5, 0, 0, 0, 0, 4, 0xb0,                                       /* two resolvers */
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,    /* */
	0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,             /* */
};

static const struct {
	uint8_t type;
	uint32_t lifetime;
	const char *prefix, *resolver;
} advertised[] = {
	{ROUTER_PREFIX, 3600, "2001:db8:77::/64", NULL},
	{ROUTER_ROUTE, 600, "2001:db8:8000::/33", NULL},
	{ROUTER_ROUTE, 600, "::/0", NULL},
	{ROUTER_RESOLVER, 1200, NULL, "2001:db8::53"},
	{ROUTER_RESOLVER, 1200, NULL, "fe80::1"},
};

static void advertisement_check(const struct watch *w)
{
	const struct observation *o = watch_seen(w, OBS_ROUTER, 0);
	assert_non_null(o);
	assert_int_equal(o->router.lifetime, 1800);
	assert_int_equal(o->router.preference, 1);
	assert_true(o->router.managed && o->router.other);
	assert_memory_equal(o->router.mac, sender_mac, sizeof(sender_mac));
	assert_int_equal(o->head.parts, ROWS(advertised));
	assert_int_equal(watch_count(w, OBS_ROUTER_OPTION), ROWS(advertised));
	for (unsigned i = 0; i < ROWS(advertised); i++) {
		char text[PREFIX_TEXT_MAX];
		o = watch_seen(w, OBS_ROUTER_OPTION, i);
		assert_int_equal(o->router_option.type, advertised[i].type);
		assert_int_equal(o->router_option.lifetime, advertised[i].lifetime);
		addr_check(&o->router_option.resolver, advertised[i].resolver);
		if (advertised[i].prefix)
			assert_string_equal(
				prefix_text(&o->router_option.prefix, text), advertised[i].prefix);
	}
	assert_true(watch_seen(w, OBS_ROUTER_OPTION, 0)->router_option.on_link);
	assert_true(watch_seen(w, OBS_ROUTER_OPTION, 0)->router_option.autonomous);
}

static void routers_are_told(void **state)
{
	(void)state;
	struct bytes b = {0};
	bytes_put(&b, advertisement, sizeof(advertisement));
	icmpv6_frame(&b, "fe80::1", "ff02::1");
	watch_prefixes(LINK_ETHERNET, b.at, b.length);
	struct watch *w = watch_new(LINK_ETHERNET);
	watch_frame(w, b.at, b.length);
	advertisement_check(w);
	watch_forget(w);
	b.at[ETHERNET_SIZE + 8] = 0x20; /* its source is no longer of the link */
	watch_frame(w, b.at, b.length);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->stats.invalid, 1);
	watch_free(w);
}

static void floods_of_options_are_cut(void **state)
{
	(void)state;
	struct bytes b = {0};
	bytes_put(&b, advertisement, 16);
	for (int i = 0; i < OPTIONS_FLOOD; i++)
		bytes_put(&b, "\x18\1\0\0\0\0\2\x58", 8);
	icmpv6_frame(&b, "fe80::1", "ff02::1");
	struct watch *w = watch_new(LINK_ETHERNET);
	watch_frame(w, b.at, b.length);
	const struct observation *o = watch_seen(w, OBS_ROUTER, 0);
	assert_non_null(o);
	assert_true(o->router.options_cut);
	assert_int_equal(watch_count(w, OBS_ROUTER_OPTION), o->head.parts);
	watch_free(w);
}

/* An error quotes a STUN request: it is no request now. */
static void quotes_are_counted(void **state)
{
	(void)state;
	const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:3478");
	const uint8_t types[] = {3, 4, 5, 11, 12, 0, 8};
	for (size_t i = 0; i < ROWS(types); i++) {
		const uint8_t header[] = {types[i], 3, 0, 0, 0, 0, 0, 0};
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		packet_ip_udp(&b, &src, &dst);
		bytes_front(&b, header, sizeof(header));
		packet_ipv4(&b, &dst.addr, &src.addr, PROTOCOL_ICMP);
		watch_prefixes(LINK_RAW, b.at, b.length);
		watch_frame(w, b.at, b.length);
		assert_int_equal(w->count, 0);
		assert_int_equal(w->stats.icmp, 1);
		assert_int_equal(w->stats.icmp_quotes, i < 5);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_messages),
		cmocka_unit_test(observations_stay_in_order),
		cmocka_unit_test(neighbours_are_told),
		cmocka_unit_test(neighbours_that_are_none),
		cmocka_unit_test(routers_are_told),
		cmocka_unit_test(floods_of_options_are_cut),
		cmocka_unit_test(quotes_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
