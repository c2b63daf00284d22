/*
 * Reads every file of a tree of real captures with libpcap and with our own readers, and compares
 * frame by frame: lengths, time stamps, bytes. Where libpcap ends cleanly ours must too; where it
 * gives up, ours must have delivered at least as much. Then reads the file once more, merged with
 * itself: each copy must come out whole.
 *
 * Usage: libpcap_same [DIRECTORY], else SEEP_CORPUS, else ../shared/corpus. Not there: skipped.
 */
#include "capture/capture.h"

#include <fts.h>
#include <inttypes.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORPUS        "../shared/corpus"
#define NS_PER_SECOND UINT64_C(1000000000)
#define HASH_START    UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME    UINT64_C(0x100000001b3)

struct counts {
	unsigned passed, failed;
	unsigned alone; /* files without a libpcap to compare with */
	uint64_t frames;
};

/* A capture set over one file, or over several copies of it. */
struct reading {
	struct source_table *sources;
	struct stats stats;
	struct capture *capture;
	struct batch batch;
	uint32_t next;
	bool open;
};

static void reading_start(struct reading *r, const char *path, int copies)
{
	const struct capture_options options = {0};
	*r = (struct reading){.sources = source_table_new(), .open = true};
	r->capture = capture_new(&options, r->sources, &r->stats);
	for (int i = 0; i < copies; i++)
		r->open &= capture_add(r->capture, path, ROLE_AUTO);
}

static void reading_end(struct reading *r)
{
	capture_free(r->capture);
	free(r->sources);
}

static const struct frame *reading_next(struct reading *r)
{
	if (r->next == r->batch.count) {
		capture_next(r->capture, &r->batch);
		r->next = 0;
	}
	return r->next < r->batch.count ? &r->batch.frames[r->next++] : NULL;
}

/* libpcap sign-extends the 32-bit times of classic files in the machine's byte order. */
static uint64_t libpcap_time(const struct pcap_pkthdr *head)
{
	int64_t seconds = head->ts.tv_sec;
	int64_t ns = head->ts.tv_usec;
	if (seconds < 0 && seconds >= INT32_MIN)
		seconds += INT64_C(1) << 32;
	if (ns < 0)
		ns += (INT64_C(1) << 32) * (ns % 1000 == 0 ? 1000 : 1);
	return (uint64_t)seconds * NS_PER_SECOND + (uint64_t)ns;
}

static bool frame_same(const struct frame *ours, const struct pcap_pkthdr *head, const u_char *data)
{
	return ours->captured == head->caplen && ours->wire == head->len &&
		ours->time_ns == libpcap_time(head) && memcmp(ours->bytes, data, head->caplen) == 0;
}

/* NULL when both agree, else what was wrong. */
static const char *file_compare(pcap_t *theirs, struct reading *ours, uint64_t *frames)
{
	struct pcap_pkthdr *head;
	const u_char *data;
	int got;
	while ((got = pcap_next_ex(theirs, &head, &data)) == 1) {
		const struct frame *frame = reading_next(ours);
		if (!frame)
			return "a frame is missing";
		if (frame->number != ++*frames)
			return "a frame's number is wrong";
		if (!frame_same(frame, head, data))
			return "a frame differs";
	}
	bool more = reading_next(ours) != NULL;
	if (got == PCAP_ERROR_BREAK && (more || capture_failed(ours->capture)))
		return "libpcap comes to a clean end";
	if (got == PCAP_ERROR_BREAK)
		return NULL;
	while (reading_next(ours))
		;
	if (strstr(pcap_geterr(theirs), "different from") && capture_failed(ours->capture))
		return "interfaces that differ were not read to the end";
	return NULL;
}

static uint64_t frame_hash(uint64_t hash, const struct frame *f)
{
	for (uint32_t i = 0; i < f->captured; i++)
		hash = (hash ^ f->bytes[i]) * HASH_PRIME;
	return (hash ^ f->time_ns ^ f->number ^ f->wire) * HASH_PRIME;
}

/* Both copies of a file merged with itself are what the file is alone. */
static const char *file_merge(const char *path)
{
	uint64_t hash[3] = {HASH_START, HASH_START, HASH_START};
	struct reading alone, merged;
	const struct frame *frame;
	reading_start(&alone, path, 1);
	while ((frame = reading_next(&alone)))
		hash[2] = frame_hash(hash[2], frame);
	reading_start(&merged, path, 2);
	while ((frame = reading_next(&merged)))
		hash[frame->capture] = frame_hash(hash[frame->capture], frame);
	reading_end(&alone);
	reading_end(&merged);
	return hash[0] == hash[2] && hash[1] == hash[2] ? NULL : "merged with itself it differs";
}

static void file_check(const char *path, struct counts *counts)
{
	char why[PCAP_ERRBUF_SIZE];
	struct reading ours;
	uint64_t frames = 0;
	pcap_t *theirs = pcap_open_offline_with_tstamp_precision(
		path, PCAP_TSTAMP_PRECISION_NANO, why);
	reading_start(&ours, path, 1);
	if (!theirs) {
		/* Nothing to compare with, but it must not crash. */
		while (reading_next(&ours))
			;
		counts->alone++;
		reading_end(&ours);
		return;
	}
	const char *wrong = ours.open ? file_compare(theirs, &ours, &frames) : "it was not opened";
	if (!wrong)
		wrong = file_merge(path);
	if (wrong)
		printf("FAILED %s: frame %" PRIu64 ": %s (libpcap: %s)\n", path, frames, wrong,
			pcap_geterr(theirs));
	counts->failed += wrong != NULL;
	counts->passed += wrong == NULL;
	counts->frames += frames;
	pcap_close(theirs);
	reading_end(&ours);
}

int main(int argc, char **argv)
{
	char *from_environment = getenv("SEEP_CORPUS");
	char fallback[] = CORPUS;
	char *directory = argc > 1 ? argv[1] : from_environment ? from_environment : fallback;
	char *const roots[] = {directory, NULL};
	struct counts counts = {0};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	/* The malformed files' messages are not what is tested here. */
	FILE *null = fopen("/dev/null", "w");
	if (null)
		stderr = null;
	while (tree && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_F)
			file_check(entry->fts_path, &counts);
	}
	if (tree)
		fts_close(tree);
	bool nothing = counts.passed + counts.failed == 0;
	if (nothing)
		printf("skipped: no captures in %s\n", directory);
	else
		printf("%" PRIu64 " frames compared; %u files read that libpcap cannot open\n",
			counts.frames, counts.alone);
	printf("libpcap_same: %u passed, %u failed, %d skipped\n", counts.passed, counts.failed,
		nothing);
	return counts.failed ? 1 : 0;
}
