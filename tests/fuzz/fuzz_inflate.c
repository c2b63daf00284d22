/* Compressed bodies and streams: the first byte is two codings, the second cuts the rest in two. */
#include "dissect/inflate.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inflate f = {0};
	struct reader in = reader_make(data, size, false), out;
	uint8_t both = reader_u8(&in);
	struct codings codings = {
		.count = 2, .coding = {(both & 15) % CODING_UNKNOWN, (both >> 4) % CODING_UNKNOWN}};
	size_t cut = reader_u8(&in), left = reader_left(&in);
	uint8_t room[512];
	struct inflated message = {.bytes = room, .room = sizeof(room)};
	struct inflater *stream = malloc(inflater_size());
	if (!stream || !inflate_init(&f))
		abort();
	if (inflate_body(&f, &codings, in, &out) && reader_left(&out) > left + INFLATE_BODY_MAX)
		abort();
	inflater_begin(stream);
	struct reader first = reader_sub(&in, cut < left ? cut : left);
	bool good = inflater_add(stream, first, &message) && inflater_add(stream, in, &message);
	if (message.length > sizeof(room) || (good && message.out > INFLATE_MESSAGE_MAX))
		abort();
	inflate_free(&f);
	free(stream);
	return 0;
}
