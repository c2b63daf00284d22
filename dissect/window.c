/* One direction's window; a handful of ranges, so that walking them all costs nothing. */
#include "dissect/window.h"

void window_start(struct window *w, uint32_t sequence)
{
	*w = (struct window){.base = sequence};
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Steps over n bytes of the segment, which are at the offset `at` as well. */
static enum window_repeat repeat_skip(
	const uint8_t *buffer, uint32_t at, struct segment *s, uint32_t n)
{
	const uint8_t *again = reader_take(&s->bytes, n);
	s->sequence += n;
	return again && memcmp(again, buffer + at, n) != 0 ? REPEAT_DIFFERS : REPEAT_SAME;
}

enum window_repeat window_trim(const struct window *w, const uint8_t *buffer, struct segment *s)
{
	enum window_repeat repeat = REPEAT_NONE;
	uint32_t left = (uint32_t)reader_left(&s->bytes);
	uint32_t behind = w->base - s->sequence; /* wraps as sequence numbers do */
	if ((int32_t)behind > 0 && left) {
		uint32_t old = least(behind, left);
		reader_skip(&s->bytes, old);
		s->sequence += old;
		left -= old;
		repeat = REPEAT_SAME; /* nobody can tell any more */
	}
	uint32_t offset = s->sequence - w->base;
	if (left && offset < w->have) {
		enum window_repeat same = repeat_skip(
			buffer, offset, s, least(w->have - offset, left));
		repeat = same > repeat ? same : repeat;
	}
	return repeat;
}

/* Copies the next n bytes of the segment to the offset `at`. */
static void bytes_put(uint8_t *buffer, uint32_t at, struct segment *s, uint32_t n)
{
	reader_copy(&s->bytes, buffer + at, n);
	s->sequence += n;
}

/* The segment's next bytes to [from, to), leaving those that are there as they are. */
static enum window_repeat window_fill(
	const struct window *w, uint8_t *buffer, struct segment *s, uint32_t from, uint32_t to)
{
	enum window_repeat repeat = REPEAT_NONE;
	for (uint32_t i = 0; i < w->ranges && from < to; i++) {
		const struct window_range *have = &w->range[i];
		if (have->to <= from || have->from >= to)
			continue;
		if (have->from > from) {
			bytes_put(buffer, from, s, have->from - from);
			from = have->from;
		}
		uint32_t resume = least(have->to, to);
		enum window_repeat same = repeat_skip(buffer, from, s, resume - from);
		repeat = same > repeat ? same : repeat;
		from = resume;
	}
	if (from < to)
		bytes_put(buffer, from, s, to - from);
	return repeat;
}

static void ranges_replace(
	struct window *w, uint32_t at, uint32_t count, const struct window_range *with)
{
	uint32_t place = with ? 1 : 0;
	memmove(&w->range[at + place], &w->range[at + count],
		(w->ranges - at - count) * sizeof(w->range[0]));
	if (with)
		w->range[at] = *with;
	w->ranges += place - count;
}

/* Ranges that the bytes in order have reached join them. */
static void window_join(struct window *w)
{
	while (w->ranges && w->range[0].from <= w->have) {
		if (w->range[0].to > w->have)
			w->have = w->range[0].to;
		ranges_replace(w, 0, 1, NULL);
	}
}

/* Puts [from, to), behind a hole, among the ranges. */
static bool range_put(struct window *w, uint8_t *buffer, struct segment *s, uint32_t from,
	uint32_t to, enum window_repeat *repeat)
{
	uint32_t at = 0, touched = 0;
	while (at < w->ranges && w->range[at].to < from)
		at++;
	while (at + touched < w->ranges && w->range[at + touched].from <= to)
		touched++;
	if (touched == 0 && w->ranges == WINDOW_RANGES)
		return false;
	*repeat = window_fill(w, buffer, s, from, to);
	struct window_range joined = {from, to};
	if (touched) {
		const struct window_range *last = &w->range[at + touched - 1];
		joined.from = least(w->range[at].from, from);
		joined.to = last->to > to ? last->to : to;
	}
	ranges_replace(w, at, touched, &joined);
	return true;
}

bool window_put(struct window *w, uint8_t *buffer, struct segment *s, enum window_repeat *repeat)
{
	uint32_t from = s->sequence - w->base;
	size_t left = reader_left(&s->bytes);
	if (from >= WINDOW_BYTES)
		return false;
	uint32_t room = WINDOW_BYTES - from;
	if (from == w->have) {
		uint32_t to = from + (left < room ? (uint32_t)left : room);
		*repeat = window_fill(w, buffer, s, from, to);
		w->have = to;
		window_join(w);
		return true;
	}
	return left <= room && range_put(w, buffer, s, from, from + (uint32_t)left, repeat);
}

void window_take(struct window *w, uint8_t *buffer, uint32_t n)
{
	uint32_t end = w->ranges ? w->range[w->ranges - 1].to : w->have;
	w->base += n;
	w->have -= n;
	if (n && end > n)
		memmove(buffer, buffer + n, end - n);
	for (uint32_t i = 0; i < w->ranges; i++) {
		w->range[i].from -= n;
		w->range[i].to -= n;
	}
}

void window_step(struct window *w, uint8_t *buffer)
{
	if (w->ranges)
		w->have = w->range[0].from; /* the hole counts as there, to be taken */
	window_take(w, buffer, w->have);
	window_join(w);
}
