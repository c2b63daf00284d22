/* MQTT and XMPP streams: what is a message and what is a stanza; cut everywhere, and hostile. */
#include "tests/unit/support/dialogue.h"

#define CUT_PORT 100

/* MQTT 3.1.1 §3.1 */
static const uint8_t connect_4[] = {
	0x10, 0x10,                         /* CONNECT; length */
	0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, /* MQTT */
	0x04, 0x02, 0x00, 0x3c,             /* level, flags, keep alive */
	0x00, 0x04, 0x61, 0x62, 0x63, 0x64, /* client identifier */
};
static const uint8_t connect_5[] = {
	0x10, 0x0f,                         /* CONNECT; length */
	0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, /* MQTT */
	0x05, 0x02, 0x00, 0x3c,             /* level, flags, keep alive */
	0x00,                               /* properties */
	0x00, 0x02, 0x61, 0x62,             /* client identifier */
};
static const uint8_t connect_3[] = {
	0x10, 0x0f,                                     /* CONNECT; length */
	0x00, 0x06, 0x4d, 0x51, 0x49, 0x73, 0x64, 0x70, /* MQIsdp */
	0x03, 0x02, 0x00, 0x3c,                         /* level, flags, keep alive */
	0x00, 0x01, 0x61,                               /* client identifier */
};
static const uint8_t publish_0[] = {
	0x30, 0x07,       /* PUBLISH, QoS 0; length */
	0x00, 0x01, 0x61, /* topic */
	0x7b, 0x22, 0x22, /* payload */
	0x7d,             /* */
};
static const uint8_t publish_1[] = {
	0x32, 0x07,       /* PUBLISH, QoS 1; length */
	0x00, 0x01, 0x61, /* topic */
	0x00, 0x0a,       /* packet identifier */
	0x7b, 0x7d,       /* payload */
};
static const uint8_t publish_5[] = {
	0x32, 0x0a,       /* PUBLISH, QoS 1; length */
	0x00, 0x01, 0x61, /* topic */
	0x00, 0x0a,       /* packet identifier */
	0x02, 0x01, 0x01, /* properties: payload format */
	0x7b, 0x7d,       /* payload */
};
static const uint8_t publish_qos_3[] = {0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01};
static const uint8_t publish_topic_long[] = {0x30, 0x03, 0x00, 0x02, 0x61};
static const uint8_t length_long[] = {0x30, 0x80, 0x80, 0x80, 0x80, 0x01};
static const uint8_t reserved[] = {0x00, 0x00};
static const uint8_t acknowledge[] = {0x20, 0x02, 0x00, 0x00};

#define PART(bytes) bytes, sizeof(bytes)

static const struct {
	const char *name;
	const uint8_t *connect;
	size_t connect_length;
	const uint8_t *next;
	size_t next_length;
	unsigned messages, malformed;
} packets[] = {
	{"3.1.1, QoS 0", PART(connect_4), PART(publish_0), 1, 0},
	{"3.1.1, QoS 1", PART(connect_4), PART(publish_1), 1, 0},
	{"3.1", PART(connect_3), PART(publish_1), 1, 0},
	{"5", PART(connect_5), PART(publish_5), 1, 0},
	{"QoS 3", PART(connect_4), PART(publish_qos_3), 0, 1},
	{"a topic beyond the packet", PART(connect_4), PART(publish_topic_long), 0, 1},
	{"a length of five bytes", PART(connect_4), PART(length_long), 0, 1},
	{"type 0", PART(connect_4), PART(reserved), 0, 1},
};

static void packets_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(packets); i++) {
		struct bytes b = {0};
		bytes_put(&b, packets[i].connect, packets[i].connect_length);
		bytes_put(&b, packets[i].next, packets[i].next_length);
		for (size_t at = 1; at < b.length; at++) {
			struct watch *w = watch_new(LINK_RAW);
			struct talk t = talk_begin(w, CUT_PORT);
			talk_say(&t, false, b.at, at);
			talk_say(&t, true, acknowledge, sizeof(acknowledge));
			talk_say(&t, false, b.at + at, b.length - at);
			if (w->stats.mqtt != packets[i].messages ||
				w->stats.mqtt_malformed != packets[i].malformed)
				fail_msg("%s, cut at %zu: %u messages, %u malformed",
					packets[i].name, at, (unsigned)w->stats.mqtt,
					(unsigned)w->stats.mqtt_malformed);
			watch_free(w);
		}
	}
}

#define LINE "candidate:1 1 udp 1 192.0.2.1 9 typ host"

static const uint8_t publish_line[] = "\x30\x2b\0\1a" LINE;         /* a topic, and the line */
static const uint8_t publish_line_5[] = "\x32\x2e\0\1a\0\7\0" LINE; /* no properties */
static const uint8_t ping[] = {0xc0, 0x00};
static const uint8_t puback[] = {0x40, 0x02, 0x00, 0x07};
static const uint8_t filter[] = {0x30, 0x04, 0x00, 0x02, 0x61, 0x23}; /* "a#" */
static const uint8_t ldap[] = "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80";

#define TEXT(bytes) bytes, sizeof(bytes) - 1

/* Segments of a connection whose start was not captured, and then a candidate. */
static const struct {
	const uint8_t *first;
	size_t first_length;
	const uint8_t *next;
	size_t next_length;
	unsigned messages;
} middles[] = {
	{TEXT(publish_line), NULL, 0, 1},
	{TEXT(publish_line_5), NULL, 0, 1},
	{PART(ping), TEXT(publish_line), 1},
	{PART(puback), TEXT(publish_line_5), 1},
	{publish_line + 20, sizeof(publish_line) - 21, TEXT(publish_line), 1},
	{PART(ping), PART(puback), 0},
	{PART(filter), PART(ping), 0},
	{TEXT(ldap), PART(ping), 0},
	{PART(publish_qos_3), PART(ping), 0},
	{PART(publish_topic_long), PART(ping), 0},
};

static void the_middle_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(middles); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = {.w = w, .ends = {end(TALK_CLIENT), end(TALK_SERVER)}};
		t.ends[0].port = CUT_PORT;
		talk_say(&t, false, middles[i].first, middles[i].first_length);
		talk_say(&t, false, middles[i].next, middles[i].next_length);
		if (watch_count(w, OBS_CANDIDATE) != middles[i].messages ||
			w->stats.mqtt != middles[i].messages)
			fail_msg("%zu: %u candidates, %u messages", i,
				watch_count(w, OBS_CANDIDATE), (unsigned)w->stats.mqtt);
		watch_free(w);
	}
}

/* What is lost is stepped over, up to the next segment of whole packets. */
static void gaps_are_got_over(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, CUT_PORT);
	talk_say(&t, false, connect_4, sizeof(connect_4));
	t.sequence[0] += 1 << 20;
	talk_say(&t, false, publish_line + 10, sizeof(publish_line) - 11);
	talk_say(&t, false, publish_line, sizeof(publish_line) - 1);
	talk_say(&t, false, publish_line, sizeof(publish_line) - 1);
	assert_true(w->stats.mqtt >= 1);
	assert_int_equal(watch_seen(w, OBS_CANDIDATE, 0)->candidate.owner, OWNER_SENDER);
	watch_free(w);
}

/* What is announced is counted past: 2^28 - 1 bytes. */
static void large_packets_are_dropped(void **state)
{
	(void)state;
	static const uint8_t large[] = {0x30, 0xff, 0xff, 0xff, 0x7f};
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, CUT_PORT);
	talk_say(&t, false, connect_4, sizeof(connect_4));
	talk_say(&t, false, large, sizeof(large));
	for (unsigned i = 0; i < 10; i++)
		talk_say(&t, false, publish_0, sizeof(publish_0));
	assert_int_equal(w->stats.mqtt, 0);
	assert_int_equal(w->stats.mqtt_dropped, 1);
	watch_free(w);
}

#define HEADER                                                                  \
	"<?xml version='1.0'?><stream:stream from='a@b' xmlns='jabber:client' " \
	"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

/* RFC 6120 §4, §9: headers, stanzas, restarts. */
static const struct conversation {
	const char *name;
	unsigned stanzas, malformed;
	struct line script[6];
} streams[] = {
	{"stanzas of both", 4, 0,
		{{false, HEADER, 0},
			{true, HEADER "<stream:features><a/><b c='d>'/></stream:features>", 0},
			{false,
				"<message to='x'><body>a &lt; b</body></message>\n <presence/>"
				"<iq type='set' "
				"id=\"'1\"><jingle><![CDATA[</iq>]]><c/></jingle></iq>",
				0},
			{false, "</stream:stream>", 0}}},
	{"a stream starts over", 2, 0,
		{{false, HEADER "<auth/>" HEADER "<presence/></stream:stream>", 0}}},
	{"no declaration", 1, 0, {{false, "<stream:stream to='x'><presence/></stream:stream>", 0}}},
	{"another protocol's XML", 0, 0, {{false, "<?xml version='1.0'?><a><b/></a>", 0}}},
	{"closed too often", 0, 1, {{false, HEADER "</a></b></c>", 0}}},
};

static void conversation_check(const struct conversation *c, size_t line, size_t at)
{
	struct watch *w = watch_new(LINK_RAW);
	script_say(w, c->script, CUT_PORT, line, at, 0);
	if (w->stats.xmpp != c->stanzas || w->stats.xmpp_malformed != c->malformed)
		fail_msg("%s, cut at %zu: %u stanzas, %u malformed", c->name, at,
			(unsigned)w->stats.xmpp, (unsigned)w->stats.xmpp_malformed);
	watch_free(w);
}

static void stanzas_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(streams); i++) {
		const struct conversation *c = &streams[i];
		for (size_t line = 0; c->script[line].bytes; line++) {
			for (size_t at = 0; at < strlen(c->script[line].bytes); at++)
				conversation_check(c, line, at);
		}
	}
}

/* After proceed the stream is another: here one that starts with a SIP message. */
static void streams_become_others(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, CUT_PORT);
	talk_text(&t, false, HEADER "<starttls/>");
	talk_text(&t, true, HEADER "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	talk_text(&t, false, "OPTIONS sip:a@b.example SIP/2.0\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(w->stats.xmpp, 2);
	assert_int_equal(watch_count(w, OBS_HTTP), 1);
	watch_free(w);
}

static void floods_are_bounded(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, CUT_PORT);
	talk_text(&t, false, HEADER);
	for (unsigned i = 0; i < 100; i++)
		talk_text(&t, false, "<a>");
	assert_int_equal(w->stats.xmpp_malformed, 1);
	struct talk longer = talk_begin(w, CUT_PORT + 1);
	talk_text(&longer, false, HEADER "<a>");
	for (unsigned i = 0; i < 5000; i++)
		talk_text(&longer, false, "<b>0123456789</b>");
	talk_text(&longer, false, "</a><presence/>");
	assert_int_equal(w->stats.xmpp, 1);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_read),
		cmocka_unit_test(the_middle_is_read),
		cmocka_unit_test(gaps_are_got_over),
		cmocka_unit_test(large_packets_are_dropped),
		cmocka_unit_test(stanzas_are_read),
		cmocka_unit_test(streams_become_others),
		cmocka_unit_test(floods_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
