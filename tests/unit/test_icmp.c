/*
 * STUN that ICMP errors quote is counted, and is no message of a flow.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define PROTOCOL_ICMP 1
#define QUOTED        (IPV4_SIZE + UDP_SIZE + 8) /* up to the cookie */

/* RFC 792: destination unreachable, port. */
static const uint8_t unreachable[] = {
	0x03, 0x03,             /* type, code */
	0x00, 0x00,             /* checksum */
	0x00, 0x00, 0x00, 0x00, /* unused */
};

static const struct {
	const char *name;
	uint8_t type;
	uint16_t fragment;
	uint8_t cookie, protocol;
	size_t quoted;
	bool counted;
} rows[] = {
	{"unreachable", 3, 0, 0x21, PROTOCOL_UDP, 48, true},
	{"time exceeded", 11, 0, 0x21, PROTOCOL_UDP, 48, true},
	{"parameter problem", 12, 0, 0x21, PROTOCOL_UDP, 48, true},
	{"just enough", 3, 0, 0x21, PROTOCOL_UDP, QUOTED, true},
	{"too short", 3, 0, 0x21, PROTOCOL_UDP, QUOTED - 1, false},
	{"the eight bytes of RFC 792", 3, 0, 0x21, PROTOCOL_UDP, 28, false},
	{"an echo", 8, 0, 0x21, PROTOCOL_UDP, 48, false},
	{"a later fragment", 3, 1, 0x21, PROTOCOL_UDP, 48, false},
	{"TCP", 3, 0, 0x21, PROTOCOL_TCP, 48, false},
	{"no cookie", 3, 0, 0x22, PROTOCOL_UDP, 48, false},
};

static void quotes_are_counted(void **state)
{
	(void)state;
	const struct endpoint client = end("192.168.77.10:50000"), server = end("192.0.2.10:3478");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		b.at[4] = rows[i].cookie;
		packet_udp(&b, &client, &server);
		packet_ipv4(&b, &client.addr, &server.addr, rows[i].protocol);
		b.at[7] = (uint8_t)rows[i].fragment;
		b.length = rows[i].quoted;
		bytes_front(&b, unreachable, sizeof(unreachable));
		b.at[0] = rows[i].type;
		packet_ipv4(&b, &server.addr, &client.addr, PROTOCOL_ICMP);
		watch_frame(w, b.at, b.length);
		if (w->stats.stun_quoted != rows[i].counted || w->count || w->stats.invalid)
			fail_msg("%s", rows[i].name);
		watch_prefixes(LINK_RAW, b.at, b.length);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
