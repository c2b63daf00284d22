/*
 * DHCPv4 and DHCPv6: leases with the routes of RFC 3442 (its own examples), overload, options in
 * pieces, relays, and what is broken. All at every shorter length.
 */
#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define FIXED_SIZE 236
#define SNAME_AT   44
#define FILE_AT    108
#define CLIENT     "192.168.77.10:68"
#define SERVER     "192.168.77.1:67"
#define CLIENT6    "[fe80::10]:546"
#define SERVER6    "[fe80::1]:547"

/* Up to the cookie: an answer with yiaddr 192.168.77.10 for 02:00:00:00:00:0a. */
static void answer_begin(struct bytes *b)
{
	const uint8_t start[] = {
		2, 1, 6, 0,                       /* reply, Ethernet, 6 bytes, hops */
		0x39, 0x03, 0xf3, 0x26,           /* transaction id */
		0, 0, 0, 0,                       /* seconds, flags */
		0, 0, 0, 0,                       /* ciaddr */
		192, 168, 77, 10,                 /* yiaddr */
		0, 0, 0, 0,                       /* siaddr */
		0, 0, 0, 0,                       /* giaddr */
		0x02, 0x00, 0x00, 0x00, 0x00, 10, /* chaddr */
	};
	b->length = 0;
	bytes_put(b, start, sizeof(start));
	bytes_zero(b, FIXED_SIZE - sizeof(start));
	bytes_u32(b, 0x63825363);
}

/* The options of an ACK that steers traffic. */
static const uint8_t ack_options[] = {
	53, 1, 5,                                                            /* ACK */
	54, 4, 192, 168, 77, 1,                                              /* server */
	51, 4, 0, 0, 0x0e, 0x10,                                             /* lease: an hour */
	1, 4, 255, 255, 255, 0,                                              /* mask */
	3, 4, 192, 168, 77, 1,                                               /* router */
	6, 8, 192, 168, 77, 1, 192, 0, 2, 53,                                /* resolvers */
	12, 4, 'h', 'o', 's', 't',                                           /* host name */
	15, 3, 'l', 'a', 'n',                                                /* domain */
	33, 16, 192, 0, 2, 9, 192, 168, 77, 2, 10, 0, 0, 0, 192, 168, 77, 3, /* static routes */
	0, 0,                                                                /* padding */
	/* RFC 3442's table of examples, all to 192.168.77.66 */
	121, 69,                                    /* classless routes */
	0, 192, 168, 77, 66,                        /* 0.0.0.0/0 */
	8, 10, 192, 168, 77, 66,                    /* 10.0.0.0/8 */
	24, 10, 0, 0, 192, 168, 77, 66,             /* 10.0.0.0/24 */
	16, 10, 17, 192, 168, 77, 66,               /* 10.17.0.0/16 */
	24, 10, 27, 129, 192, 168, 77, 66,          /* 10.27.129.0/24 */
	25, 10, 229, 0, 128, 192, 168, 77, 66,      /* 10.229.0.128/25 */
	32, 10, 198, 122, 47, 192, 168, 77, 66,     /* 10.198.122.47/32 */
	1, 0, 192, 168, 77, 66,                     /* 0.0.0.0/1 */
	12, 172, 31, 192, 168, 77, 66, 31, 1, 2, 3, /* bits beyond the prefix; then broken off */
	249, 6, 1, 128, 192, 168, 77, 66,           /* Microsoft's: 128.0.0.0/1 */
	255,                                        /* end */
};

static const struct part_row {
	uint16_t code;
	const char *prefix, *addr;
} ack_parts[] = {
	{1, "192.168.77.0/24", NULL},
	{3, NULL, "192.168.77.1"},
	{6, NULL, "192.168.77.1"},
	{6, NULL, "192.0.2.53"},
	{15, NULL, NULL},
	{33, "192.0.2.9", "192.168.77.2"},
	{33, "10.0.0.0/8", "192.168.77.3"},
	{121, "0.0.0.0/0", "192.168.77.66"},
	{121, "10.0.0.0/8", "192.168.77.66"},
	{121, "10.0.0.0/24", "192.168.77.66"},
	{121, "10.17.0.0/16", "192.168.77.66"},
	{121, "10.27.129.0/24", "192.168.77.66"},
	{121, "10.229.0.128/25", "192.168.77.66"},
	{121, "10.198.122.47", "192.168.77.66"},
	{121, "0.0.0.0/1", "192.168.77.66"},
	{121, "172.16.0.0/12", "192.168.77.66"},
	{249, "128.0.0.0/1", "192.168.77.66"},
};

static struct watch *message_watch(const struct bytes *message, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b = *message;
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
	return w;
}

static void prefixes_try(const struct bytes *message, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	struct bytes b = *message;
	packet_ip_udp(&b, &src, &dst);
	watch_prefixes(LINK_RAW, b.at, b.length);
}

static void part_check(const struct watch *w, unsigned n, const struct part_row *row)
{
	char text[PREFIX_TEXT_MAX];
	const struct observation *o = watch_seen(w, OBS_DHCP_OPTION, n);
	assert_non_null(o);
	assert_int_equal(o->dhcp_option.code, row->code);
	if (row->prefix)
		assert_string_equal(prefix_text(&o->dhcp_option.prefix, text), row->prefix);
	else
		assert_int_equal(o->dhcp_option.prefix.addr.family, ADDR_NONE);
	if (row->addr)
		assert_string_equal(addr_text(&o->dhcp_option.addr, text), row->addr);
	else
		assert_int_equal(o->dhcp_option.addr.family, ADDR_NONE);
}

static void parts_check(const struct watch *w, const struct part_row *rows, size_t count)
{
	assert_int_equal(watch_seen(w, OBS_DHCP, 0)->head.parts, count);
	assert_int_equal(watch_count(w, OBS_DHCP_OPTION), count);
	for (unsigned i = 0; i < count; i++)
		part_check(w, i, &rows[i]);
}

static void leases_and_routes(void **state)
{
	(void)state;
	struct bytes b;
	answer_begin(&b);
	bytes_put(&b, ack_options, sizeof(ack_options));
	prefixes_try(&b, SERVER, CLIENT);
	struct watch *w = message_watch(&b, SERVER, CLIENT);
	const struct observation *o = watch_seen(w, OBS_DHCP, 0);
	const struct addr your = ip("192.168.77.10"), server = ip("192.168.77.1");
	assert_non_null(o);
	assert_int_equal(o->dhcp.version, 4);
	assert_int_equal(o->dhcp.type, 5);
	assert_int_equal(o->dhcp.lease, 3600);
	assert_int_equal(o->dhcp.client.family, ADDR_NONE);
	assert_true(addr_equal(&o->dhcp.your, &your));
	assert_true(addr_equal(&o->dhcp.server, &server));
	assert_memory_equal(o->dhcp.client_mac, "\2\0\0\0\0\12", 6);
	assert_memory_equal(o->dhcp.host_name.bytes, "host", o->dhcp.host_name.length);
	assert_false(o->dhcp.options_cut);
	parts_check(w, ack_parts, ROWS(ack_parts));
	watch_free(w);
}

/* RFC 2132 §9.3 puts options into `file` and `sname`, RFC 3396 has one go on there: here the bytes
 * of a route, cut in three. */
static void options_in_pieces(void **state)
{
	(void)state;
	static const struct part_row route[] = {{121, "10.27.129.0/24", "192.168.77.66"}};
	static const uint8_t options[] = {53, 1, 2, 52, 1, 3, 121, 2, 24, 10, 255};
	static const uint8_t file[] = {121, 2, 27, 129, 255};
	static const uint8_t sname[] = {0, 121, 4, 192, 168, 77, 66};
	struct bytes b;
	answer_begin(&b);
	memcpy(b.at + FILE_AT, file, sizeof(file));
	memcpy(b.at + SNAME_AT, sname, sizeof(sname));
	bytes_put(&b, options, sizeof(options));
	prefixes_try(&b, SERVER, CLIENT);
	struct watch *w = message_watch(&b, SERVER, CLIENT);
	assert_non_null(watch_seen(w, OBS_DHCP, 0));
	assert_int_equal(watch_seen(w, OBS_DHCP, 0)->dhcp.type, 2);
	parts_check(w, route, 1);
	watch_free(w);
}

static const struct broken_row {
	const char *name;
	uint8_t size, options[16];
	bool sound;
	uint8_t parts;
} broken_rows[] = {
	{"no end", 3, {53, 1, 5}, true, 0},
	{"nothing at all", 0, {0}, true, 0},
	{"a length beyond the end", 4, {53, 1, 5, 6}, false, 0},
	{"a value beyond the end", 6, {6, 8, 192, 0, 2, 53}, false, 0},
	{"a resolver of three bytes", 6, {6, 3, 192, 0, 2, 255}, true, 0},
	{"a mask with a hole", 7, {1, 4, 255, 0, 255, 0, 255}, true, 0},
	{"a prefix of 33 bits", 12, {121, 9, 33, 10, 0, 0, 0, 192, 168, 77, 1, 255}, true, 0},
	{"a route without a router", 6, {121, 3, 8, 10, 192, 255}, true, 0},
	{"junk behind the end", 6, {53, 1, 5, 255, 6, 9}, true, 0},
};

static void broken_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(broken_rows); i++) {
		const struct broken_row *row = &broken_rows[i];
		struct bytes b;
		answer_begin(&b);
		bytes_put(&b, row->options, row->size);
		struct watch *w = message_watch(&b, SERVER, CLIENT);
		const struct observation *o = watch_seen(w, OBS_DHCP, 0);
		if ((o != NULL) != row->sound || (o && o->head.parts != row->parts) ||
			w->stats.dhcp_malformed != !row->sound)
			fail_msg("%s", row->name);
		watch_free(w);
	}
}

static void floods_of_routes_are_cut(void **state)
{
	(void)state;
	struct bytes b;
	answer_begin(&b);
	for (int i = 0; i < 40; i++) {
		bytes_u8(&b, 6);
		bytes_u8(&b, 252);
		for (int n = 0; n < 63; n++)
			bytes_u32(&b, 0xc0000201);
	}
	struct watch *w = message_watch(&b, SERVER, CLIENT);
	const struct observation *o = watch_seen(w, OBS_DHCP, 0);
	assert_non_null(o);
	assert_true(o->dhcp.options_cut);
	assert_int_equal(watch_count(w, OBS_DHCP_OPTION), o->head.parts);
	watch_free(w);
}

/* A reply with an address, a prefix, a resolver and a search domain. */
static const uint8_t reply[] = {
	7, 0x10, 0x08, 0x74,                /* REPLY, transaction id */
	0, 1, 0, 14,                        /* client identifier */
	0, 1, 0, 1, 0x1c, 0x38, 0x25, 0xe8, /* link-layer address and time */
	0x02, 0, 0, 0, 0, 10,               /* */
	0, 2, 0, 10,                        /* server identifier */
	0, 3, 0, 1, 0x02, 0, 0, 0, 0, 1,    /* link-layer address */
	0, 3, 0, 40,                        /* IA_NA */
	0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, /* id, T1, T2 */
	0, 5, 0, 24,                        /* address */
	0x20, 0x01, 0x0d, 0xb8, 0, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,        /* */
	0, 0, 0x0e, 0x10, 0, 0, 0x1c, 0x20,                                      /* lifetimes */
	0, 25, 0, 41,                                                            /* IA_PD */
	0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,                                      /* id, T1, T2 */
	0, 26, 0, 25,                                                            /* prefix */
	0, 0, 0x0e, 0x10, 0, 0, 0x1c, 0x20,                                      /* lifetimes */
	56, 0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
	0, 23, 0, 16,                                                            /* resolver */
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,           /* */
	0, 24, 0, 13,                                                            /* domains */
	7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'l', 'a', 'n', 0,               /* */
};

static void reply_check(const struct watch *w)
{
	static const struct part_row parts[] = {
		{26, "2001:db8:1234:5600::/56", NULL},
		{23, NULL, "2001:db8::53"},
		{24, NULL, NULL},
	};
	const struct observation *o = watch_seen(w, OBS_DHCP, 0);
	const struct addr your = ip("2001:db8:77::10");
	assert_non_null(o);
	assert_int_equal(o->dhcp.version, 6);
	assert_int_equal(o->dhcp.type, 7);
	assert_int_equal(o->dhcp.lease, 7200);
	assert_true(addr_equal(&o->dhcp.your, &your));
	assert_memory_equal(o->dhcp.client_mac, "\2\0\0\0\0\12", 6);
	parts_check(w, parts, ROWS(parts));
	o = watch_seen(w, OBS_DHCP_OPTION, 2);
	assert_int_equal(o->dhcp_option.text.length, 11);
	assert_memory_equal(o->dhcp_option.text.bytes, "example.lan", 11);
}

/* The reply in `relays` relay messages (RFC 8415 §9). */
static void reply_make(struct bytes *b, unsigned relays)
{
	b->length = 0;
	bytes_put(b, reply, sizeof(reply));
	for (unsigned i = 0; i < relays; i++) {
		uint8_t header[38] = {13, (uint8_t)i, [2] = 0x20, 0x01, 0x0d, 0xb8, [18] = 0xfe,
			0x80, [34] = 0, 9, (uint8_t)(b->length >> 8), (uint8_t)b->length};
		bytes_front(b, header, sizeof(header));
	}
}

static void relays_are_opened(void **state)
{
	(void)state;
	for (unsigned relays = 0; relays <= 40; relays += relays < 9 ? 1 : 31) {
		struct bytes b;
		reply_make(&b, relays);
		struct watch *w = message_watch(&b, SERVER6, CLIENT6);
		if (relays <= 8)
			reply_check(w);
		else
			assert_int_equal(w->count, 0);
		watch_free(w);
		if (relays < 2)
			prefixes_try(&b, SERVER6, CLIENT6);
	}
}

/* Weak shapes are left alone: any byte of the identifier's length or of an option's code wrong. */
static void six_must_fit_exactly(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {{0, 0}, {0, 14}, {7, 15}, {4, 9}, {sizeof(reply) - 14, 12}, {6, 1}};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bytes b;
		reply_make(&b, 0);
		b.at[rows[i].at] = rows[i].value;
		struct watch *w = message_watch(&b, SERVER6, CLIENT6);
		assert_int_equal(w->count, 0);
		watch_free(w);
	}
	struct bytes b;
	reply_make(&b, 0);
	struct watch *w = message_watch(&b, SERVER, CLIENT); /* over IPv4 */
	assert_int_equal(w->count, 0);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leases_and_routes),
		cmocka_unit_test(options_in_pieces),
		cmocka_unit_test(broken_options),
		cmocka_unit_test(floods_of_routes_are_cut),
		cmocka_unit_test(relays_are_opened),
		cmocka_unit_test(six_must_fit_exactly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
