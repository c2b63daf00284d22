/* Fragments of one packet: two bytes for the place of each, one for its length, then its bytes. */
#include "dissect/defrag.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct defrag g;
	struct arena scratch;
	struct stats stats = {0};
	struct frame frame = {.time_ns = 1};
	struct packet p = {.frame = &frame};
	struct reader r = reader_make(data, size, false);
	if (!defrag_init(&g) || !arena_init(&scratch, DEFRAG_BYTES))
		abort();
	p.src.addr.family = reader_u8(&r) & 1 ? ADDR_V6 : ADDR_V4;
	while (reader_left(&r)) {
		uint16_t place = reader_u16(&r);
		struct fragment f = {.offset = place & 0xfff8U, .more = place & 1};
		struct reader piece = reader_sub(&r, reader_u8(&r));
		arena_reset(&scratch);
		if (defrag_add(&g, &p, &f, &piece, &scratch, &stats) &&
			reader_left(&piece) > DEFRAG_LENGTH_MAX)
			abort();
	}
	defrag_free(&g);
	arena_free(&scratch);
	return 0;
}
