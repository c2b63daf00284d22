/*
 * What nDPI is shown of flows that no dissector reads, and what is said of them.
 */
#include "tests/unit/support/unknown.h"

#define SNMP_SERVER "192.0.2.10:161"
#define CLIENT_V6   "[2001:db8:77::10]:50000"
#define NTP_V6      "[2001:db8:10::10]:123"

static const char smtp_banner[] = "220 mail.example.test ESMTP\r\n";
static const char smtp_hello[] = "EHLO laptop.example.test\r\n";

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
		cmocka_unit_test(ports_name_nothing),
		cmocka_unit_test(what_is_not_ours_is_not_named_so),
		cmocka_unit_test(long_packets_are_shortened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
