/*
 * Flows that no dissector reads: which of them nDPI is asked about, how much of each, and what is
 * said of them.
 */
#include "dissect/unknown.h"

#include "tests/unit/support/segment.h"
#include "tests/unit/support/stun.h"

#define CLIENT      "192.168.77.10:50000"
#define CLIENT_2    "192.168.77.10:50001"
#define SERVER      "192.0.2.10:9999"
#define NTP         "192.0.2.10:123"
#define SNMP_SERVER "192.0.2.10:161"
#define CLIENT_V6   "[2001:db8:77::10]:50000"
#define NTP_V6      "[2001:db8:10::10]:123"
#define DIALOGUES   4
#define NOISE       50

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

/* RFC 1035: the A record of a.test. */
static const uint8_t dns_query[] = {
	0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1};

static const char http_request[] = "GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
static const char smtp_banner[] = "220 mail.example.test ESMTP\r\n";
static const char smtp_hello[] = "EHLO laptop.example.test\r\n";

static struct watch *watch_asking(uint32_t ndpi_flows)
{
	const struct dissect_options options = {
		.flows = WATCH_FLOWS, .transactions = WATCH_TRANSACTIONS, .ndpi_flows = ndpi_flows};
	return watch_open(LINK_RAW, ~INTEREST_IN(OBS_LINK), &options);
}

static void say(struct watch *w, const char *from, const char *to, const void *bytes, size_t length)
{
	const struct endpoint src = end(from), dst = end(to);
	struct bytes b = {0};
	bytes_put(&b, bytes, length);
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
}

/* Datagrams of which nobody makes anything: the first byte is in nobody's range. */
static void noise_say(struct watch *w, const char *from, const char *to, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t bytes[NOISE] = {0x0b, (uint8_t)(i * 37), 0x5a, (uint8_t)(i * 11)};
		say(w, from, to, bytes, sizeof(bytes));
	}
}

static void word_check(const struct obs_word *word, const char *expected)
{
	assert_int_equal(word->length, strlen(expected));
	assert_memory_equal(word->bytes, expected, word->length);
}

static void named_check(struct watch *w, const char *protocol, const char *category)
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
static void sum_check(struct watch *w)
{
	const struct stats *s = &w->stats;
	dissect_finish(w->dissect);
	assert_int_equal(
		s->ndpi_flows, s->ndpi_named + s->ndpi_unnamed + s->ndpi_claimed + s->ndpi_evicted);
	watch_free(w);
}

/* UDP in pairs, the first of which nDPI does not see. */
static void datagrams_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *client, *server, *protocol, *category;
		const uint8_t *there, *back;
		size_t there_size, back_size;
	} rows[] = {
		{CLIENT, NTP, "NTP", "System", ntp_request, ntp_response, sizeof(ntp_request),
			sizeof(ntp_response)},
		{CLIENT_V6, NTP_V6, "NTP", "System", ntp_request, ntp_response, sizeof(ntp_request),
			sizeof(ntp_response)},
		{CLIENT, SNMP_SERVER, "SNMP", "Network", snmp_request, snmp_response,
			sizeof(snmp_request), sizeof(snmp_response)},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_asking(DIALOGUES);
		say(w, rows[i].client, rows[i].server, rows[i].there, rows[i].there_size);
		assert_int_equal(w->stats.ndpi_flows, 0);
		say(w, rows[i].server, rows[i].client, rows[i].back, rows[i].back_size);
		named_check(w, rows[i].protocol, rows[i].category);
		assert_false(watch_seen(w, OBS_APPLICATION, 0)->application.guessed);
		say(w, rows[i].client, rows[i].server, rows[i].there, rows[i].there_size);
		assert_int_equal(w->stats.ndpi_packets, 1);
		assert_int_equal(w->count, 1);
		sum_check(w);
	}
}

static void streams_are_named(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:6881");
	talk_open(&t);
	assert_int_equal(w->stats.ndpi_flows, 0);
	talk_say(&t, 0, bittorrent, sizeof(bittorrent));
	named_check(w, "BitTorrent", "Download");
	talk_say(&t, 1, bittorrent, sizeof(bittorrent));
	assert_int_equal(w->stats.ndpi_packets, 1);
	sum_check(w);
}

static void hosts_are_told(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:25");
	talk_say(&t, 1, smtp_banner, strlen(smtp_banner));
	talk_say(&t, 0, smtp_hello, strlen(smtp_hello));
	talk_say(&t, 1, "250 mail.example.test\r\n", 23);
	talk_say(&t, 0, "MAIL FROM:<a@example.test>\r\n", 28);
	named_check(w, "SMTP", "Email");
	word_check(&watch_seen(w, OBS_APPLICATION, 0)->application.host, "mail.example.test");
	sum_check(w);
}

/* The flow that is inside is the one that is named. */
static void tunnels_are_looked_into(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	const struct endpoint client = end(CLIENT), server = end(NTP);
	const struct addr outer = ip("198.51.100.1"), far = ip("198.51.100.2");
	for (int i = 0; i < 2; i++) {
		struct bytes b = {0};
		bytes_put(&b, i ? ntp_response : ntp_request, sizeof(ntp_request));
		packet_ip_udp(&b, i ? &server : &client, i ? &client : &server);
		packet_ipv4(&b, &outer, &far, 4);
		watch_frame(w, b.at, b.length);
	}
	named_check(w, "NTP", "System");
	assert_int_equal(watch_seen(w, OBS_APPLICATION, 0)->head.encapsulation, WRAPPED_IP);
	sum_check(w);
}

static void what_dissectors_read_never_gets_there(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, 1);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:80");
	for (int i = 0; i < 4; i++) {
		say(w, CLIENT, "192.0.2.10:3478", b.at, b.length);
		say(w, CLIENT, "192.0.2.10:53", dns_query, sizeof(dns_query));
		/* In two segments, of which the first is no message yet. */
		talk_say(&t, 0, http_request, 20);
		talk_say(&t, 0, http_request + 20, strlen(http_request) - 20);
	}
	assert_int_equal(w->stats.ndpi_flows, 0);
	assert_int_equal(w->stats.flows, 3);
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 4);
	assert_int_equal(watch_count(w, OBS_DNS), 4);
	assert_int_equal(w->stats.http_requests, 4);
	sum_check(w);
}

/* A flow has many speakers: once one of them is known, nDPI has no say. */
static void claimed_flows_are_dropped(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, 1);
	noise_say(w, CLIENT, SERVER, 3);
	assert_int_equal(w->stats.ndpi_packets, 2);
	say(w, CLIENT, SERVER, b.at, b.length);
	assert_int_equal(w->stats.ndpi_claimed, 1);
	say(w, CLIENT, SERVER, snmp_request, sizeof(snmp_request));
	say(w, SERVER, CLIENT, snmp_response, sizeof(snmp_response));
	assert_int_equal(w->stats.ndpi_packets, 2);
	assert_null(watch_seen(w, OBS_APPLICATION, 0));
	sum_check(w);
}

/* The local network among itself, groups, and what no flow comes of. */
static void what_does_not_matter_is_left_alone(void **state)
{
	(void)state;
	static const char *const ends[][2] = {{CLIENT, "192.168.77.1:123"},
		{CLIENT, "239.255.255.250:1900"}, {"203.0.113.9:5000", "224.0.0.251:5000"},
		{"127.0.0.1:5000", "127.0.0.1:123"}, {"169.254.1.1:5000", "10.0.0.1:123"},
		{"[fe80::1]:5000", "[ff02::1]:123"}, {"[fd00::1]:5000", "[fd00::2]:123"},
		{"[2001:db8::1]:5000", "[ff0e::1]:123"}, {"100.64.0.1:5000", "10.0.0.1:123"}};
	struct watch *w = watch_asking(DIALOGUES);
	for (size_t i = 0; i < ROWS(ends); i++)
		noise_say(w, ends[i][0], ends[i][1], 3);
	assert_int_equal(w->stats.flows, 0);
	/* Of these a dissector wants a look first. */
	for (size_t i = 0; i < 3 * ROWS(ends); i++)
		say(w, ends[i / 3][0], ends[i / 3][1], ntp_request, sizeof(ntp_request));
	assert_true(w->stats.flows > 0);
	struct talk t = talk_make(w, CLIENT, "192.168.77.1:6881");
	talk_say(&t, 0, bittorrent, sizeof(bittorrent));
	noise_say(w, CLIENT, SERVER, 1);
	assert_int_equal(w->stats.ndpi_flows, 0);
	assert_int_equal(w->count, 0);
	sum_check(w);
}

/* A length that is not true would make nDPI see what is not there. */
static void cut_packets_are_left_out(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	const struct endpoint src = end(CLIENT), dst = end(NTP);
	struct bytes b = {0};
	bytes_put(&b, ntp_request, sizeof(ntp_request));
	packet_ip_udp(&b, &src, &dst);
	for (int i = 0; i < 4; i++)
		watch_cut(w, b.at, b.length - 1, 1);
	assert_int_equal(w->stats.ndpi_flows, 0);
	sum_check(w);
}

static void a_flow_has_a_budget(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	noise_say(w, CLIENT, SERVER, NDPI_PACKETS);
	assert_int_equal(w->stats.ndpi_unnamed, 0);
	noise_say(w, CLIENT, SERVER, 3 * NDPI_PACKETS);
	assert_int_equal(w->stats.ndpi_packets, NDPI_PACKETS);
	assert_int_equal(w->stats.ndpi_unnamed, 1);
	assert_int_equal(w->count, 0);
	sum_check(w);
}

/* A port alone is no reason to give a flow a name. */
static void ports_name_nothing(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:443");
	uint8_t noise[NOISE];
	for (uint8_t i = 0; i < NDPI_PACKETS; i++) {
		memset(noise, 0x77 ^ i, sizeof(noise));
		talk_say(&t, 0, noise, sizeof(noise));
	}
	assert_int_equal(w->stats.ndpi_packets, NDPI_PACKETS);
	assert_int_equal(w->stats.ndpi_unnamed, 1);
	assert_int_equal(w->count, 0);
	sum_check(w);
}

/* Whatever is sent to port 53, nDPI takes for DNS. Ours did not, and reads all there is. */
static void what_is_not_ours_is_not_named_so(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	noise_say(w, CLIENT, "192.0.2.10:53", NDPI_PACKETS + 1);
	assert_int_equal(w->stats.ndpi_unnamed, 1);
	assert_int_equal(w->stats.ndpi_packets, NDPI_PACKETS);
	assert_int_equal(w->count, 0);
	sum_check(w);
}

/* The one that was quiet longest makes way, and is not asked about again. */
static void dialogues_make_way(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	char client[DIALOGUES + 1][32];
	for (unsigned i = 0; i <= DIALOGUES; i++) {
		snprintf(client[i], sizeof(client[i]), "192.168.77.10:%u", 50000 + i);
		w->next.time_ns += SECOND_NS;
		noise_say(w, client[i], SERVER, 2);
	}
	assert_int_equal(w->stats.ndpi_flows, DIALOGUES + 1);
	assert_int_equal(w->stats.ndpi_packets, DIALOGUES + 1);
	say(w, SERVER, client[0], snmp_response, sizeof(snmp_response));
	assert_int_equal(w->stats.ndpi_packets, DIALOGUES + 1);
	say(w, SERVER, client[1], snmp_response, sizeof(snmp_response));
	assert_int_equal(w->stats.ndpi_packets, DIALOGUES + 2);
	dissect_finish(w->dissect);
	assert_int_equal(w->stats.ndpi_evicted, 1);
	assert_int_equal(w->stats.ndpi_unnamed, DIALOGUES);
	sum_check(w);
}

/* More flows than the flow table has room for: what goes there goes here. */
static void flows_go_with_their_dialogue(void **state)
{
	(void)state;
	struct watch *w = watch_asking(2 * WATCH_FLOWS);
	for (unsigned i = 0; i < 3 * WATCH_FLOWS; i++) {
		char client[32];
		snprintf(client, sizeof(client), "192.168.77.10:%u", 50000 + i);
		w->next.time_ns += SECOND_NS;
		noise_say(w, client, SERVER, 2);
	}
	assert_int_equal(w->stats.ndpi_flows, 3 * WATCH_FLOWS);
	assert_int_equal(w->stats.ndpi_unnamed, 2 * WATCH_FLOWS);
	/* The place of a flow that went is another's, who starts anew. */
	noise_say(w, CLIENT_2, NTP, 1);
	say(w, NTP, CLIENT_2, ntp_response, sizeof(ntp_response));
	named_check(w, "NTP", "System");
	sum_check(w);
}

static void another_connection_is_another_flow(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:6881");
	uint8_t noise[NOISE];
	memset(noise, 0xfb, sizeof(noise));
	talk_open(&t);
	for (int i = 0; i < 2; i++)
		talk_say(&t, 0, noise, sizeof(noise));
	assert_int_equal(w->stats.ndpi_packets, 2);
	t.sequence[0] += 1U << 24;
	talk_open(&t);
	assert_int_equal(w->stats.ndpi_unnamed, 1);
	talk_say(&t, 0, bittorrent, sizeof(bittorrent));
	named_check(w, "BitTorrent", "Download");
	assert_int_equal(w->stats.ndpi_flows, 2);
	sum_check(w);
}

/* Off, or of no use to anybody: not opened, and no flow is looked up for it. */
static void it_can_be_off(void **state)
{
	(void)state;
	const struct dissect_options on = {
		.flows = WATCH_FLOWS, .transactions = WATCH_TRANSACTIONS, .ndpi_flows = DIALOGUES};
	struct watch *off[] = {watch_asking(0),
		watch_open(LINK_RAW, ~(INTEREST_IN(OBS_LINK) | INTEREST_IN(OBS_APPLICATION)), &on)};
	for (size_t i = 0; i < ROWS(off); i++) {
		noise_say(off[i], CLIENT, SERVER, 3);
		assert_int_equal(off[i]->stats.flows, 0);
		say(off[i], CLIENT, NTP, ntp_request, sizeof(ntp_request));
		say(off[i], NTP, CLIENT, ntp_response, sizeof(ntp_response));
		assert_int_equal(off[i]->stats.ndpi_packets, 0);
		assert_int_equal(off[i]->count, 0);
		sum_check(off[i]);
	}
}

/* Longer than what is copied, and at the largest. */
static void long_packets_are_shortened(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	static uint8_t noise[65507] = {0x0b};
	static const size_t lengths[] = {1, 1499, 1500, 1501, 65507};
	for (size_t i = 0; i < ROWS(lengths); i++)
		say(w, CLIENT, SERVER, noise, lengths[i]);
	assert_int_equal(w->stats.ndpi_packets, ROWS(lengths) - 1);
	sum_check(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_are_named),
		cmocka_unit_test(streams_are_named),
		cmocka_unit_test(hosts_are_told),
		cmocka_unit_test(tunnels_are_looked_into),
		cmocka_unit_test(what_dissectors_read_never_gets_there),
		cmocka_unit_test(claimed_flows_are_dropped),
		cmocka_unit_test(what_does_not_matter_is_left_alone),
		cmocka_unit_test(cut_packets_are_left_out),
		cmocka_unit_test(a_flow_has_a_budget),
		cmocka_unit_test(ports_name_nothing),
		cmocka_unit_test(what_is_not_ours_is_not_named_so),
		cmocka_unit_test(dialogues_make_way),
		cmocka_unit_test(flows_go_with_their_dialogue),
		cmocka_unit_test(another_connection_is_another_flow),
		cmocka_unit_test(it_can_be_off),
		cmocka_unit_test(long_packets_are_shortened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
