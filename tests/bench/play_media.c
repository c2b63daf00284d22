/*
 * Media and tunnels: packets that count themselves.
 */
#include "tests/bench/play.h"
#include "tests/bench/put.h"

#define RTCP_EVERY 40
#define AUDIO_STEP 960 /* of the clock: 20 ms at 48 kHz */

static uint32_t sized(const struct bulk_flow *f, uint32_t size)
{
	return size < f->segment ? size : f->segment;
}

static uint32_t ssrc(const struct bulk_flow *f, bool up)
{
	return (uint32_t)(f->seed >> (up ? 8 : 24)) | 1;
}

/* A sender report without blocks, and who it is from (RFC 3550, 6.4.1, 6.5). */
static void play_rtcp(struct bulk_flow *f, struct turn *t)
{
	uint8_t *at = put32(put32(t->payload, 0x80c80006U), ssrc(f, t->up));
	at = put_noise(put32(at, 0xecff0000U), &f->random, 4);
	at = put32(at, f->sequence[t->up] * AUDIO_STEP);
	at = put32(put32(at, f->sequence[t->up]), f->sequence[t->up] * 160);
	at = put32(put32(at, 0x81ca0003U), ssrc(f, t->up));
	at = put(at, "\x01\x04user\0\0", 8); /* CNAME, its end, padding */
	t->size = (uint32_t)(at - t->payload);
}

void play_rtp(struct bulk_flow *f, struct turn *t)
{
	uint32_t dice = random_below(&f->random, 100);
	t->up = dice % 2;
	if (f->sent % RTCP_EVERY == RTCP_EVERY - 1) {
		play_rtcp(f, t);
		return;
	}
	t->size = dice < 65 ? random_between(&f->random, 80, 180)
			    : random_between(&f->random, 700, 1180);
	t->size = sized(f, t->size);
	uint32_t sequence = (uint32_t)(f->seed >> 40 & 0x7fff) + f->sequence[t->up]++;
	uint8_t *at = put16(put16(t->payload, 0x8060 + (uint32_t)(f->seed % 16)), sequence);
	at = put32(put32(at, f->sequence[t->up] * AUDIO_STEP), ssrc(f, t->up));
	put_noise(at, &f->random, t->size - 12);
}

/* The handshake, with no cookie (the last 16 bytes), and data in blocks of 16 bytes. */
void play_wireguard(struct bulk_flow *f, struct turn *t)
{
	enum { INITIATION = 1, RESPONSE = 2, DATA = 4 };
	uint32_t up_index = (uint32_t)f->seed, down_index = (uint32_t)(f->seed >> 32);
	if (f->sent < 2) {
		t->up = !f->sent;
		uint8_t *at = put_little32(t->payload, t->up ? INITIATION : RESPONSE);
		at = put32(at, t->up ? up_index : down_index);
		if (!t->up)
			at = put32(at, up_index);
		at = put_zero(put_noise(at, &f->random, t->up ? 124 : 64), 16);
		t->size = (uint32_t)(at - t->payload);
		return;
	}
	t->up = f->sent == 2 || random_below(&f->random, 2);
	uint32_t size = random_below(&f->random, 2) ? 80 : sized(f, 1408);
	uint8_t *at = put32(put_little32(t->payload, DATA), t->up ? down_index : up_index);
	at = put_little32(put_little32(at, f->sequence[t->up]++), 0);
	at = put_noise(at, &f->random, size / 16 * 16 + 16);
	t->size = (uint32_t)(at - t->payload);
}
