/* Fragments that never become a packet: how long, how many and how large ones are waited for. */
#include "dissect/defrag.h"
#include "tests/unit/support/fragments.h"

static void patience_ends(void **state)
{
	(void)state;
	static const struct {
		uint64_t wait_ns;
		enum outcome outcome;
	} waits[] = {
		{0, FOUND},
		{DEFRAG_PATIENCE_NS, FOUND},
		{DEFRAG_PATIENCE_NS + 1, NOT_FOUND},
		{1000 * DEFRAG_PATIENCE_NS, NOT_FOUND},
	};
	for (size_t i = 0; i < ROWS(waits); i++) {
		struct watch *w = watch_new(LINK_RAW);
		fragment_send(w, false, PROTOCOL_UDP, &piece_first);
		w->next.time_ns += waits[i].wait_ns;
		fragment_send(w, false, PROTOCOL_UDP, &piece_last);
		assert_int_equal(outcome_of(w), waits[i].outcome);
		/* What came too late begins another packet, which lacks its start. */
		assert_int_equal(w->stats.defrag_unfinished, waits[i].outcome == FOUND ? 0 : 2);
		watch_free(w);
	}
}

/* Time runs from the first fragment on; what comes in between does not stretch it. */
static void trickling_does_not_help(void **state)
{
	(void)state;
	static const struct piece middle = {32, 64, MORE_FOLLOW, AS_IT_IS};
	static const struct piece tail = {64, 80, LAST, AS_IT_IS};
	struct watch *w = watch_new(LINK_RAW);
	fragment_send(w, true, PROTOCOL_UDP, &piece_first);
	w->next.time_ns += DEFRAG_PATIENCE_NS / 3 * 2;
	fragment_send(w, true, PROTOCOL_UDP, &middle);
	w->next.time_ns += DEFRAG_PATIENCE_NS / 3 * 2;
	fragment_send(w, true, PROTOCOL_UDP, &tail);
	assert_int_equal(outcome_of(w), NOT_FOUND);
	/* A clock that is set back loses nothing. */
	w->next.time_ns = WATCH_START_NS / 2;
	fragment_send(w, false, PROTOCOL_UDP, &piece_first);
	w->next.time_ns -= WATCH_START_NS / 4;
	fragment_send(w, false, PROTOCOL_UDP, &piece_last);
	assert_int_equal(outcome_of(w), FOUND);
	watch_free(w);
}

static void fragment_of_zeroes(
	struct watch *w, uint16_t id, size_t from, size_t size, enum last more)
{
	struct bytes b = {0};
	bytes_zero(&b, size);
	fragment_wrap(&b, false, PROTOCOL_UDP, (unsigned)from, more);
	b.at[V4_ID] = (uint8_t)(id >> 8);
	b.at[V4_ID + 1] = (uint8_t)id;
	watch_frame(w, b.at, b.length);
}

static void holes_are_limited(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < DEFRAG_RANGES; i++)
		fragment_of_zeroes(w, ID, 16 * i, 8, MORE_FOLLOW);
	assert_int_equal(w->stats.defrag_invalid, 0);
	/* One that closes a hole has room still. */
	fragment_of_zeroes(w, ID, 8, 8, MORE_FOLLOW);
	fragment_of_zeroes(w, ID, 1024, 8, MORE_FOLLOW);
	assert_int_equal(w->stats.defrag_invalid, 0);
	fragment_of_zeroes(w, ID, 2048, 8, MORE_FOLLOW);
	assert_int_equal(w->stats.defrag_invalid, 1);
	assert_int_equal(w->stats.defrag_unfinished, 0); /* it was given up, and is counted so */
	watch_free(w);
}

/* The one that waited longest makes way. */
static void packets_are_limited(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	for (uint16_t id = 0; id < DEFRAG_PACKETS; id++)
		fragment_of_zeroes(w, id, 0, 64, MORE_FOLLOW);
	assert_int_equal(w->stats.defrag_evicted, 0);
	fragment_of_zeroes(w, DEFRAG_PACKETS, 0, 64, MORE_FOLLOW);
	assert_int_equal(w->stats.defrag_evicted, 1);
	for (uint16_t id = 1; id <= DEFRAG_PACKETS; id++)
		fragment_of_zeroes(w, id, 64, 64, LAST);
	assert_int_equal(w->stats.defrag_done, DEFRAG_PACKETS);
	assert_int_equal(w->stats.defrag_evicted, 1);
	assert_int_equal(w->stats.defrag_unfinished, 1);
	fragment_of_zeroes(w, 0, 64, 64, LAST);
	assert_int_equal(w->stats.defrag_done, DEFRAG_PACKETS);
	assert_int_equal(w->stats.defrag_refused, 0);
	watch_free(w);
}

static void lengths_are_limited(void **state)
{
	(void)state;
	static const struct {
		size_t from, size;
		unsigned invalid;
	} ends_of[] = {
		{65528, 7, 0},
		{65528, 8, 1},
		{65528, 1480, 1},
		{64048, 1487, 0},
		{64048, 1488, 1},
	};
	for (size_t i = 0; i < ROWS(ends_of); i++) {
		struct watch *w = watch_new(LINK_RAW);
		fragment_of_zeroes(w, ID, ends_of[i].from, ends_of[i].size, LAST);
		assert_int_equal(w->stats.defrag_invalid, ends_of[i].invalid);
		watch_free(w);
	}
	struct watch *w = watch_new(LINK_RAW);
	for (size_t from = 0; from < 44 * 1480; from += 1480)
		fragment_of_zeroes(w, ID, from, 1480, MORE_FOLLOW);
	fragment_of_zeroes(w, ID, 44 * 1480, 65515 - 44 * 1480, LAST);
	assert_int_equal(w->stats.defrag_done, 1);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(trickling_does_not_help),
		cmocka_unit_test(holes_are_limited),
		cmocka_unit_test(packets_are_limited),
		cmocka_unit_test(lengths_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
