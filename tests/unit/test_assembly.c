/* Pieces of a handshake message: in any order and over each other, against one byte at a time. */
#include "dissect/assembly.h"
#include "tests/unit/support/random.h"
#include "tests/unit/support/unit.h"

#define ROUNDS    200
#define PIECES    40
#define PIECE_MAX 700

struct model {
	bool there[ASSEMBLY_BYTES];
	uint8_t bytes[ASSEMBLY_BYTES];
};

static struct assembly *assembly_make(void)
{
	struct assembly *one = calloc(1, sizeof(*one));
	assert_non_null(one);
	one->bytes = malloc(ASSEMBLY_BYTES);
	assert_non_null(one->bytes);
	return one;
}

static void assembly_unmake(struct assembly *one)
{
	free(one->bytes);
	free(one);
}

static void model_add(struct model *m, size_t at, const uint8_t *from, size_t length)
{
	for (size_t i = 0; i < length && at + i < ASSEMBLY_BYTES; i++) {
		if (!m->there[at + i])
			m->bytes[at + i] = from[i];
		m->there[at + i] = true;
	}
}

static void model_check(const struct model *m, const struct assembly *one)
{
	size_t have = 0;
	while (have < ASSEMBLY_BYTES && m->there[have])
		have++;
	assert_int_equal(one->have, have);
	assert_memory_equal(one->bytes, m->bytes, have);
}

/* In bytes of its own, so that it shows which of two pieces stands where both were sent. */
static void piece_add(struct assembly *one, struct model *m, size_t at, size_t length, uint8_t byte)
{
	uint8_t bytes[PIECE_MAX];
	memset(bytes, byte, sizeof(bytes));
	uint8_t *piece = heap_copy(bytes, length);
	assembly_add(one, at, reader_make(piece, length, false));
	model_add(m, at, piece, length);
	free(piece);
	model_check(m, one);
}

/* Small messages get whole; of large ones, the end is cut. */
static void pieces_lie_as_byte_by_byte(void **state)
{
	(void)state;
	struct random random = {1};
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct assembly *one = assembly_make();
		struct model *model = calloc(1, sizeof(*model));
		assert_non_null(model);
		uint32_t room = round % 2 ? 512 : ASSEMBLY_BYTES + 100;
		uint32_t longest = round % 4 < 2 ? 70 : PIECE_MAX;
		for (unsigned i = 0; i < PIECES; i++)
			piece_add(one, model, random_below(&random, room),
				random_below(&random, longest + 1), (uint8_t)(i + 1));
		free(model);
		assembly_unmake(one);
	}
}

/* The ends of runs of bits, where a shift by a whole word would be undefined. */
static void edges_are_met(void **state)
{
	(void)state;
	static const struct {
		uint64_t at;
		size_t length;
		uint32_t have;
	} rows[] = {
		{64, 64, 0},
		{ASSEMBLY_BYTES, 64, 0},
		{UINT64_MAX, 64, 0},
		{0, 0, 0},
		{0, 63, 63},
		{63, 1, 128},
		{128, ASSEMBLY_BYTES, ASSEMBLY_BYTES},
		{0, ASSEMBLY_BYTES, ASSEMBLY_BYTES},
	};
	static const uint8_t bytes[ASSEMBLY_BYTES];
	struct assembly *one = assembly_make();
	for (size_t i = 0; i < ROWS(rows); i++) {
		assembly_add(one, rows[i].at, reader_make(bytes, rows[i].length, false));
		assert_int_equal(one->have, rows[i].have);
	}
	assembly_unmake(one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_lie_as_byte_by_byte),
		cmocka_unit_test(edges_are_met),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
