/*
 * Fragments put together: a row is a list of fragments of one packet, at multiples of 8 bytes, each
 * of one letter, and the packet that comes out, a letter for 8 bytes.
 */
#include "dissect/defrag.h"
#include "tests/unit/support/packet.h"

#define FRAGMENTS_MAX 8
#define SCRATCH       (2U * DEFRAG_BYTES)

struct piece {
	uint32_t at, size; /* in units of 8 bytes */
	char letter;
	bool last;
};

static const struct row {
	const char *name;
	struct piece piece[FRAGMENTS_MAX];
	const char *whole4, *whole6; /* NULL: none comes out */
} rows[] = {
	{"in order", {{0, 2, 'a', 0}, {2, 1, 'b', 0}, {3, 1, 'c', 1}}, "aabc", "aabc"},
	{"backwards", {{3, 1, 'c', 1}, {2, 1, 'b', 0}, {0, 2, 'a', 0}}, "aabc", "aabc"},
	{"a hole", {{0, 1, 'a', 0}, {2, 1, 'c', 1}}, NULL, NULL},
	{"no end", {{0, 1, 'a', 0}, {1, 1, 'b', 0}}, NULL, NULL},
	{"no start", {{1, 1, 'b', 0}, {2, 1, 'c', 1}}, NULL, NULL},
	{"one again", {{0, 2, 'a', 0}, {0, 2, 'a', 0}, {2, 1, 'c', 1}}, "aac", "aac"},
	{"the end again", {{2, 1, 'c', 1}, {2, 1, 'c', 1}, {0, 2, 'a', 0}}, "aac", "aac"},
	{"one again, other bytes", {{0, 2, 'a', 0}, {0, 2, 'X', 0}, {2, 1, 'c', 1}}, "aac", NULL},
	{"overlap behind", {{0, 2, 'a', 0}, {1, 2, 'b', 0}, {3, 1, 'c', 1}}, "aabc", NULL},
	{"overlap before", {{1, 2, 'b', 0}, {0, 2, 'a', 0}, {3, 1, 'c', 1}}, "abbc", NULL},
	{"swallowing", {{1, 1, 'b', 0}, {0, 3, 'a', 0}, {3, 1, 'c', 1}}, "abac", NULL},
	{"across a hole", {{0, 1, 'a', 0}, {2, 1, 'c', 0}, {0, 4, 'x', 1}}, "axcx", NULL},
	{"two ends", {{2, 1, 'c', 1}, {3, 1, 'd', 1}, {0, 2, 'a', 0}}, NULL, NULL},
	{"beyond the end", {{1, 1, 'b', 1}, {2, 1, 'c', 0}, {0, 1, 'a', 0}}, NULL, NULL},
	{"too large", {{0, 1, 'a', 0}, {8191, 2, 'b', 1}}, NULL, NULL},
};

/* One fragment; true when `whole` is complete by it. */
static bool piece_send(struct defrag *g, const struct packet *p, const struct piece *piece,
	struct arena *scratch, struct reader *whole)
{
	struct stats stats = {0};
	const struct fragment f = {.id = 7, .offset = piece->at * 8, .more = !piece->last};
	uint8_t *bytes = malloc(piece->size * 8);
	memset(bytes, piece->letter, piece->size * 8);
	*whole = reader_make(bytes, piece->size * 8, false);
	bool done = defrag_add(g, p, &f, whole, scratch, &stats);
	free(bytes);
	return done;
}

static void row_check(const struct row *row, enum addr_family family, const char *expected)
{
	struct defrag g;
	struct arena scratch;
	struct frame frame = {.time_ns = SECOND_NS};
	struct packet p = {.frame = &frame};
	p.src.addr.family = p.dst.addr.family = (uint8_t)family;
	assert_true(defrag_init(&g) && arena_init(&scratch, SCRATCH));
	char seen[16] = "";
	for (const struct piece *piece = row->piece; piece->size && !seen[0]; piece++) {
		struct reader whole;
		if (!piece_send(&g, &p, piece, &scratch, &whole))
			continue;
		for (size_t i = 0; reader_left(&whole) && i + 1 < sizeof(seen); i++) {
			seen[i] = (char)reader_u8(&whole);
			reader_skip(&whole, 7);
		}
	}
	if (strcmp(seen, expected ? expected : "") != 0)
		fail_msg("%s: \"%s\"", row->name, seen);
	assert_int_equal(g.buffers.count, g.table.count);
	arena_free(&scratch);
	defrag_free(&g);
}

static void fragments_become_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		row_check(&rows[i], ADDR_V4, rows[i].whole4);
		row_check(&rows[i], ADDR_V6, rows[i].whole6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_become_packets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
