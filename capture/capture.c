/*
 * The set of captures: batches of frames from one, or from many merged by time.
 *
 * The merge keeps one frame of each input waiting in a heap. An input whose bytes run out cannot
 * read on while the batch points into them: the batch ends there, and the input is filled when the
 * next one is asked for.
 */
#include "capture/capture.h"

#include "capture/filter.h"
#include "capture/format.h"
#include "capture/live.h"
#include "capture/secrets.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that is open, and perhaps not yet begun. */
struct opened {
	const char *name;
	enum role role;
	int fd; /* its input's once begun */
};

struct capture {
	struct source_table *sources;
	struct stats *stats;
	struct capture_options options;
	struct filter *filter; /* of files; or NULL */
	struct live *live;     /* instead of files; or NULL */
	struct secrets secrets;
	struct opened opened[SOURCE_CAPTURES_MAX];
	uint32_t opened_count, begun;
	struct input *inputs[SOURCE_CAPTURES_MAX];
	struct input *heap[SOURCE_CAPTURES_MAX]; /* earliest pending frame first */
	uint32_t count, waiting;                 /* inputs; those in the heap */
	struct input *empty; /* its bytes ran out when the last batch ended; or NULL */
	bool merging;        /* the heap was set up */
};

struct capture *capture_new(
	const struct capture_options *options, struct source_table *sources, struct stats *stats)
{
	struct capture *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->sources = sources;
	c->stats = stats;
	c->options = *options;
	if (options->filter && !(c->filter = filter_new(options->filter))) {
		free(c);
		return NULL;
	}
	return c;
}

static bool uses_stdin(const struct capture *c)
{
	for (uint32_t i = 0; i < c->opened_count; i++) {
		if (strcmp(c->opened[i].name, "-") == 0)
			return true;
	}
	return false;
}

bool capture_open(struct capture *c, const char *name, enum role role)
{
	if (strcmp(name, "-") == 0 && uses_stdin(c)) {
		log_message("-: standard input can be read only once");
		return false;
	}
	if (c->opened_count == SOURCE_CAPTURES_MAX) {
		log_message("%s: more than %d captures", name, SOURCE_CAPTURES_MAX);
		return false;
	}
	int fd = input_descriptor(name);
	if (fd >= 0)
		c->opened[c->opened_count++] = (struct opened){name, role, fd};
	return fd >= 0;
}

static bool opened_read(struct capture *c, const struct opened *file)
{
	int index = source_add_capture(c->sources, file->name, file->role);
	struct input *in = input_open(
		file->fd, file->name, (uint16_t)index, c->sources, c->stats, &c->secrets);
	if (!in) {
		/* Nothing of it was read: it is none of the run's captures. */
		c->sources->captures--;
		return false;
	}
	in->rank = file->role == ROLE_TUNNEL ? 0 : 1;
	c->inputs[c->count++] = in;
	return true;
}

bool capture_begin(struct capture *c)
{
	bool all = true;
	for (; c->begun < c->opened_count; c->begun++)
		all &= opened_read(c, &c->opened[c->begun]);
	return all;
}

bool capture_any(const struct capture *c)
{
	return c->count || c->live;
}

bool capture_add(struct capture *c, const char *name, enum role role)
{
	return capture_open(c, name, role) && capture_begin(c);
}

bool capture_add_live(struct capture *c, const char *name, enum role role)
{
	if (!c->live && !(c->live = live_new(&c->options, c->sources, c->stats)))
		return false;
	c->sources->live = true;
	return live_add(c->live, name, role);
}

/* The next frame that passes the filter; or INPUT_MORE or INPUT_END. Inline, as each frame asks. */
static inline enum input_step input_advance(
	struct capture *c, struct input *in, struct frame *frame)
{
	while (!in->ended) {
		enum input_step step = in->format->next(in, frame);
		if (step == INPUT_MORE)
			return step;
		in->ended = step == INPUT_END;
		if (step != INPUT_FRAME)
			continue;
		if (!c->filter || filter_passes(c->filter, frame))
			return step;
		c->stats->filtered++;
		/* A filter may refuse everything for a long time. */
		if (c->options.stop && *c->options.stop)
			in->ended = true;
	}
	return INPUT_END;
}

/* One input: frames go straight into the batch. */
static void single_fill(struct capture *c, struct input *in, struct batch *batch)
{
	while (batch->count < BATCH_FRAMES) {
		enum input_step step = input_advance(c, in, &batch->frames[batch->count]);
		if (step == INPUT_FRAME)
			batch->count++;
		else if (step == INPUT_END || batch->count)
			return;
		else
			in->format->more(in);
	}
}

/* Equal times are told apart by what the captures are, not by the order they were named in: inside
 * a tunnel first, where the egress is learned, then by name. */
static bool input_before(const struct input *a, const struct input *b)
{
	if (a->pending.time_ns != b->pending.time_ns)
		return a->pending.time_ns < b->pending.time_ns;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	int order = strcmp(a->name, b->name);
	return order ? order < 0 : a->capture < b->capture;
}

static void heap_add(struct capture *c, struct input *in)
{
	uint32_t at = c->waiting++;
	for (; at && input_before(in, c->heap[(at - 1) / 2]); at = (at - 1) / 2)
		c->heap[at] = c->heap[(at - 1) / 2];
	c->heap[at] = in;
}

/* Puts `in` in place of the top. */
static void heap_replace(struct capture *c, struct input *in)
{
	uint32_t at = 0;
	for (;;) {
		uint32_t child = 2 * at + 1;
		if (child + 1 < c->waiting && input_before(c->heap[child + 1], c->heap[child]))
			child++;
		if (child >= c->waiting || !input_before(c->heap[child], in))
			break;
		c->heap[at] = c->heap[child];
		at = child;
	}
	c->heap[at] = in;
}

static void heap_pop(struct capture *c)
{
	c->waiting--;
	if (c->waiting)
		heap_replace(c, c->heap[c->waiting]);
}

/* Gets an input's next frame into the heap, reading on if need be: nothing may point into it. */
static void merge_await(struct capture *c, struct input *in)
{
	enum input_step step = input_advance(c, in, &in->pending);
	while (step == INPUT_MORE) {
		in->format->more(in);
		step = input_advance(c, in, &in->pending);
	}
	if (step == INPUT_FRAME)
		heap_add(c, in);
}

static void merge_prepare(struct capture *c)
{
	if (c->empty)
		merge_await(c, c->empty);
	c->empty = NULL;
	for (uint32_t i = 0; !c->merging && i < c->count; i++)
		merge_await(c, c->inputs[i]);
	c->merging = true;
}

static void merge_fill(struct capture *c, struct batch *batch)
{
	merge_prepare(c);
	while (batch->count < BATCH_FRAMES && c->waiting) {
		struct input *in = c->heap[0];
		batch->frames[batch->count++] = in->pending;
		enum input_step step = input_advance(c, in, &in->pending);
		if (step == INPUT_FRAME) {
			heap_replace(c, in);
			continue;
		}
		heap_pop(c);
		if (step == INPUT_MORE) {
			c->empty = in;
			return;
		}
	}
}

void capture_next(struct capture *c, struct batch *batch)
{
	batch->count = 0;
	batch->time_ns = 0;
	if (c->live)
		live_next(c->live, batch);
	else if (c->count == 1)
		single_fill(c, c->inputs[0], batch);
	else
		merge_fill(c, batch);
}

bool capture_failed(const struct capture *c)
{
	bool failed = c->live && c->live->failed;
	for (uint32_t i = 0; i < c->count; i++)
		failed |= c->inputs[i]->failed;
	return failed;
}

const struct capture_secret *capture_secret(const struct capture *c, uint32_t i)
{
	return i < c->secrets.count ? &c->secrets.secret[i] : NULL;
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	live_free(c->live);
	secrets_clear(&c->secrets);
	for (uint32_t i = 0; i < c->count; i++)
		input_close(c->inputs[i]);
	for (uint32_t i = c->begun; i < c->opened_count; i++)
		close(c->opened[i].fd);
	filter_free(c->filter);
	free(c);
}
