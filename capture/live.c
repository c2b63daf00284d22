/*
 * Frames of running interfaces, merged by time where there are several handles. Handles never block
 * and are waited for together, as libpcap by itself may wait for ever on an idle interface. A frame
 * is copied when it is handed out, because its place in the kernel's ring is free from then on.
 *
 * Time is the kernel's stamp on the frames. Without frames it is told from the same clock, a little
 * behind, so that no frame still on its way through the ring comes too late.
 */
#include "capture/live.h"

#include "core/link_type.h"
#include "core/log.h"
#include "core/reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#define NS_PER_SECOND UINT64_C(1000000000)

/* Time is told at least this often. */
#define LIVE_TELL_MS 100
/* How long a frame may be on its way here: the ring's blocks are given out within twice their time
 * limit (live_open.c), and clocks of processors differ a little. */
#define LIVE_DELAY_NS (50 * UINT64_C(1000000))
/* At the end, looks at empty handles, and the time between them: together the delay. */
#define LAST_LOOKS   5
#define LAST_LOOK_MS 10
/* A ring's frames are there after this time, and how often they are looked for meanwhile. */
#define MERGE_NS       (15 * UINT64_C(1000000))
#define MERGE_LOOK_MS  2
#define COUNT_EVERY_NS NS_PER_SECOND

uint64_t live_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static uint64_t head_ns(const struct pcap_pkthdr *head)
{
	return (uint64_t)head->ts.tv_sec * NS_PER_SECOND + (uint64_t)head->ts.tv_usec;
}

/* Said once; the others go on. */
static void handle_fail(struct live *l, struct handle *h)
{
	h->lost = live_vanished(l, h);
	l->changed = true; /* it may be back already */
	h->finished = !h->lost;
	l->failed |= h->finished;
	if (h->lost)
		log_message("%s: the interface vanished; waiting for it to return", h->name);
	else
		log_message("%s: capturing ended: %s", h->name, pcap_geterr(h->pcap));
}

/* Gets the handle's next frame, if there is one, without waiting. */
static void handle_fetch(struct live *l, struct handle *h)
{
	if (h->head || h->lost || h->finished)
		return;
	int got = pcap_next_ex(h->pcap, &h->head, &h->data);
	if (got == 1)
		return;
	h->head = NULL;
	if (got < 0 && got != PCAP_ERROR_BREAK)
		handle_fail(l, h);
}

/* LINKTYPE_LINUX_SLL2: the interface's index behind the protocol and two reserved bytes. */
static uint32_t cooked_index(const struct handle *h)
{
	struct reader r = reader_make(h->data, h->head->caplen, false);
	reader_skip(&r, 2 + 2);
	return reader_u32(&r);
}

/* Which way it crossed the interface, by the interface's own hardware address. Cooked frames say it
 * themselves. */
static uint8_t frame_direction(const struct handle *h)
{
	uint8_t dst[6], src[6];
	struct reader r = reader_make(h->data, h->head->caplen, false);
	reader_copy(&r, dst, sizeof(dst));
	reader_copy(&r, src, sizeof(src));
	if (r.failed || !h->has_mac || h->link_type != LINK_ETHERNET)
		return DIRECTION_UNKNOWN;
	if (memcmp(src, h->mac, sizeof(src)) == 0)
		return DIRECTION_OUT;
	return memcmp(dst, h->mac, sizeof(dst)) == 0 ? DIRECTION_IN : DIRECTION_UNKNOWN;
}

/* The time of the handle's frame. Processors stamp frames side by side: what is out of order by
 * less than a frame may take to get here is not late. */
static uint64_t frame_time(struct live *l, const struct handle *h)
{
	uint64_t time_ns = head_ns(h->head);
	if (time_ns < l->newest_ns && l->newest_ns - time_ns < LIVE_DELAY_NS)
		return l->newest_ns;
	if (time_ns > l->newest_ns)
		l->newest_ns = time_ns;
	return time_ns;
}

static const uint8_t *frame_copy(struct live *l, const struct handle *h)
{
	uint8_t *bytes = l->bytes + l->used;
	memcpy(bytes, h->data, h->head->caplen);
	l->used += h->head->caplen;
	return bytes;
}

/* Whose it is, or -1 where it is not looked at. */
static int32_t frame_interface(struct live *l, const struct handle *h)
{
	if (h->any)
		return live_interface(l, h->capture, cooked_index(h));
	l->stats->unwatched += h->doubled;
	return h->doubled ? -1 : h->interface;
}

/* Copies the handle's frame into the batch, unless it is of an interface that is not watched. False
 * when there is no room for it. */
static bool frame_take(struct live *l, struct handle *h, struct batch *batch)
{
	if (h->head->caplen > l->size - l->used)
		return false;
	int32_t interface = frame_interface(l, h);
	uint64_t time_ns = frame_time(l, h);
	if (interface >= 0)
		batch->frames[batch->count++] = (struct frame){
			.bytes = frame_copy(l, h),
			.time_ns = time_ns,
			.number = ++h->number,
			.captured = h->head->caplen,
			.wire = h->head->len,
			.capture = h->capture,
			.interface = (uint16_t)interface,
			.link_type = h->link_type,
			.direction = h->any ? DIRECTION_UNKNOWN : frame_direction(h),
		};
	h->head = NULL;
	return true;
}

/* The handle with the earliest frame, or NULL. Rings are given out at different moments: while one
 * is empty, what the others have waits until nothing earlier can come from there. */
static struct handle *handle_first(struct live *l)
{
	struct handle *first = NULL;
	bool all = true;
	for (uint32_t i = 0; i < l->count; i++) {
		struct handle *h = &l->handle[i];
		handle_fetch(l, h);
		all &= h->head || h->lost || h->finished;
		if (h->head && (!first || head_ns(h->head) < head_ns(first->head)))
			first = h;
	}
	l->merging = first && !all && head_ns(first->head) + MERGE_NS > l->now_ns;
	return l->merging ? NULL : first;
}

/* Frames of interfaces that are not watched end a batch, too, so that time is told. */
#define LOOKED_AT_MAX (64 * BATCH_FRAMES)

/* False when all handles are empty. */
static bool batch_fill(struct live *l, struct batch *batch)
{
	l->used = 0;
	for (int i = 0; i < LOOKED_AT_MAX && batch->count < BATCH_FRAMES; i++) {
		struct handle *h = handle_first(l);
		if (!h)
			return batch->count;
		if (!frame_take(l, h, batch))
			break;
	}
	return true;
}

/* Until something comes, changes, or time is to be told. */
static void live_wait(struct live *l, int most_ms)
{
	struct pollfd fds[LIVE_HANDLES_MAX + 1];
	nfds_t count = 0;
	fds[count++] = (struct pollfd){.fd = host_fd(l->host), .events = POLLIN};
	for (uint32_t i = 0; i < l->count; i++) {
		const struct handle *h = &l->handle[i];
		if (!h->lost && !h->finished && !h->head)
			fds[count++] = (struct pollfd){
				.fd = pcap_get_selectable_fd(h->pcap), .events = POLLIN};
	}
	poll(fds, count,
		l->merging ? MERGE_LOOK_MS : most_ms); /* a signal ends it early, which is well */
}

static bool live_asked_to_stop(const struct live *l)
{
	return l->options->stop && *l->options->stop;
}

/* When it is asked to stop, what came before is still on its way through the ring: a leak that was
 * just seen must not be lost. What comes after is not waited for. */
static bool live_goes_on(struct live *l)
{
	if (live_asked_to_stop(l) && !l->stop_ns)
		l->stop_ns = live_clock();
	if (l->stop_ns && (l->newest_ns > l->stop_ns || l->last_looks == LAST_LOOKS))
		return false;
	for (uint32_t i = 0; i < l->count; i++) {
		if (!l->handle[i].finished)
			return true;
	}
	return false;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void live_look_up(struct live *l)
{
	l->now_ns = live_clock();
	live_links_follow(l);
	if (l->now_ns - l->counted_ns < COUNT_EVERY_NS)
		return;
	live_drops_count(l);
	l->counted_ns = l->now_ns;
}

void live_next(struct live *l, struct batch *batch)
{
	for (bool waited = false; live_goes_on(l); waited = true) {
		live_look_up(l);
		if (batch_fill(l, batch)) {
			batch->time_ns = l->newest_ns;
			return;
		}
		l->last_looks += l->stop_ns != 0;
		/* The clock was read before the handles were found empty. */
		if (waited && !l->stop_ns) {
			batch->time_ns = later(l->now_ns - LIVE_DELAY_NS, l->newest_ns);
			return;
		}
		live_wait(l, l->stop_ns ? LAST_LOOK_MS : LIVE_TELL_MS);
	}
	host_refresh(l->host); /* for what the interfaces dropped */
	live_drops_count(l);
}
