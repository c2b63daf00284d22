/*
 * IKE with and without the non-ESP marker, ESP in IP and in UDP: exact headers for the one, runs
 * for the other.
 */
#include "tests/unit/support/talk.h"

#define CLIENT "192.168.77.10:4500"
#define SERVER "192.0.2.10:4500"
#define FLOAT  "192.0.2.10:14500" /* no end is at 4500 then */
#define SPI    0xc1a9656b
#define RUN    4 /* ESP_RUN */

#define PROTOCOL_ESP 50

static const struct ike_row {
	const char *name;
	bool responder; /* has an SPI yet */
	uint8_t next, version, exchange, flags;
	int from;
	const char *heard;
} rows[] = {
	{"IKE_SA_INIT", false, 33, 0x20, 34, 0x08, FROM_CLIENT, "ike asks 34"},
	{"its response", true, 33, 0x20, 34, 0x20, FROM_SERVER, "ike answers 34"},
	{"a cookie", false, 41, 0x20, 34, 0x20, FROM_SERVER, "ike defers 34"},
	{"another group", true, 41, 0x20, 34, 0x20, FROM_SERVER, "ike defers 34"},
	{"IKE_AUTH", true, 46, 0x20, 35, 0x08, FROM_CLIENT, ""},
	{"INFORMATIONAL", true, 46, 0x20, 37, 0x08, FROM_CLIENT, "ike keepalive 37"},
	{"main mode", false, 1, 0x10, 2, 0, FROM_CLIENT, "ike asks 2"},
	{"its answer", true, 1, 0x10, 2, 0, FROM_SERVER, "ike answers 2"},
	{"its key exchange", true, 4, 0x10, 2, 0, FROM_CLIENT, ""},
	{"aggressive mode", false, 1, 0x10, 4, 0, FROM_CLIENT, "ike asks 4"},
	{"quick mode", true, 8, 0x10, 32, 1, FROM_CLIENT, ""},
	{"version 1 informational", true, 8, 0x10, 5, 1, FROM_CLIENT, "ike keepalive 5"},
	{"version 3", false, 33, 0x30, 34, 0x08, FROM_CLIENT, ""},
	{"no such exchange", true, 33, 0x20, 33, 0x08, FROM_CLIENT, ""},
	{"reserved flags are ignored", false, 33, 0x20, 34, 0xcf, FROM_CLIENT, "ike asks 34"},
	{"not in version 1", false, 1, 0x10, 2, 0x48, FROM_CLIENT, ""},
	{"no such payload", false, 12, 0x20, 34, 0x08, FROM_CLIENT, ""},
	{"IKE_AUTH without an SPI", false, 46, 0x20, 35, 0x08, FROM_CLIENT, ""},
};

static void ike(struct bytes *b, const struct ike_row *row)
{
	b->length = 0;
	bytes_u32(b, 0x89922c91); /* initiator's SPI */
	bytes_u32(b, 0x5f35570e); /* */
	bytes_u32(b, row->responder ? 0x98d56d32 : 0);
	bytes_u32(b, row->responder ? 0xe2a04742 : 0);
	bytes_u8(b, row->next);
	bytes_u8(b, row->version);
	bytes_u8(b, row->exchange);
	bytes_u8(b, row->flags);
	bytes_u32(b, 0);       /* message id */
	bytes_u32(b, 28 + 20); /* length */
	bytes_zero(b, 20);     /* payloads */
}

static void esp(struct bytes *b, uint32_t spi, uint32_t sequence)
{
	b->length = 0;
	bytes_u32(b, spi);
	bytes_u32(b, sequence);
	for (unsigned i = 0; i < 92; i++) /* IV, payload, integrity check value */
		bytes_u8(b, i * 11);
}

static void exchanges(void **state)
{
	(void)state;
	for (int marker = 0; marker < 2; marker++) {
		for (size_t i = 0; i < ROWS(rows); i++) {
			struct talk *t = talk_new(CLIENT, SERVER);
			struct bytes b;
			ike(&b, &rows[i]);
			if (marker)
				bytes_front(&b, "\0\0\0", 4);
			talk_udp(t, rows[i].from, &b);
			if (strcmp(talk_heard(t), rows[i].heard) != 0)
				fail_msg("%s: %s", rows[i].name, t->text);
			talk_free(t);
		}
	}
}

static void lengths_are_exact(void **state)
{
	(void)state;
	struct bytes b;
	for (int change = -1; change <= 1; change += 2) {
		struct talk *t = talk_new(CLIENT, SERVER);
		ike(&b, &rows[0]);
		if (change > 0)
			bytes_zero(&b, 1);
		else
			b.length--;
		talk_udp(t, FROM_CLIENT, &b);
		talk_expect(t, "");
		talk_free(t);
	}
}

static void prefixes(void **state)
{
	(void)state;
	const struct endpoint client = end(CLIENT), server = end(SERVER);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bytes b;
		ike(&b, &rows[i]);
		packet_ip_udp(&b, &client, &server);
		watch_prefixes(LINK_RAW, b.at, b.length);
	}
}

static void retries_are_counted(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (int i = 0; i < 3; i++) {
		ike(&b, &rows[0]);
		talk_udp(t, FROM_CLIENT, &b);
	}
	ike(&b, &rows[1]);
	talk_udp(t, FROM_SERVER, &b);
	talk_expect(t, "ike asks 34, ike asks 34 again 1, ike asks 34 again 2, ike answers 34");
	talk_free(t);
}

/* In UDP: a short run where IKE was spoken, a longer one at port 4500, none elsewhere. */
static void esp_in_udp(void **state)
{
	(void)state;
	static const struct {
		const char *client, *server;
		bool ike;
		unsigned packets; /* until it is believed; 0 is never */
	} cases[] = {
		{CLIENT, SERVER, true, 2},
		{CLIENT, SERVER, false, RUN},
		{"192.168.77.10:5000", FLOAT, true, 2},
		{"192.168.77.10:5000", FLOAT, false, 0},
	};
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk *t = talk_new(cases[i].client, cases[i].server);
		struct bytes b;
		if (cases[i].ike) {
			ike(&b, &rows[4]);
			talk_udp(t, FROM_CLIENT, &b);
		}
		for (unsigned n = 1; n <= 2 * RUN; n++) {
			esp(&b, SPI, n);
			talk_udp(t, FROM_SERVER, &b);
			assert_string_equal(
				talk_heard(t), n == cases[i].packets ? "esp data 0" : "");
		}
		talk_free(t);
	}
}

static void nat_keepalives(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	for (int i = 0; i < 2; i++) {
		struct bytes b = {0};
		bytes_u8(&b, 0xff);
		talk_udp(t, FROM_CLIENT, &b);
		talk_expect(t, i ? "esp keepalive 0" : "");
		ike(&b, &rows[4]);
		talk_udp(t, FROM_CLIENT, &b);
	}
	talk_free(t);
}

/* Numbers that stand still, jump, or belong to changing SPIs are no run. */
static void no_runs(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		struct talk *t = talk_new(CLIENT, SERVER);
		struct bytes b;
		for (uint32_t i = 1; i <= 20; i++) {
			esp(&b, SPI + (way == 0 ? i : 0), way == 1 ? 7 : way == 2 ? i * 5000 : i);
			talk_udp(t, FROM_CLIENT, &b);
		}
		talk_expect(t, "");
		talk_free(t);
	}
}

static void esp_in_ip(void **state)
{
	(void)state;
	struct talk *t = talk_new(CLIENT, SERVER);
	struct bytes b;
	for (uint32_t i = 1; i <= RUN; i++) {
		talk_expect(t, "");
		esp(&b, 0x123, i); /* set up by hand */
		talk_ip(t, FROM_CLIENT, PROTOCOL_ESP, &b);
	}
	const struct observation *o = watch_seen(t->w, OBS_TUNNEL, 0);
	assert_non_null(o);
	assert_int_equal(o->head.protocol, PROTOCOL_ESP);
	assert_int_equal(o->head.src.port, 0);
	assert_int_equal(o->tunnel.packets, RUN);
	assert_int_equal(o->tunnel.bytes, RUN * 100);
	talk_expect(t, "esp data 0");
	talk_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanges),
		cmocka_unit_test(lengths_are_exact),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(retries_are_counted),
		cmocka_unit_test(esp_in_udp),
		cmocka_unit_test(nat_keepalives),
		cmocka_unit_test(no_runs),
		cmocka_unit_test(esp_in_ip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
