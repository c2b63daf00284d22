/*
 * RTP and RTCP: one header proves nothing, a run of them does; what is said how often; and what
 * looks alike and is none (RFC 3550, RFC 5761, RFC 7983).
 */
#include "tests/unit/support/exchange.h"
#include "tests/unit/support/random.h"

#define SOURCE   0x11223344U
#define PAYLOAD  100
#define RUN      4
#define RTCP_RUN 3
#define OPUS     111

static struct bytes rtp(unsigned first, unsigned type, unsigned sequence, uint32_t source)
{
	struct bytes b = {0};
	bytes_u8(&b, first);
	bytes_u8(&b, type);
	bytes_u16(&b, sequence & 0xffff);
	bytes_u32(&b, 960 * sequence); /* timestamp */
	bytes_u32(&b, source);
	bytes_zero(&b, PAYLOAD);
	return b;
}

static void rtp_send(struct watch *w, unsigned sequence, bool back)
{
	struct bytes b = rtp(0x80, OPUS, sequence, SOURCE);
	talk(w, b.at, b.length, back);
}

static void a_run_is_media(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < RUN; i++) {
		assert_int_equal(watch_count(w, OBS_MEDIA), 0);
		rtp_send(w, 65534 + i, false); /* over the wrap */
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	const struct obs_media *m = &watch_seen(w, OBS_MEDIA, 0)->media;
	assert_int_equal(m->protocol, MEDIA_RTP);
	assert_int_equal(m->event, MEDIA_STARTS);
	assert_int_equal(m->payload_type, OPUS);
	assert_int_equal(m->ssrc, SOURCE);
	assert_int_equal(m->packets, RUN);
	assert_int_equal(m->bytes, RUN * (12 + PAYLOAD));
	assert_true(watch_seen(w, OBS_MEDIA, 0)->head.from_opener);
	for (unsigned i = 0; i < RUN; i++)
		rtp_send(w, 7 + i, true);
	assert_int_equal(watch_count(w, OBS_MEDIA), 2);
	assert_false(watch_seen(w, OBS_MEDIA, 1)->head.from_opener);
	watch_free(w);
}

static void said_once_in_a_while(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 1001; i++) {
		rtp_send(w, i, false);
		w->next.time_ns += SECOND_NS / 20;
	}
	/* 50 s: at the start, and every 10 s. */
	assert_int_equal(watch_count(w, OBS_MEDIA), 5);
	const struct obs_media *m = &watch_seen(w, OBS_MEDIA, 1)->media;
	assert_int_equal(m->event, MEDIA_GOES_ON);
	assert_int_equal(m->packets, 204);
	watch_free(w);
}

/* A kill switch that fails: the same flow goes on outside the tunnel, if only for a moment. */
static void another_interface_is_news(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 40; i++) {
		w->next.interface = i < 20 ? 1 : 2;
		rtp_send(w, i, false);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 2);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 0)->head.interface, 1);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 1)->head.interface, 2);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 1)->media.packets, 21);
	watch_free(w);
}

/* Both sides of a router that translates nothing: each is told of, and not at every packet. */
static void two_interfaces_at_once(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 40; i++) {
		w->next.interface = 1;
		rtp_send(w, i, false);
		w->next.interface = 2;
		rtp_send(w, i, false);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 2);
	w->next.time_ns += 10 * SECOND_NS;
	for (unsigned i = 40; i < 80; i++) {
		w->next.interface = 1 + i % 2;
		rtp_send(w, i, false);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 4);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 3)->media.packets, 42); /* each once */
	watch_free(w);
}

/* A conference server: one packet of each, in turn. */
static void many_sources_in_turn(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 8 * RUN; i++) {
		struct bytes b = rtp(0x80, OPUS, i / 8, SOURCE + i % 8);
		talk(w, b.at, b.length, true);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	w->next.time_ns += 10 * SECOND_NS;
	struct bytes b = rtp(0x80, OPUS, RUN, SOURCE);
	talk(w, b.at, b.length, true);
	/* Those without a place are counted as soon as there is media. */
	assert_int_equal(watch_count(w, OBS_MEDIA), 2);
	assert_true(watch_seen(w, OBS_MEDIA, 1)->media.packets > 4 * RUN);
	watch_free(w);
}

/* As many flows as are remembered, of a packet each, from the far end. */
static void flood(struct watch *w)
{
	for (unsigned i = 0; i < 131072; i++) {
		struct endpoint from = end(TALK_SERVER), to = end(TALK_CLIENT);
		from.port = (uint16_t)(1024 + i % 32768);
		to.port = (uint16_t)(i / 32768);
		struct bytes b = rtp(0x80, OPUS, i, i);
		packet_ip_udp(&b, &from, &to);
		watch_frame(w, b.at, b.length);
	}
}

static void a_flood_hides_no_media(void **state)
{
	(void)state;
	const struct dissect_options options = {.flows = 200000, .transactions = 16};
	struct watch *w = watch_open(LINK_RAW, INTEREST_IN(OBS_MEDIA), &options);
	flood(w);
	w->next.time_ns += 11 * SECOND_NS;
	for (unsigned i = 0; i < RUN; i++)
		rtp_send(w, i, false);
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	dissect_finish(w->dissect);
	assert_int_equal(w->stats.state_refused, 1); /* said all the same */
	watch_free(w);
}

static void loss_and_disorder_are_usual(void **state)
{
	(void)state;
	static const unsigned sequences[] = {10, 12, 11, 12, 15, 31};
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(sequences); i++)
		rtp_send(w, sequences[i], false);
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 0)->media.packets, RUN);
	watch_free(w);
}

static void several_sources_take_turns(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < RUN; i++)
		for (uint32_t source = 1; source <= 4; source++) {
			struct bytes b = rtp(0x90, 96, 1000 * source + i, source);
			b.at[14] = 0; /* an extension of no words */
			b.at[15] = 0;
			talk(w, b.at, b.length, false);
		}
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	watch_free(w);
}

/* Sixteen packets each that make no run. */
static void no_run_no_media(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 16; i++) {
		struct bytes same = rtp(0x80, OPUS, 5, 1);
		struct bytes jumps = rtp(0x80, OPUS, 1000 * i, 2);
		struct bytes back = rtp(0x80, OPUS, 9000 - i, 3);
		struct bytes sources = rtp(0x80, OPUS, i, 100 + i);
		struct bytes ranges = rtp(0x80, i % 2 ? 8 : OPUS, i, 4);
		struct bytes rtcp = rtp(0x80, 0xc8, i, 5);
		talk(w, same.at, same.length, false);
		talk(w, jumps.at, jumps.length, false);
		talk(w, back.at, back.length, false);
		talk(w, sources.at, sources.length, false);
		talk(w, ranges.at, ranges.length, false);
		talk(w, rtcp.at, rtcp.length, false);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 0);
	watch_free(w);
}

static void random_bytes_are_no_media(void **state)
{
	(void)state;
	struct random r = {42};
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t bytes[64];
		for (size_t at = 0; at < sizeof(bytes); at++)
			bytes[at] = (uint8_t)random_next(&r);
		talk(w, bytes, random_below(&r, sizeof(bytes)), i % 2);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 0);
	assert_int_equal(watch_count(w, OBS_HELLO), 0);
	watch_free(w);
}

static void a_short_capture_will_do(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < RUN; i++) {
		struct bytes b = rtp(0x80, OPUS, i, SOURCE);
		talk_wrap(&b, false);
		watch_cut(w, b.at, b.length - PAYLOAD, PAYLOAD);
	}
	assert_int_equal(watch_count(w, OBS_MEDIA), 1);
	assert_int_equal(watch_seen(w, OBS_MEDIA, 0)->media.bytes, RUN * (12 + PAYLOAD));
	watch_free(w);
}

/* RFC 3550 §6.4.2, and a packet of RFC 4585 behind it. */
static const uint8_t receiver_report[] = {
	0x81, 201, 0x00, 0x07,  /* one block, length */
	0x11, 0x22, 0x33, 0x44, /* sender */
	0x55, 0x66, 0x77, 0x88, /* source */
	0x00, 0x00, 0x00, 0x00, /* lost */
	0x00, 0x00, 0x10, 0x00, /* highest sequence number */
	0x00, 0x00, 0x00, 0x20, /* jitter */
	0x00, 0x00, 0x00, 0x00, /* last report */
	0x00, 0x00, 0x00, 0x00, /* delay since */
	0x81, 206, 0x00, 0x02,  /* PLI */
	0x11, 0x22, 0x33, 0x44, /* sender */
	0x55, 0x66, 0x77, 0x88, /* source */
};

/* The first header of a compound is in clear, the rest is noise: index and tag at the end. */
static const uint8_t secured_report[] = {
	0x80, 201, 0x00, 0x01,              /* no blocks, length */
	0x11, 0x22, 0x33, 0x44,             /* sender */
	0x9e, 0x01, 0x7b, 0x33,             /* encrypted */
	0x80, 0x00, 0x00, 0x01,             /* E, index */
	0xd3, 0x4a, 0x11, 0x08,             /* tag */
	0x77, 0xe1, 0x90, 0xaa, 0x3c, 0x5f, /* */
};

static void reports_are_rtcp(void **state)
{
	(void)state;
	static const struct {
		const uint8_t *bytes;
		size_t length;
	} rows[] = {
		{receiver_report, sizeof(receiver_report)},
		{secured_report, sizeof(secured_report)},
	};
	for (size_t row = 0; row < ROWS(rows); row++) {
		struct watch *w = watch_new(LINK_RAW);
		for (unsigned i = 0; i < RTCP_RUN; i++) {
			assert_int_equal(watch_count(w, OBS_MEDIA), 0);
			talk(w, rows[row].bytes, rows[row].length, false);
		}
		assert_int_equal(watch_count(w, OBS_MEDIA), 1);
		const struct obs_media *m = &watch_seen(w, OBS_MEDIA, 0)->media;
		assert_int_equal(m->protocol, MEDIA_RTCP);
		assert_int_equal(m->ssrc, SOURCE);
		assert_int_equal(m->packets, RTCP_RUN);
		assert_int_equal(m->bytes, RTCP_RUN * rows[row].length);
		watch_free(w);
	}
}

/* Lengths that do not fit their type or the datagram. */
static void broken_reports_are_none(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned words = 0; words < 12; words++)
		for (unsigned i = 0; i < RTCP_RUN; i++) {
			struct bytes b = {0};
			bytes_put(&b, receiver_report, sizeof(receiver_report));
			b.at[3] = (uint8_t)words;
			talk(w, b.at, b.length, false);
			if (words == 7)
				watch_forget(w);
			/* 8 leaves 8 bytes behind it: room for what SRTCP ends with. */
			if (words == 8)
				watch_forget(w);
		}
	assert_int_equal(watch_count(w, OBS_MEDIA), 0);
	watch_free(w);
}

static void prefixes_prove_nothing(void **state)
{
	(void)state;
	struct bytes media = rtp(0x80, OPUS, 1, SOURCE), report = {0};
	bytes_put(&report, receiver_report, 32);
	talk_wrap(&media, false);
	talk_wrap(&report, false);
	watch_prefixes(LINK_RAW, media.at, media.length);
	watch_prefixes(LINK_RAW, report.at, report.length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_media),
		cmocka_unit_test(said_once_in_a_while),
		cmocka_unit_test(another_interface_is_news),
		cmocka_unit_test(two_interfaces_at_once),
		cmocka_unit_test(many_sources_in_turn),
		cmocka_unit_test(a_flood_hides_no_media),
		cmocka_unit_test(loss_and_disorder_are_usual),
		cmocka_unit_test(several_sources_take_turns),
		cmocka_unit_test(no_run_no_media),
		cmocka_unit_test(random_bytes_are_no_media),
		cmocka_unit_test(a_short_capture_will_do),
		cmocka_unit_test(reports_are_rtcp),
		cmocka_unit_test(broken_reports_are_none),
		cmocka_unit_test(prefixes_prove_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
