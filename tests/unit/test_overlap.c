/*
 * Ptacek and Newsham's cases, all of them: wherever fragments of a packet or segments of a stream
 * lie to one another, in every order, what is read is what the policy says (defrag.h, window.h) and
 * no mixture that depends on the shape of the overlap. Hosts differ in what they make of these;
 * ours is that the first bytes to come win, and that in IPv6 the packet is lost (RFC 5722).
 */
#include "dissect/window.h"
#include "tests/unit/support/fragments.h"

#define UNIT       8 /* bytes that a fragment's offset counts */
#define UNIT_FIRST 4 /* the text starts here ... */
#define UNIT_LAST  9 /* ... and this unit of it comes last */
#define FLIP       0x20

/* From `from` to `to` of the packet, every byte flipped or none. */
static void units_send(struct watch *w, bool v6, unsigned from, unsigned to, bool flipped)
{
	struct bytes whole = {0}, b = {0};
	packet_whole(&whole, v6);
	bytes_put(&b, whole.at + from * UNIT, (to - from) * UNIT);
	for (size_t i = 0; flipped && i < b.length; i++)
		b.at[i] ^= FLIP;
	fragment_wrap(&b, v6, PROTOCOL_UDP, from * UNIT, to * UNIT < WHOLE);
	watch_frame(w, b.at, b.length);
}

struct range {
	unsigned from, to;
};

static bool range_has(const struct range *r, unsigned at)
{
	return at >= r->from && at < r->to;
}

static void text_expect(const struct watch *w, const struct range *as_is,
	const struct range *flipped, bool as_is_first)
{
	const struct observation *o = watch_seen(w, OBS_STUN_ATTRIBUTE, 0);
	assert_non_null(o);
	for (unsigned i = 0; i < TEXT_SIZE; i++) {
		unsigned unit = UNIT_FIRST + i / UNIT;
		bool flip = range_has(flipped, unit) && !(as_is_first && range_has(as_is, unit));
		if (o->stun_attribute.text.bytes[i] != (TEXT[i] ^ (flip ? FLIP : 0)))
			fail_msg("%u-%u as it is %s, %u-%u not: byte %u", as_is->from, as_is->to,
				as_is_first ? "first" : "second", flipped->from, flipped->to, i);
	}
}

static void fragments_check(
	const struct range *as_is, const struct range *flipped, bool as_is_first, bool v6)
{
	struct watch *w = watch_new(LINK_RAW);
	const struct range *order[2] = {
		as_is_first ? as_is : flipped, as_is_first ? flipped : as_is};
	bool overlap = as_is->from < flipped->to && flipped->from < as_is->to;
	units_send(w, v6, 0, UNIT_FIRST, false);
	for (int i = 0; i < 2; i++)
		units_send(w, v6, order[i]->from, order[i]->to, order[i] == flipped);
	for (unsigned unit = UNIT_FIRST; unit < UNIT_LAST; unit++) {
		if (!range_has(as_is, unit) && !range_has(flipped, unit))
			units_send(w, v6, unit, unit + 1, false);
	}
	units_send(w, v6, UNIT_LAST, UNIT_LAST + 1, false);
	assert_int_equal(w->stats.defrag_overlap, overlap);
	assert_int_equal(w->stats.defrag_done, !overlap || !v6);
	if (!overlap || !v6)
		text_expect(w, as_is, flipped, as_is_first);
	else
		assert_int_equal(w->count, 0);
	watch_free(w);
}

/* The next range up to `last`, as if counting, from an empty one at the first place; false behind
 * the last. */
static bool range_next(struct range *r, unsigned last)
{
	if (r->to < last) {
		r->to++;
		return true;
	}
	r->from++;
	r->to = r->from + 1;
	return r->to <= last;
}

static void fragments_in_every_shape(void **state)
{
	(void)state;
	unsigned pairs = 0;
	struct range a = {UNIT_FIRST, UNIT_FIRST};
	while (range_next(&a, UNIT_LAST)) {
		struct range b = {UNIT_FIRST, UNIT_FIRST};
		for (; range_next(&b, UNIT_LAST); pairs++) {
			for (int i = 0; i < 4; i++)
				fragments_check(&a, &b, i & 1, i & 2);
		}
	}
	assert_int_equal(pairs, 15 * 15);
}

#define SPAN     6 /* bytes of a stream that segments lie in */
#define SEGMENTS 3

static void segments_check(const struct range range[SEGMENTS], uint32_t base)
{
	uint8_t buffer[WINDOW_BYTES], expected[SPAN] = {0};
	struct window w;
	uint32_t have = 0;
	window_start(&w, base);
	for (unsigned i = 0; i < SEGMENTS; i++) {
		uint8_t mark[SPAN];
		size_t length = range[i].to - range[i].from;
		memset(mark, (int)('a' + i), sizeof(mark));
		uint8_t *exact = heap_copy(mark, length);
		struct segment s = {base + range[i].from, reader_make(exact, length, false)};
		enum window_repeat repeat = window_trim(&w, buffer, &s);
		if (reader_left(&s.bytes))
			assert_true(window_put(&w, buffer, &s, &repeat));
		free(exact);
		for (unsigned at = range[i].from; at < range[i].to; at++)
			expected[at] = expected[at] ? expected[at] : mark[0];
	}
	while (have < SPAN && expected[have])
		have++;
	if (w.have != have || memcmp(buffer, expected, have) != 0)
		fail_msg("%u-%u, %u-%u, %u-%u: %u bytes \"%.*s\", not %u \"%.*s\"", range[0].from,
			range[0].to, range[1].from, range[1].to, range[2].from, range[2].to, w.have,
			(int)w.have, (const char *)buffer, have, (int)have, (const char *)expected);
}

static void segments_in_every_shape(void **state)
{
	(void)state;
	static const uint32_t bases[] = {1000, UINT32_MAX - 2, 0x7ffffffd};
	unsigned triples = 0;
	struct range r[SEGMENTS] = {0};
	while (range_next(&r[0], SPAN)) {
		r[1] = (struct range){0};
		while (range_next(&r[1], SPAN)) {
			r[2] = (struct range){0};
			for (; range_next(&r[2], SPAN); triples++)
				segments_check(r, bases[triples % ROWS(bases)]);
		}
	}
	assert_int_equal(triples, 21 * 21 * 21);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_in_every_shape),
		cmocka_unit_test(segments_in_every_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
