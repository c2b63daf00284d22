/*
 * A dissect/ with somebody who looks: frames go in one at a time, the observations that come out
 * are kept. watch_prefixes is the test that every packet vector must stand: each shorter piece of
 * it, once as a capture that the snap length cut and once as a frame that really ended there.
 *
 * Under ASan a shadow goes along: a second dissect/ that is shown, before each frame, all shorter
 * pieces of it, so that no vector of any test goes without, and in the states that tests reach.
 * Nothing is expected of it but that it reads no byte too far.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_WATCH_H
#define SEEP_TESTS_UNIT_SUPPORT_WATCH_H

#include "core/frame.h"
#include "core/link_type.h"
#include "core/observation.h"
#include "core/stats.h"
#include "dissect/dissect.h"
#include "tests/unit/support/bytes.h"

#define WATCH_SEEN_MAX     512
#define WATCH_FLOWS        64
#define WATCH_TRANSACTIONS 16
#define WATCH_START_NS     (1000 * SECOND_NS)

#ifdef __SANITIZE_ADDRESS__
#define WATCH_SHADOWED 16 /* frames; tests that send thousands send the same */
#else
#define WATCH_SHADOWED 0
#endif

struct watch {
	struct dissect *dissect;
	struct interest interest;
	struct stats stats;
	struct frame next; /* what the next frame is like, apart from its bytes */
	struct dissect *shadow;
	struct stats shadow_stats;
	uint32_t shadow_left; /* frames that it is still to be shown */
	uint32_t count;       /* observations since the last watch_forget */
	struct observation seen[WATCH_SEEN_MAX];
};

static inline void watch_note(void *sink, const struct observation *o)
{
	struct watch *w = sink;
	assert_true(o->head.kind < OBS_KINDS);
	assert_true(w->count < WATCH_SEEN_MAX);
	w->seen[w->count++] = *o;
}

static inline void watch_ignore(void *sink, const struct observation *o)
{
	(void)sink;
	assert_true(o->head.kind < OBS_KINDS);
}

static inline void watch_forget(struct watch *w)
{
	w->count = 0;
}

/* Looks at frames of this link type, for these kinds of observation. */
static inline struct watch *watch_open(
	uint16_t link_type, uint32_t observations, const struct dissect_options *options)
{
	struct watch *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->interest.observations = observations;
	w->next = (struct frame){.time_ns = WATCH_START_NS, .link_type = link_type};
	w->dissect = dissect_new(options, &w->interest, &w->stats, watch_note, w);
	assert_non_null(w->dissect);
	w->shadow_left = WATCH_SHADOWED;
	if (WATCH_SHADOWED)
		w->shadow = dissect_new(
			options, &w->interest, &w->shadow_stats, watch_ignore, NULL);
	return w;
}

/* For every kind but OBS_LINK, without nDPI. */
static inline struct watch *watch_new(uint16_t link_type)
{
	const struct dissect_options options = {
		.flows = WATCH_FLOWS, .transactions = WATCH_TRANSACTIONS};
	return watch_open(link_type, ~INTEREST_IN(OBS_LINK), &options);
}

static inline void watch_free(struct watch *w)
{
	dissect_free(w->dissect);
	dissect_free(w->shadow);
	free(w);
}

/* The first `length` bytes of a frame, in a block of exactly this size. */
static inline void watch_show(
	struct dissect *d, const struct frame *like, const void *bytes, size_t length, size_t wire)
{
	uint8_t *copy = heap_copy(bytes, length);
	struct batch batch = {.count = 1};
	batch.frames[0] = *like;
	batch.frames[0].bytes = copy;
	batch.frames[0].captured = (uint32_t)length;
	batch.frames[0].wire = (uint32_t)wire;
	dissect_batch(d, &batch);
	free(copy);
}

static inline void watch_shadow(struct watch *w, const void *bytes, size_t length, size_t wire)
{
	if (!w->shadow_left)
		return;
	w->shadow_left--;
	for (size_t n = 0; n < length; n++) {
		watch_show(w->shadow, &w->next, bytes, n, wire);
		watch_show(w->shadow, &w->next, bytes, n, n);
	}
	watch_show(w->shadow, &w->next, bytes, length, wire);
}

/* One frame. `missing` bytes were on the wire and not captured. */
static inline void watch_cut(struct watch *w, const void *bytes, size_t length, size_t missing)
{
	w->next.number++;
	w->next.captured = (uint32_t)length;
	w->next.wire = (uint32_t)(length + missing);
	watch_shadow(w, bytes, length, length + missing);
	watch_show(w->dissect, &w->next, bytes, length, length + missing);
}

static inline void watch_frame(struct watch *w, const void *bytes, size_t length)
{
	watch_cut(w, bytes, length, 0);
}

/* The n-th observation of this kind since the last watch_forget, or NULL. */
static inline const struct observation *watch_seen(
	const struct watch *w, enum observation_kind kind, unsigned n)
{
	for (uint32_t i = 0; i < w->count; i++) {
		if (w->seen[i].head.kind == kind && n-- == 0)
			return &w->seen[i];
	}
	return NULL;
}

static inline unsigned watch_count(const struct watch *w, enum observation_kind kind)
{
	unsigned count = 0;
	while (watch_seen(w, kind, count))
		count++;
	return count;
}

/* Every proper prefix of a packet, cut and really short. Nothing may be read too far, and nothing
 * may be concluded from a part. */
static inline void watch_prefixes(uint16_t link_type, const uint8_t *bytes, size_t length)
{
	struct watch *w = watch_new(link_type);
	w->shadow_left = 0;
	for (size_t n = 0; n < length; n++) {
		watch_cut(w, bytes, n, length - n);
		watch_frame(w, bytes, n);
		assert_int_equal(w->count, 0);
	}
	assert_int_equal(w->stats.packets, 2 * length);
	watch_free(w);
}

#endif
