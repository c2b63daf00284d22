/*
 * Payloads that no dissector reads, some of which nDPI knows, and a dissect/ that asks it.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_UNKNOWN_H
#define SEEP_TESTS_UNIT_SUPPORT_UNKNOWN_H

#include "dissect/unknown.h"
#include "tests/unit/support/segment.h"

#define CLIENT    "192.168.77.10:50000"
#define SERVER    "192.0.2.10:9999"
#define NTP       "192.0.2.10:123"
#define DIALOGUES 4
#define NOISE     50

/* RFC 5905 §7.3: a client's packet, and a server's answer of stratum 2. */
static const uint8_t ntp_request[48] = {0x23, 0, 10, 0xec, [40] = 0xe6, 0x12, 0x34, 0x56};
static const uint8_t ntp_response[48] = {0x24, 2, 6, 0xe9, [12] = 192, 0, 2, 1, 0xe6, 0x12};

/* BEP 3: the name, reserved bytes, info hash, peer id. */
static const uint8_t bittorrent[68] = "\x13"
				      "BitTorrent protocol\0\0\0\0\0\0\0\0"
				      "01234567890123456789-TR2940-abcdefghijkl";

/* RFC 1157: get-request and get-response of community "public", sysDescr. */
#define SNMP(tag)                                                                                  \
	{                                                                                          \
		0x30, 0x26, 2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c', tag, 0x19, 2, 4, 0, 0, 0, \
			1, 2, 1, 0, 2, 1, 0, 0x30, 0x0b, 0x30, 9, 6, 5, 0x2b, 6, 1, 2, 1, 5, 0     \
	}
static const uint8_t snmp_request[] = SNMP(0xa0);
static const uint8_t snmp_response[] = SNMP(0xa2);

static inline struct watch *watch_asking(uint32_t ndpi_flows)
{
	const struct dissect_options options = {
		.flows = WATCH_FLOWS, .transactions = WATCH_TRANSACTIONS, .ndpi_flows = ndpi_flows};
	return watch_open(LINK_RAW, ~INTEREST_IN(OBS_LINK), &options);
}

static inline void say(
	struct watch *w, const char *from, const char *to, const void *bytes, size_t length)
{
	const struct endpoint src = end(from), dst = end(to);
	struct bytes b = {0};
	bytes_put(&b, bytes, length);
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
}

/* Datagrams of which nobody makes anything: the first byte is in nobody's range. */
static inline void noise_say(struct watch *w, const char *from, const char *to, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t bytes[NOISE] = {0x0b, (uint8_t)(i * 37), 0x5a, (uint8_t)(i * 11)};
		say(w, from, to, bytes, sizeof(bytes));
	}
}

static inline void word_check(const struct obs_word *word, const char *expected)
{
	assert_int_equal(word->length, strlen(expected));
	assert_memory_equal(word->bytes, expected, word->length);
}

static inline void named_check(struct watch *w, const char *protocol, const char *category)
{
	const struct observation *o = watch_seen(w, OBS_APPLICATION, 0);
	assert_non_null(o);
	assert_int_equal(watch_count(w, OBS_APPLICATION), 1);
	word_check(&o->application.protocol, protocol);
	word_check(&o->application.application, "");
	word_check(&o->application.category, category);
	assert_int_equal(w->stats.ndpi_named, 1);
	assert_true(o->head.flow_id != 0);
}

/* At the end every flow that nDPI was asked about has had one outcome. */
static inline void sum_check(struct watch *w)
{
	const struct stats *s = &w->stats;
	dissect_finish(w->dissect);
	assert_int_equal(
		s->ndpi_flows, s->ndpi_named + s->ndpi_unnamed + s->ndpi_claimed + s->ndpi_evicted);
	watch_free(w);
}

#endif
