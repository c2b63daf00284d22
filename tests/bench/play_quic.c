/*
 * QUIC version 1: Initials that open, Handshake packets and short headers that do not. The client
 * has no connection id, as with browsers; the server's is eight bytes.
 */
#include "tests/bench/hello.h"
#include "tests/bench/play.h"
#include "tests/bench/put.h"
#include "tests/bench/quic_initial.h"

#define DATAGRAM       1200
#define SERVER_INITIAL 180

struct ids {
	uint8_t original[QUIC_ID], server[QUIC_ID];
};

static struct ids ids_make(const struct bulk_flow *f)
{
	struct random r = {f->seed + 4};
	struct ids i = {0};
	put_noise(i.original, &r, QUIC_ID);
	put_noise(i.server, &r, QUIC_ID);
	return i;
}

static uint8_t *put_crypto(uint8_t *at, uint8_t *end)
{
	put16(put16(at, 0x0600), 0x4000U | (uint32_t)(end - at - 4));
	return end;
}

static void play_client_initial(struct bulk_flow *f, struct turn *t)
{
	uint8_t frames[HELLO_MAX];
	struct ids i = ids_make(f);
	uint8_t *end = put_crypto(frames, hello_client(frames + 4, f->seed, HELLO_QUIC));
	struct quic_initial q = {.original = i.original,
		.destination = i.original,
		.client = true,
		.frames = frames,
		.frames_size = (uint32_t)(end - frames),
		.size = DATAGRAM};
	t->up = true;
	t->size = quic_initial_write(t->payload, &q) ? DATAGRAM : 0;
}

/* Type 2, Handshake; the client's goes to the server's id. */
static uint8_t *put_handshake(
	uint8_t *at, struct random *r, const uint8_t *to, const uint8_t *from, uint32_t size)
{
	uint8_t *start = at;
	at = put32(put8(at, 0xe0 | random_below(r, 16)), 1);
	at = to ? put(put8(at, QUIC_ID), to, QUIC_ID) : put8(at, 0);
	at = from ? put(put8(at, QUIC_ID), from, QUIC_ID) : put8(at, 0);
	uint32_t rest = size - (uint32_t)(at - start) - 2;
	return put_noise(put16(at, 0x4000U | rest), r, rest);
}

/* An acknowledgement of packet 0 and the hello, then a Handshake packet up to the end. */
static void play_server_initial(struct bulk_flow *f, struct turn *t)
{
	uint8_t frames[HELLO_MAX];
	struct ids i = ids_make(f);
	uint8_t *at = put(frames, "\x02\0\0\0\0", 5);
	uint8_t *end = put_crypto(at, hello_server(at + 4, f->seed, HELLO_QUIC));
	struct quic_initial q = {.original = i.original,
		.source = i.server,
		.frames = frames,
		.frames_size = (uint32_t)(end - frames),
		.size = SERVER_INITIAL};
	if (!quic_initial_write(t->payload, &q))
		return;
	put_handshake(
		t->payload + SERVER_INITIAL, &f->random, NULL, i.server, DATAGRAM - SERVER_INITIAL);
	t->size = DATAGRAM;
}

static void play_short(struct bulk_flow *f, struct turn *t)
{
	uint32_t dice = random_below(&f->random, 100);
	t->up = dice >= 24 && dice < 70;
	t->size = dice < 24 ? 1252 : random_between(&f->random, 28, t->up ? 60 : 300);
	if (t->size > f->segment)
		t->size = f->segment;
	struct ids i = ids_make(f);
	uint8_t *at = put8(t->payload, 0x40 | random_below(&f->random, 64));
	if (t->up)
		at = put(at, i.server, QUIC_ID);
	put_noise(at, &f->random, t->size - (uint32_t)(at - t->payload));
}

void play_quic(struct bulk_flow *f, struct turn *t)
{
	struct ids i = ids_make(f);
	if (f->sent == 0) {
		play_client_initial(f, t);
	} else if (f->sent == 1) {
		play_server_initial(f, t);
	} else if (f->sent == 2) {
		t->up = true;
		t->size = 90;
		put_handshake(t->payload, &f->random, i.server, NULL, t->size);
	} else {
		play_short(f, t);
	}
}
