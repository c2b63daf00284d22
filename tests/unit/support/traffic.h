/*
 * Packets of any protocol, and the conversations that were told of them, in words: "2 goes-on A > B
 * 17: 1+2 100+220 answered" is what frame 2 had told, of two ends that speak UDP, with packets and
 * bytes from the first and to it.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_TRAFFIC_H
#define SEEP_TESTS_UNIT_SUPPORT_TRAFFIC_H

#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define TRAFFIC_TEXT_MAX 4096
#define CONVERSATIONS    4
#define CLIENT           "192.168.77.10:5000"
#define SERVER           "192.0.2.10:4000"
#define OTHER            "192.0.2.11:4000"
#define PAYLOAD          "zzzz"
#define DATAGRAM         32 /* bytes of it in UDP in IPv4 */

static inline struct watch *traffic_watch(uint16_t link_type, uint32_t besides)
{
	const struct dissect_options options = {.flows = WATCH_FLOWS,
		.transactions = WATCH_TRANSACTIONS,
		.conversations = CONVERSATIONS};
	return watch_open(link_type, INTEREST_IN(OBS_TRAFFIC) | besides, &options);
}

static inline void traffic_bytes(struct bytes *b, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	b->length = 0;
	bytes_put(b, PAYLOAD, strlen(PAYLOAD));
	packet_ip_udp(b, &src, &dst);
}

/* A datagram, so long after the last packet. */
static inline void traffic_send(
	struct watch *w, uint64_t after_ns, const char *from, const char *to)
{
	struct bytes b;
	traffic_bytes(&b, from, to);
	w->next.time_ns += after_ns;
	watch_frame(w, b.at, b.length);
}

static inline void traffic_write(char text[TRAFFIC_TEXT_MAX], const struct observation *o)
{
	static const char *const events[] = {"begins", "goes-on", "ends"};
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	const struct obs_traffic *t = &o->traffic;
	size_t length = strlen(text);
	snprintf(text + length, TRAFFIC_TEXT_MAX - length, "%s%u %s %s > %s %u: %u+%u %u+%u%s%s%s",
		length ? ", " : "", (unsigned)o->head.frame, events[t->event],
		endpoint_text(&o->head.src, src), endpoint_text(&o->head.dst, dst),
		o->head.protocol, t->packets_from, t->packets_to, (unsigned)t->bytes_from,
		(unsigned)t->bytes_to, t->mid_stream ? " mid-stream" : "",
		t->answered ? " answered" : "", t->reset ? " reset" : "");
}

/* What was told since the last time. */
static inline void traffic_check(struct watch *w, const char *expected)
{
	char text[TRAFFIC_TEXT_MAX] = "";
	for (unsigned i = 0; watch_seen(w, OBS_TRAFFIC, i); i++)
		traffic_write(text, watch_seen(w, OBS_TRAFFIC, i));
	watch_forget(w);
	assert_string_equal(text, expected);
}

#endif
