/*
 * DNS messages: RFC 1035's own compression example, answers over UDP and TCP, client subnets,
 * mDNS, NetBIOS names, and what must not be taken for DNS or end in a circle. All at every shorter
 * length.
 */
#include "tests/unit/support/packet.h"
#include "tests/unit/support/random.h"
#include "tests/unit/support/watch.h"

#define CLIENT           "192.168.77.10:50000"
#define SERVER           "192.0.2.53:53"
#define TCP_HEADER       20
#define RANDOM_DATAGRAMS 20000

/* An answer with RFC 1035 §4.1.4's names: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root. The
 * pointer's offsets are those of this message. */
static const uint8_t compressed[] = {
	0x12, 0x34,                                          /* id */
	0x81, 0x80,                                          /* answer, recursion wanted and done */
	0x00, 0x01,                                          /* questions */
	0x00, 0x04,                                          /* answers */
	0x00, 0x00,                                          /* authorities */
	0x00, 0x00,                                          /* additional */
	0x01, 'F',                                           /* 12: F.ISI.ARPA */
	0x03, 'I', 'S', 'I', 0x04, 'A', 'R', 'P', 'A', 0x00, /* 14, 18 */
	0x00, 0x01, 0x00, 0x01,                              /* A, IN */
	0x03, 'F', 'O', 'O', 0xc0, 0x0c,                     /* FOO.F.ISI.ARPA */
	0x00, 0x01, 0x00, 0x01,                              /* A, IN */
	0x00, 0x00, 0x00, 0x3c,                              /* TTL */
	0x00, 0x04, 198, 51, 100, 23,                        /* address */
	0xc0, 0x12,                                          /* ARPA */
	0x00, 0x1c, 0x00, 0x01,                              /* AAAA, IN */
	0x00, 0x00, 0x00, 0x3c,                              /* TTL */
	0x00, 0x10, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* address */
	0x00,                                                                   /* the root */
	0x00, 0x01, 0x00, 0x01,                                                 /* A, IN */
	0x00, 0x00, 0x00, 0x3c,                                                 /* TTL */
	0x00, 0x04, 192, 0, 2, 1,                                               /* address */
	0xc0, 0x0c,                                                             /* F.ISI.ARPA */
	0x00, 0x05, 0x00, 0x01,                                                 /* CNAME, IN */
	0x00, 0x00, 0x00, 0x3c,                                                 /* TTL */
	0x00, 0x02, 0xc0, 0x12,                                                 /* ARPA */
};

/* A query for example.org with a client subnet (RFC 7871 §6). */
static const uint8_t subnet_query[] = {
	0x00, 0x07,                                     /* id */
	0x01, 0x00,                                     /* recursion wanted */
	0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, /* a question, an additional record */
	0x07, 'e', 'x', 'a', 'm', 'p', 'l', 'e',        /* example.org */
	0x03, 'o', 'r', 'g', 0x00,                      /* */
	0x00, 0x41, 0x00, 0x01,                         /* HTTPS, IN */
	0x00, 0x00, 0x29,                               /* root, OPT */
	0x10, 0x00, 0x00, 0x00, 0x00, 0x00,             /* payload size, rcode, version, flags */
	0x00, 0x0b,                                     /* options' length */
	0x00, 0x08, 0x00, 0x07,                         /* client subnet, its length */
	0x00, 0x01, 0x14, 0x00,                         /* IPv4, /20, scope */
	198, 51, 111,                                   /* with a bit set beyond the 20 */
};

/* A host's announcement (RFC 6762 §8.3), in the form Chromium has it. */
static const uint8_t announcement[] = {
	0x00, 0x00,                                                 /* id */
	0x84, 0x00,                                                 /* answer, authoritative */
	0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,             /* an answer, one more */
	0x04, 'h', 'o', 's', 't', 0x05, 'l', 'o', 'c', 'a', 'l', 0, /* 12: host.local */
	0x00, 0x01, 0x80, 0x01,                                     /* A, IN, cache flush */
	0x00, 0x00, 0x00, 0x78,                                     /* TTL */
	0x00, 0x04, 192, 168, 77, 10,                               /* address */
	0xc0, 0x0c,                                                 /* host.local */
	0x00, 0x1c, 0x80, 0x01,                                     /* AAAA, IN, cache flush */
	0x00, 0x00, 0x00, 0x78,                                     /* TTL */
	0x00, 0x10, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* address */
};

/* RFC 1001 §14.1: "The NetBIOS name" encoded, then registered (RFC 1002 §4.2.2). */
static const uint8_t registration[] = {
	0x00, 0x09,                                     /* id */
	0x29, 0x10,                                     /* registration, broadcast */
	0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, /* a question, an additional record */
	0x20,                                           /* 12 */
	'F', 'E', 'E', 'I', 'E', 'F', 'C', 'A',         /* "The " */
	'E', 'O', 'E', 'F', 'F', 'E', 'E', 'C',         /* "NetB" less its case */
	'E', 'J', 'E', 'P', 'F', 'D', 'C', 'A',         /* "IOS " */
	'C', 'A', 'C', 'A', 'C', 'A', 'A', 'A',         /* padding, suffix */
	0x00, 0x00, 0x20, 0x00, 0x01,                   /* root, NB, IN */
	0xc0, 0x0c,                                     /* the same name */
	0x00, 0x20, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, /* NB, IN, TTL */
	0x00, 0x06, 0x00, 0x00, 192, 168, 77, 10,       /* flags, address */
};

static struct watch *datagram_watch(
	const uint8_t *bytes, size_t size, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b = {0};
	bytes_put(&b, bytes, size);
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
	watch_prefixes(LINK_RAW, b.at, b.length);
	return w;
}

static void name_check(const struct obs_text *name, const char *expected)
{
	assert_int_equal(name->length, strlen(expected));
	assert_memory_equal(name->bytes, expected, name->length);
}

static void record_check(const struct watch *w, unsigned n, const char *name, const char *addr)
{
	const struct observation *o = watch_seen(w, OBS_DNS_RECORD, n);
	const struct addr expected = ip(addr);
	assert_non_null(o);
	name_check(&o->dns_record.name, name);
	assert_true(addr_equal(&o->dns_record.addr, &expected));
}

static void compressed_check(const struct watch *w, enum dns_transport transport)
{
	const struct observation *o = watch_seen(w, OBS_DNS, 0);
	assert_non_null(o);
	assert_int_equal(o->dns.transport, transport);
	assert_true(o->dns.response);
	assert_int_equal(o->dns.id, 0x1234);
	assert_int_equal(o->dns.type, 1);
	assert_int_equal(o->dns.answers, 4);
	assert_int_equal(o->head.parts, 3);
	name_check(&o->dns.name, "F.ISI.ARPA");
	record_check(w, 0, "FOO.F.ISI.ARPA", "198.51.100.23");
	record_check(w, 1, "ARPA", "2001:db8::1");
	record_check(w, 2, "", "192.0.2.1");
	assert_int_equal(watch_count(w, OBS_DNS_RECORD), 3);
}

static void names_are_put_together(void **state)
{
	(void)state;
	struct watch *w = datagram_watch(compressed, sizeof(compressed), SERVER, CLIENT);
	compressed_check(w, DNS_UDP);
	watch_free(w);
}

static void client_subnets(void **state)
{
	(void)state;
	struct watch *w = datagram_watch(subnet_query, sizeof(subnet_query), CLIENT, SERVER);
	const struct observation *o = watch_seen(w, OBS_DNS, 0);
	char subnet[PREFIX_TEXT_MAX];
	assert_non_null(o);
	assert_false(o->dns.response);
	assert_int_equal(o->dns.type, 65);
	name_check(&o->dns.name, "example.org");
	assert_string_equal(prefix_text(&o->dns.client_subnet, subnet), "198.51.96.0/20");
	watch_free(w);
}

/* A length that does not fit its family or its bytes tells nothing; nor does /0. */
static void client_subnets_that_lie(void **state)
{
	(void)state;
	static const uint8_t bits[] = {0, 33, 128, 255, 16, 25};
	for (size_t i = 0; i < ROWS(bits); i++) {
		uint8_t query[sizeof(subnet_query)];
		memcpy(query, subnet_query, sizeof(query));
		query[sizeof(query) - 5] = bits[i];
		struct watch *w = datagram_watch(query, sizeof(query), CLIENT, SERVER);
		const struct observation *o = watch_seen(w, OBS_DNS, 0);
		assert_non_null(o);
		assert_int_equal(o->dns.client_subnet.addr.family, ADDR_NONE);
		watch_free(w);
	}
}

static void mdns_announcements(void **state)
{
	(void)state;
	struct watch *w = datagram_watch(
		announcement, sizeof(announcement), "192.168.77.10:5353", "224.0.0.251:5353");
	const struct observation *o = watch_seen(w, OBS_DNS, 0);
	assert_non_null(o);
	assert_int_equal(o->dns.transport, DNS_MDNS);
	name_check(&o->dns.name, "host.local");
	record_check(w, 0, "host.local", "192.168.77.10");
	record_check(w, 1, "host.local", "fe80::1");
	assert_true(watch_seen(w, OBS_DNS_RECORD, 0)->dns_record.cache_flush);
	watch_free(w);
	/* The same from another port is DNS with a stray additional record. */
	w = datagram_watch(announcement, sizeof(announcement), SERVER, CLIENT);
	assert_int_equal(watch_seen(w, OBS_DNS, 0)->dns.transport, DNS_UDP);
	assert_int_equal(watch_count(w, OBS_DNS_RECORD), 1);
	watch_free(w);
}

static void netbios_names(void **state)
{
	(void)state;
	struct watch *w = datagram_watch(
		registration, sizeof(registration), "192.168.77.10:137", "192.168.77.255:137");
	const struct observation *o = watch_seen(w, OBS_DNS, 0);
	assert_non_null(o);
	assert_int_equal(o->dns.transport, DNS_NBNS);
	assert_int_equal(o->dns.opcode, 5);
	name_check(&o->dns.name, "THE NETBIOS");
	record_check(w, 0, "THE NETBIOS", "192.168.77.10");
	watch_free(w);
}

/* Patches of the first vector that make it no message; nothing may be emitted. */
static const struct broken_row {
	const char *name;
	size_t at;
	uint8_t value;
} broken_rows[] = {
	{"a pointer to itself", 33, 33 - 1},
	{"a pointer forward", 33, 60},
	{"a pointer beyond the end", 32, 0xff},
	{"a pointer into the header", 33, 4},
	{"a label of a reserved kind", 28, 0x40},
	{"a question's label of a reserved kind", 12, 0x80},
	{"more answers than there are", 7, 5},
	{"counts beyond the datagram", 6, 1},
	{"more questions than there are", 5, 2},
	{"no such opcode", 2, 0xf8},
	{"data beyond the end", sizeof(compressed) - 3, 3},
	{"type 0", 25, 0},
	{"class 9", 27, 9},
};

static void broken_messages_prove_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(broken_rows); i++) {
		uint8_t message[sizeof(compressed)];
		memcpy(message, compressed, sizeof(message));
		message[broken_rows[i].at] = broken_rows[i].value;
		struct watch *w = datagram_watch(message, sizeof(message), SERVER, CLIENT);
		if (w->count)
			fail_msg("%s: %u observations", broken_rows[i].name, (unsigned)w->count);
		watch_free(w);
	}
}

/* A chain of pointers, each to the one below, longer than any name needs. */
static void pointer_chains_end(void **state)
{
	(void)state;
	for (unsigned links = 1; links <= 2000; links *= 4) {
		struct bytes b = {0};
		const struct endpoint src = end(SERVER), dst = end(CLIENT);
		const uint8_t header[] = {0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0};
		bytes_put(&b, header, sizeof(header));
		bytes_put(&b, "\1a\0\0\1\0\1", 7);               /* 12: the question */
		bytes_put(&b, "\xc0\x0c\0\x10\0\1\0\0\0\0", 10); /* a TXT record of pointers */
		bytes_u16(&b, 2 * links);
		for (unsigned i = 0; i < links; i++)
			bytes_u16(&b, 0xc000 | (i ? (unsigned)b.length - 2 : 12));
		bytes_u16(&b, 0xc000 | ((unsigned)b.length - 2));
		bytes_put(&b, "\0\1\0\1\0\0\0\0\0\4\300\0\2\1", 14);
		packet_ip_udp(&b, &src, &dst);
		struct watch *w = watch_new(LINK_RAW);
		watch_frame(w, b.at, b.length);
		assert_int_equal(watch_count(w, OBS_DNS_RECORD), links < 64);
		assert_int_equal(w->stats.dns_malformed, links >= 64);
		watch_free(w);
	}
}

static void floods_of_records_are_cut(void **state)
{
	(void)state;
	const unsigned records = 4000;
	struct bytes b = {0};
	const struct endpoint src = end(SERVER), dst = end(CLIENT);
	const uint8_t header[] = {0, 1, 0x81, 0x80, 0, 1, records >> 8, records & 0xff, 0, 0, 0, 0};
	bytes_put(&b, header, sizeof(header));
	bytes_put(&b, "\1a\0\0\1\0\1", 7);
	for (unsigned i = 0; i < records; i++)
		bytes_put(&b, "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\300\0\2\1", 16);
	packet_ip_udp(&b, &src, &dst);
	struct watch *w = watch_new(LINK_RAW);
	watch_frame(w, b.at, b.length);
	const struct observation *o = watch_seen(w, OBS_DNS, 0);
	assert_non_null(o);
	assert_int_equal(o->head.parts, 32);
	assert_true(o->dns.records_cut);
	assert_int_equal(watch_count(w, OBS_DNS_RECORD), 32);
	watch_free(w);
}

enum { SYN = 0x02, PUSH = 0x18 };

static void segment_send(
	struct watch *w, uint8_t flags, const uint8_t *bytes, size_t size, uint32_t sequence)
{
	const struct endpoint src = end(SERVER), dst = end(CLIENT);
	const uint8_t header[TCP_HEADER] = {0, 53, 0xc3, 0x50, (uint8_t)(sequence >> 24),
		(uint8_t)(sequence >> 16), (uint8_t)(sequence >> 8),
		(uint8_t)sequence, [12] = 0x50, [13] = flags};
	struct bytes b = {0};
	bytes_put(&b, header, sizeof(header));
	bytes_put(&b, bytes, size);
	packet_ipv4(&b, &src.addr, &dst.addr, PROTOCOL_TCP);
	watch_frame(w, b.at, b.length);
}

/* Two messages in a stream, cut in two at every place, and byte by byte. */
static void messages_in_a_stream(void **state)
{
	(void)state;
	struct bytes b = {0};
	for (int i = 0; i < 2; i++) {
		bytes_u16(&b, sizeof(compressed));
		bytes_put(&b, compressed, sizeof(compressed));
	}
	for (size_t cut = 1; cut < b.length; cut++) {
		struct watch *w = watch_new(LINK_RAW);
		segment_send(w, SYN, NULL, 0, 999);
		segment_send(w, PUSH, b.at, cut, 1000);
		segment_send(w, PUSH, b.at + cut, b.length - cut, 1000 + (uint32_t)cut);
		assert_int_equal(watch_count(w, OBS_DNS), 2);
		assert_int_equal(watch_count(w, OBS_DNS_RECORD), 6);
		watch_free(w);
	}
	struct watch *w = watch_new(LINK_RAW);
	segment_send(w, SYN, NULL, 0, 999);
	for (size_t i = 0; i < b.length; i++)
		segment_send(w, PUSH, b.at + i, 1, 1000 + (uint32_t)i);
	assert_int_equal(watch_count(w, OBS_DNS), 2);
	watch_free(w);
	w = watch_new(LINK_RAW);
	segment_send(w, PUSH, b.at, b.length / 2, 1000);
	compressed_check(w, DNS_TCP);
	watch_free(w);
}

static void random_bytes_are_not_dns(void **state)
{
	(void)state;
	struct random random = {1035};
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < RANDOM_DATAGRAMS; i++) {
		const struct endpoint src = end(SERVER), dst = end(CLIENT);
		struct bytes b = {0};
		for (unsigned n = 12 + random_below(&random, 100); n; n--)
			bytes_u8(&b, (unsigned)random_next(&random));
		packet_ip_udp(&b, &src, &dst);
		watch_frame(w, b.at, b.length);
	}
	assert_int_equal(w->stats.dns, 0);
	watch_free(w);
}

static void nobody_asks(void **state)
{
	(void)state;
	const struct endpoint src = end(SERVER), dst = end(CLIENT);
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b = {0};
	w->interest.observations &= ~INTEREST_IN(OBS_DNS);
	bytes_put(&b, compressed, sizeof(compressed));
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->stats.dns, 1);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_put_together),
		cmocka_unit_test(client_subnets),
		cmocka_unit_test(client_subnets_that_lie),
		cmocka_unit_test(mdns_announcements),
		cmocka_unit_test(netbios_names),
		cmocka_unit_test(broken_messages_prove_nothing),
		cmocka_unit_test(pointer_chains_end),
		cmocka_unit_test(floods_of_records_are_cut),
		cmocka_unit_test(messages_in_a_stream),
		cmocka_unit_test(random_bytes_are_not_dns),
		cmocka_unit_test(nobody_asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
