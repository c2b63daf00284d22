/*
 * BPF expressions (pcap-filter(7)), compiled and run by libpcap. An expression may make no sense
 * for a link type ("ether host" on a raw IP tunnel): its frames are then left out, which is said
 * once.
 */
#include "capture/filter.h"

#include "capture/capture.h"
#include "core/link_type.h"
#include "core/log.h"

#include <pcap.h>
#include <stdlib.h>

#define FILTER_LINK_TYPES_MAX 64
/* What a matching program returns; only that it is not 0 matters here. */
#define FILTER_SNAP_LENGTH 262144

struct program {
	struct bpf_program code;
	uint16_t link_type;
	bool usable;
};

struct filter {
	const char *expression;
	uint32_t count;
	bool full; /* more link types than programs: said once */
	struct program programs[FILTER_LINK_TYPES_MAX];
};

/* Raw IP has another number in files than in this system's libpcap; the rest that we meet has not.
 */
static int dlt_of(uint16_t link_type)
{
	bool raw = link_type == LINK_RAW || link_type == LINK_RAW_BSD ||
		link_type == LINK_RAW_OPENBSD;
	return raw ? DLT_RAW : link_type;
}

static bool program_compile(struct bpf_program *code, const char *expression, uint16_t link_type,
	char why[PCAP_ERRBUF_SIZE])
{
	snprintf(why, PCAP_ERRBUF_SIZE, "no memory");
	pcap_t *pcap = pcap_open_dead(dlt_of(link_type), FILTER_SNAP_LENGTH);
	if (!pcap)
		return false;
	bool good = pcap_compile(pcap, code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!good)
		snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(pcap));
	pcap_close(pcap);
	return good;
}

struct filter *filter_new(const char *expression)
{
	struct filter *f = calloc(1, sizeof(*f));
	if (f)
		f->expression = expression;
	return f;
}

static const struct program *program_add(struct filter *f, uint16_t link_type)
{
	char why[PCAP_ERRBUF_SIZE];
	if (f->count == FILTER_LINK_TYPES_MAX) {
		if (!f->full)
			log_message(
				"filter \"%s\": more than %d link types; frames of the others are "
				"left out",
				f->expression, FILTER_LINK_TYPES_MAX);
		f->full = true;
		return NULL;
	}
	struct program *p = &f->programs[f->count++];
	p->link_type = link_type;
	p->usable = program_compile(&p->code, f->expression, link_type, why);
	if (!p->usable)
		log_message("filter \"%s\" does not fit link type %u: %s; its frames are left out",
			f->expression, link_type, why);
	return p;
}

static const struct program *program_find(struct filter *f, uint16_t link_type)
{
	for (uint32_t i = 0; i < f->count; i++) {
		if (f->programs[i].link_type == link_type)
			return &f->programs[i];
	}
	return program_add(f, link_type);
}

bool filter_passes(struct filter *f, const struct frame *frame)
{
	const struct program *p = program_find(f, frame->link_type);
	struct pcap_pkthdr head = {.caplen = frame->captured, .len = frame->wire};
	return p && p->usable && pcap_offline_filter(&p->code, &head, frame->bytes) != 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->count; i++) {
		if (f->programs[i].usable)
			pcap_freecode(&f->programs[i].code);
	}
	free(f);
}

/* An expression is good when it is for any of these. */
static const uint16_t common_link_types[] = {LINK_ETHERNET, LINK_RAW, LINK_LINUX_SLL2};

bool capture_filter_valid(const char *filter)
{
	char first_why[PCAP_ERRBUF_SIZE] = "", why[PCAP_ERRBUF_SIZE] = "";
	size_t count = sizeof(common_link_types) / sizeof(common_link_types[0]);
	for (size_t i = 0; i < count; i++) {
		struct bpf_program code;
		if (program_compile(&code, filter, common_link_types[i], i ? why : first_why)) {
			pcap_freecode(&code);
			return true;
		}
	}
	log_message("filter \"%s\": %s", filter, first_why);
	return false;
}
