/*
 * IP reassembly against a model: fragments of a few packets, with any offsets and lengths. In IPv4
 * the first byte to come for a place wins; a packet comes out whole or not at all.
 */
#include "dissect/defrag.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define IDS     4
#define PLACES  8192
#define BATCHES 64
#define SCRATCH (4U * DEFRAG_BYTES)

static void expect(bool good)
{
	if (!good)
		abort();
}

/* A byte tells its packet, its place, and one of two senders. */
static uint8_t byte_at(uint32_t id, uint32_t place, uint8_t sender)
{
	return (uint8_t)((((id + 1) * 40503U + place) * 2654435761U >> 25) | (sender ? 0x80 : 0));
}

static void whole_check(struct reader r, uint32_t id)
{
	expect(reader_left(&r) <= DEFRAG_BYTES);
	for (uint32_t place = 0; reader_left(&r); place++)
		expect((reader_u8(&r) & 0x7f) == byte_at(id, place, 0));
}

static void fragment_send(
	struct defrag *g, struct reader *in, struct arena *scratch, struct stats *stats)
{
	uint8_t what = reader_u8(in);
	struct frame frame = {.time_ns = 1 + (uint64_t)reader_u8(in) * DEFRAG_PATIENCE_NS / 64};
	struct packet p = {.frame = &frame};
	p.src.addr.family = p.dst.addr.family = what & 1 ? ADDR_V6 : ADDR_V4;
	struct fragment f = {.id = what >> 1 & (IDS - 1), .more = what & 8};
	f.offset = (uint32_t)(reader_u16(in) % PLACES) * 8;
	uint32_t length = reader_u16(in) % (what & 16 ? 64U : 40000U);
	uint8_t *bytes = malloc(length);
	for (uint32_t i = 0; i < length; i++)
		bytes[i] = byte_at(f.id, f.offset + i, what & 32);
	struct reader r = reader_make(bytes, length, (what & 0xc0) == 0xc0);
	if (defrag_add(g, &p, &f, &r, scratch, stats))
		whole_check(r, f.id);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader in = reader_make(data, size, false);
	struct stats stats = {0};
	struct defrag g;
	struct arena scratch;
	expect(defrag_init(&g) && arena_init(&scratch, SCRATCH));
	for (unsigned i = 0; i < BATCHES * 32 && reader_left(&in); i++) {
		if (i % 32 == 0)
			arena_reset(&scratch);
		fragment_send(&g, &in, &scratch, &stats);
	}
	expect(g.buffers.count == g.table.count);
	arena_free(&scratch);
	defrag_free(&g);
	return 0;
}
