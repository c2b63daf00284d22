/*
 * Fragments put together, the ways hosts and attackers send them. Rows are run in IPv4 and in IPv6.
 */
#include "tests/unit/support/fragments.h"

#define PIECES_MAX 8

struct expectation {
	enum outcome outcome;
	unsigned overlap, invalid;
};

static const struct row {
	const char *name;
	struct piece pieces[PIECES_MAX];
	struct expectation v4, v6;
} rows[] = {
	{"in order", {{0, 32, 1, 0}, {32, 64, 1, 0}, {64, 80, 0, 0}}, {FOUND, 0, 0}, {FOUND, 0, 0}},
	{"reversed", {{64, 80, 0, 0}, {32, 64, 1, 0}, {0, 32, 1, 0}}, {FOUND, 0, 0}, {FOUND, 0, 0}},
	{"the middle last", {{0, 32, 1, 0}, {64, 80, 0, 0}, {32, 64, 1, 0}}, {FOUND, 0, 0},
		{FOUND, 0, 0}},
	{"every other one",
		{{0, 8, 1, 0}, {16, 24, 1, 0}, {72, 80, 0, 0}, {8, 16, 1, 0}, {24, 72, 1, 0}},
		{FOUND, 0, 0}, {FOUND, 0, 0}},
	{"one repeated", {{0, 32, 1, 0}, {0, 32, 1, 0}, {32, 80, 0, 0}}, {FOUND, 0, 0},
		{FOUND, 0, 0}},
	{"all but the last repeated",
		{{0, 32, 1, 0}, {0, 32, 1, 0}, {32, 64, 1, 0}, {32, 64, 1, 0}, {64, 80, 0, 0}},
		{FOUND, 0, 0}, {FOUND, 0, 0}},
	{"the last repeated", {{64, 80, 0, 0}, {64, 80, 0, 0}, {0, 64, 1, 0}}, {FOUND, 0, 0},
		{FOUND, 0, 0}},
	{"a part of one repeated", {{0, 40, 1, 0}, {16, 24, 1, 0}, {40, 80, 0, 0}}, {FOUND, 0, 0},
		{FOUND, 0, 0}},
	{"overlapping, the same bytes", {{0, 40, 1, 0}, {32, 80, 0, 0}}, {FOUND, 1, 0},
		{NOT_FOUND, 1, 1}},
	{"the later start differs", {{0, 40, 1, 0}, {32, 80, 0, START}}, {FOUND, 1, 0},
		{NOT_FOUND, 1, 1}},
	{"the later end differs", {{32, 80, 0, 0}, {0, 40, 1, END}}, {FOUND, 1, 0},
		{NOT_FOUND, 1, 1}},
	{"the earlier end differs", {{0, 40, 1, END}, {32, 80, 0, 0}}, {FOUND_GARBLED, 1, 0},
		{NOT_FOUND, 1, 1}},
	{"the earlier start differs", {{32, 80, 0, START}, {0, 40, 1, 0}}, {FOUND_GARBLED, 1, 0},
		{NOT_FOUND, 1, 1}},
	{"one within another differs", {{0, 64, 1, 0}, {32, 40, 1, START}, {64, 80, 0, 0}},
		{FOUND, 1, 0}, {NOT_FOUND, 1, 1}},
	{"one around another differs", {{32, 40, 1, 0}, {0, 40, 1, END}, {40, 80, 0, 0}},
		{FOUND, 1, 0}, {NOT_FOUND, 1, 1}},
	{"one over two holes", {{16, 24, 1, 0}, {48, 56, 1, 0}, {0, 72, 1, 0}, {72, 80, 0, 0}},
		{FOUND, 1, 0}, {NOT_FOUND, 1, 1}},
	{"one over a hole and two ends", {{0, 24, 1, 0}, {56, 80, 0, 0}, {16, 64, 1, 0}},
		{FOUND, 1, 0}, {NOT_FOUND, 1, 1}},
	{"teardrop: ends within the first", {{0, 40, 1, 0}, {24, 28, 0, 0}}, {NOT_FOUND, 0, 1},
		{NOT_FOUND, 0, 1}},
	{"the last is missing", {{0, 32, 1, 0}, {32, 64, 1, 0}}, {NOT_FOUND, 0, 0},
		{NOT_FOUND, 0, 0}},
	{"the first is missing", {{32, 64, 1, 0}, {64, 80, 0, 0}}, {NOT_FOUND, 0, 0},
		{NOT_FOUND, 0, 0}},
	{"the middle is missing", {{0, 32, 1, 0}, {64, 80, 0, 0}}, {NOT_FOUND, 0, 0},
		{NOT_FOUND, 0, 0}},
	{"two ends, the later first", {{64, 80, 0, 0}, {64, 72, 0, 0}, {0, 64, 1, 0}},
		{NOT_FOUND, 0, 1}, {NOT_FOUND, 0, 1}},
	{"two ends, the earlier first", {{64, 72, 0, 0}, {64, 80, 0, 0}, {0, 64, 1, 0}},
		{NOT_FOUND, 0, 1}, {NOT_FOUND, 0, 1}},
	{"more behind the end", {{56, 64, 0, 0}, {64, 72, 1, 0}, {0, 56, 1, 0}}, {NOT_FOUND, 0, 1},
		{NOT_FOUND, 0, 1}},
	{"an end before what is there", {{64, 72, 1, 0}, {56, 64, 0, 0}, {0, 56, 1, 0}},
		{NOT_FOUND, 0, 1}, {NOT_FOUND, 0, 1}},
	{"an empty one in the middle", {{0, 32, 1, 0}, {32, 32, 1, 0}, {32, 80, 0, 0}},
		{FOUND, 0, 1}, {FOUND, 0, 1}},
	{"an empty one as the end", {{0, 80, 1, 0}, {80, 80, 0, 0}}, {NOT_FOUND, 0, 1},
		{NOT_FOUND, 0, 1}},
	{"a torn one", {{0, 31, 1, 0}, {0, 32, 1, 0}, {32, 80, 0, 0}}, {FOUND, 0, 1},
		{FOUND, 0, 1}},
};

static void row_check(const struct row *row, bool v6)
{
	const struct expectation *e = v6 ? &row->v6 : &row->v4;
	struct watch *w = watch_new(LINK_RAW);
	for (int i = 0; i < PIECES_MAX && row->pieces[i].to; i++)
		fragment_send(w, v6, PROTOCOL_UDP, &row->pieces[i]);
	enum outcome outcome = outcome_of(w);
	if (outcome != e->outcome || w->stats.defrag_overlap != e->overlap ||
		w->stats.defrag_invalid != e->invalid ||
		w->stats.defrag_done != (e->outcome != NOT_FOUND))
		fail_msg("%s, IPv%d: outcome %u, overlap %u, invalid %u, done %u", row->name,
			v6 ? 6 : 4, outcome, (unsigned)w->stats.defrag_overlap,
			(unsigned)w->stats.defrag_invalid, (unsigned)w->stats.defrag_done);
	assert_int_equal(w->stats.invalid, 0);
	watch_free(w);
}

static void orders_and_overlaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		row_check(&rows[i], false);
		row_check(&rows[i], true);
	}
}

/* In IPv4 the protocol tells packets apart, too; in IPv6 the fragment at the start says it. */
static void protocols(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	fragment_send(w, false, PROTOCOL_UDP, &piece_first);
	fragment_send(w, false, PROTOCOL_TCP, &piece_last);
	assert_int_equal(outcome_of(w), NOT_FOUND);
	fragment_send(w, false, PROTOCOL_UDP, &piece_last);
	assert_int_equal(outcome_of(w), FOUND);
	watch_forget(w);
	fragment_send(w, true, PROTOCOL_UDP, &piece_first);
	fragment_send(w, true, PROTOCOL_TCP, &piece_last);
	assert_int_equal(outcome_of(w), FOUND);
	assert_int_equal(watch_seen(w, OBS_STUN_MESSAGE, 0)->head.protocol, PROTOCOL_UDP);
	watch_forget(w);
	fragment_send(w, true, PROTOCOL_TCP, &piece_last);
	fragment_send(w, true, PROTOCOL_UDP, &piece_first);
	assert_int_equal(outcome_of(w), FOUND);
	watch_free(w);
}

/* Each interface sees its own copy of a packet that is forwarded. */
static void interfaces_are_apart(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct piece *pieces[] = {&piece_first, &piece_last};
	for (size_t i = 0; i < ROWS(pieces); i++) {
		for (uint16_t interface = 0; interface < 2; interface++) {
			w->next.interface = interface;
			fragment_send(w, false, PROTOCOL_UDP, pieces[i]);
		}
	}
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 2);
	assert_int_equal(watch_seen(w, OBS_STUN_MESSAGE, 0)->head.interface, 0);
	assert_int_equal(watch_seen(w, OBS_STUN_MESSAGE, 1)->head.interface, 1);
	watch_free(w);
}

/* Behind the fragment header the chain goes on in the whole packet: here destination options that
 * the first fragment cuts in two. */
static void extensions_behind_the_fragment(void **state)
{
	(void)state;
	const uint8_t options[16] = {PROTOCOL_UDP, 1, 1, 12};
	struct watch *w = watch_new(LINK_RAW);
	struct bytes whole = {0};
	packet_whole(&whole, true);
	bytes_front(&whole, options, sizeof(options));
	for (size_t from = 0; from < whole.length; from += 8) {
		struct bytes b = {0};
		bytes_put(&b, whole.at + from, 8);
		fragment_wrap(&b, true, 60, (unsigned)from, from + 8 < whole.length);
		watch_prefixes(LINK_RAW, b.at, b.length);
		watch_frame(w, b.at, b.length);
	}
	assert_int_equal(outcome_of(w), FOUND);
	assert_int_equal(w->stats.fragments, 12);
	watch_free(w);
}

/* A packet in one fragment has nothing to do with others of its id (RFC 6946). */
static void atomic_fragments(void **state)
{
	(void)state;
	static const struct piece whole = {0, WHOLE, LAST, AS_IT_IS};
	struct watch *w = watch_new(LINK_RAW);
	fragment_send(w, true, PROTOCOL_UDP, &piece_first);
	fragment_send(w, true, PROTOCOL_UDP, &whole);
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 1);
	fragment_send(w, true, PROTOCOL_UDP, &piece_last);
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 2);
	assert_int_equal(w->stats.defrag_overlap + w->stats.defrag_invalid, 0);
	assert_int_equal(w->stats.fragments, 2);
	watch_free(w);
}

/* What the snap length cut is no fragment, and spoils nothing. */
static void cut_fragments(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b = {0};
	bytes_zero(&b, 48);
	fragment_wrap(&b, false, PROTOCOL_UDP, 32, LAST);
	fragment_send(w, false, PROTOCOL_UDP, &piece_first);
	watch_cut(w, b.at, b.length - 8, 8);
	fragment_send(w, false, PROTOCOL_UDP, &piece_last);
	assert_int_equal(outcome_of(w), FOUND);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_and_overlaps),
		cmocka_unit_test(protocols),
		cmocka_unit_test(interfaces_are_apart),
		cmocka_unit_test(extensions_behind_the_fragment),
		cmocka_unit_test(atomic_fragments),
		cmocka_unit_test(cut_fragments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
