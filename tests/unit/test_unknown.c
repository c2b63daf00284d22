/*
 * Flows that no dissector reads: which of them nDPI is asked about, and how much of each.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/unknown.h"

#define CLIENT_2 "192.168.77.10:50001"

/* RFC 1035: the A record of a.test. */
static const uint8_t dns_query[] = {
	0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1};

/* RFC 8446 §4.1.2: a ClientHello without extensions. */
static const uint8_t client_hello[50] = {
	0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, [45] = 2, 0x13, 1, 1};

/* RFC 9000 §17.2.4: a Handshake packet, which is read and of which nothing is said. */
static const uint8_t quic_handshake[44] = {0xe0, 0, 0, 0, 1, 8, [14] = 8, [23] = 20};

static const char http_request[] = "GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n";

static void what_dissectors_read_never_gets_there(void **state)
{
	(void)state;
	struct watch *w = watch_asking(DIALOGUES);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, 1);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:80");
	struct talk tls = talk_make(w, CLIENT, "192.0.2.10:443");
	talk_say(&tls, 0, client_hello, sizeof(client_hello));
	for (int i = 0; i < 4; i++) {
		talk_say(&tls, 1, "\x17\3\3\0\1", 6); /* of this nobody reads more */
		say(w, CLIENT, "192.0.2.10:3478", b.at, b.length);
		say(w, CLIENT, "192.0.2.10:53", dns_query, sizeof(dns_query));
		say(w, CLIENT, "192.0.2.10:443", quic_handshake, sizeof(quic_handshake));
		/* In two segments, of which the first is no message yet. */
		talk_say(&t, 0, http_request, 20);
		talk_say(&t, 0, http_request + 20, strlen(http_request) - 20);
	}
	assert_int_equal(w->stats.ndpi_flows, 0);
	assert_int_equal(w->stats.flows, 5);
	assert_int_equal(watch_count(w, OBS_HELLO), 1);
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 4);
	assert_int_equal(watch_count(w, OBS_DNS), 4);
	assert_int_equal(w->stats.http_requests, 4);
	sum_check(w);
}

/* MQTT 3.1.1 §3.1: a CONNECT, of which nothing is said, then what breaks the protocol's rules. */
static void streams_given_up_stay_known(void **state)
{
	(void)state;
	static const uint8_t connect[] = {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0};
	struct watch *w = watch_asking(DIALOGUES);
	struct talk t = talk_make(w, CLIENT, "192.0.2.10:1883");
	uint8_t noise[NOISE];
	memset(noise, 0xfb, sizeof(noise));
	talk_say(&t, 0, connect, sizeof(connect));
	assert_int_equal(w->count, 0);
	for (int i = 0; i < 4; i++)
		talk_say(&t, i & 1, noise, sizeof(noise));
	assert_int_equal(w->stats.mqtt_malformed, 2); /* a direction each */
	assert_int_equal(w->stats.ndpi_flows, 0);
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
	/* Of this a dissector wants to see a run first. */
	static const uint8_t rtp[32] = {0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7};
	for (size_t i = 0; i < 3 * ROWS(ends); i++)
		say(w, ends[i / 3][0], ends[i / 3][1], rtp, sizeof(rtp));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_dissectors_read_never_gets_there),
		cmocka_unit_test(streams_given_up_stay_known),
		cmocka_unit_test(claimed_flows_are_dropped),
		cmocka_unit_test(what_does_not_matter_is_left_alone),
		cmocka_unit_test(cut_packets_are_left_out),
		cmocka_unit_test(a_flow_has_a_budget),
		cmocka_unit_test(dialogues_make_way),
		cmocka_unit_test(flows_go_with_their_dialogue),
		cmocka_unit_test(another_connection_is_another_flow),
		cmocka_unit_test(it_can_be_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
