/*
 * What shares first bytes with tunnels and is none: STUN, RTP, ChannelData, DTLS, QUIC, counters of
 * games, random bytes; as datagrams of one flow and as the start of streams. A single packet of a
 * weak shape never is a tunnel either.
 */
#include "tests/unit/support/random.h"
#include "tests/unit/support/talk.h"

#define CLIENT  "192.168.77.10:50000"
#define SERVER  "192.0.2.10:4500" /* the port that hints at ESP */
#define PACKETS 64

/* The datagram number `i` of a protocol. */
typedef void (*datagram)(struct bytes *b, uint32_t i, struct random *random);

static void noise(struct bytes *b, size_t length, struct random *random)
{
	while (length--)
		bytes_u8(b, random_below(random, 256));
}

static void stun(struct bytes *b, uint32_t i, struct random *random)
{
	(void)i;
	bytes_u16(b, 1);  /* Binding request */
	bytes_u16(b, 80); /* length */
	bytes_u32(b, 0x2112a442);
	noise(b, 12, random); /* transaction */
	bytes_u16(b, 0x8022); /* SOFTWARE */
	bytes_u16(b, 76);
	noise(b, 76, random);
}

static void rtp(struct bytes *b, uint32_t i, struct random *random)
{
	bytes_u16(b, 0x806f);
	bytes_u16(b, i & 0xffff); /* sequence */
	bytes_u32(b, i * 960);    /* timestamp */
	bytes_u32(b, 0x12345678); /* SSRC */
	noise(b, 160, random);
}

/* Timestamps that count by one behind words that stand still: a video's of a slow clock. */
static void rtp_still(struct bytes *b, uint32_t i, struct random *random)
{
	bytes_u32(b, 0x80600000 + i);
	bytes_u32(b, i);
	noise(b, 168, random);
}

static void channel_data(struct bytes *b, uint32_t i, struct random *random)
{
	bytes_u16(b, 0x4000 + (i & 1) * 0x800); /* 0x4800 is OpenVPN's first byte */
	bytes_u16(b, 160);
	noise(b, 160, random);
}

static void dtls(struct bytes *b, uint32_t i, struct random *random)
{
	bytes_u8(b, 23);      /* application data */
	bytes_u16(b, 0xfefd); /* version */
	bytes_u16(b, 1);      /* epoch */
	bytes_u16(b, 0);
	bytes_u32(b, i); /* sequence */
	bytes_u16(b, 120);
	noise(b, 120, random);
}

/* DTLS 1.3's unified header: 0x2e and 0x2f, as OpenVPN's acknowledgments. */
static void dtls13(struct bytes *b, uint32_t i, struct random *random)
{
	bytes_u8(b, 0x2e + (i & 1));
	noise(b, 121, random);
}

static void quic_short(struct bytes *b, uint32_t i, struct random *random)
{
	(void)i;
	bytes_u8(b, 0x40 | random_below(random, 64));
	bytes_u32(b, 0x00112233); /* connection id */
	bytes_u32(b, 0x44556677);
	noise(b, 991, random);
}

/* A game: a fixed word, then a counter; its length is no multiple of four. */
static void game(struct bytes *b, uint32_t i, struct random *random)
{
	bytes_u32(b, 0x04000000);
	bytes_u32(b, 0x00c0ffee);
	bytes_u32(b, i << 24);
	noise(b, 57, random);
}

static void random_bytes(struct bytes *b, uint32_t i, struct random *random)
{
	(void)i;
	noise(b, random_below(random, 1400), random);
}

/* The same, of lengths and first bytes that tunnels have. */
static void random_tunnels(struct bytes *b, uint32_t i, struct random *random)
{
	static const uint16_t lengths[] = {1, 14, 26, 32, 42, 54, 64, 66, 92, 96, 148, 156, 353};
	static const uint8_t firsts[] = {0, 1, 2, 3, 4, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0xc8};
	bytes_u8(b, firsts[i % ROWS(firsts)]);
	noise(b, lengths[i % ROWS(lengths)] - 1U, random);
}

static const struct lookalike {
	const char *name;
	datagram make;
} lookalikes[] = {
	{"STUN", stun},
	{"RTP", rtp},
	{"RTP, counting slowly", rtp_still},
	{"ChannelData", channel_data},
	{"DTLS 1.2", dtls},
	{"DTLS 1.3", dtls13},
	{"QUIC", quic_short},
	{"a game", game},
	{"random bytes", random_bytes},
	{"random bytes of tunnels' lengths", random_tunnels},
};

static void datagrams(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lookalikes); i++) {
		struct random random = {i + 1};
		struct talk *t = talk_new(CLIENT, SERVER);
		for (uint32_t n = 1; n <= PACKETS; n++) {
			struct bytes b = {0};
			lookalikes[i].make(&b, n, &random);
			talk_udp(t, n % 3 ? FROM_CLIENT : FROM_SERVER, &b);
			if (talk_heard(t)[0])
				fail_msg("%s is %s", lookalikes[i].name, t->text);
		}
		talk_free(t);
	}
}

static void streams(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lookalikes); i++) {
		struct random random = {i + 1};
		for (uint32_t n = 1; n <= PACKETS; n++) {
			struct talk *t = talk_new(CLIENT, SERVER);
			struct bytes b = {0};
			lookalikes[i].make(&b, n, &random);
			talk_tcp(t, FROM_CLIENT, b.at, b.length);
			talk_tcp(t, FROM_SERVER, b.at, b.length);
			if (talk_heard(t)[0])
				fail_msg("a stream of %s is %s", lookalikes[i].name, t->text);
			talk_free(t);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams),
		cmocka_unit_test(streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
