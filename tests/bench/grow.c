/*
 * Grows a large capture for `make bench` out of the small bundled ones: many flows at once, each
 * step sends the next packet of one of them. A share of the flows plays a bundled capture
 * (script.c), the rest is bulk (bulk.c). docs/PERFORMANCE.md describes the mix. The same options
 * and captures give the same bytes.
 *
 * Classic pcap, microseconds, Ethernet.
 */
#include "tests/bench/bulk.h"
#include "tests/bench/script.h"

#include <getopt.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED           20260101U
#define SCRIPTS_MAX    256
#define ACTIVE         1024 /* flows at a time */
#define STEP_USEC_MAX  444  /* between packets: 4,500 a second */
#define START_SECOND   1767225600
#define SNAP_LENGTH    262144
#define FILE_HEADER    24
#define RECORD_HEADER  16
#define BYTES_DEFAULT  1150000000
#define FLOW_BYTES     6100 /* what a flow has on average when its length is not scaled */
#define PERCENT_SCRIPT 5

struct slot {
	const struct script *script; /* or NULL: bulk */
	uint32_t round, next;
	struct bulk_flow bulk;
};

struct grow {
	uint64_t bytes_wanted, flows_wanted;
	uint32_t scale; /* of the length of flows, percent */
	uint32_t script_percent;
	const char *out;
	struct script scripts[SCRIPTS_MAX];
	uint32_t script_count;
	struct slot slots[ACTIVE];
	struct random random;
	uint64_t time_usec, bytes, packets, script_packets;
	uint32_t flows, rounds;
	uint8_t frame[SCRIPT_FRAME_MAX];
};

static bool slot_done(const struct slot *s)
{
	return s->script ? s->next == s->script->count : !s->bulk.left;
}

static void slot_start(struct grow *g, struct slot *s)
{
	*s = (struct slot){0};
	if (g->script_count && random_below(&g->random, 100) < g->script_percent) {
		s->round = g->rounds++;
		s->script = &g->scripts[s->round % g->script_count];
	} else {
		bulk_start(&s->bulk, &g->random, g->flows++, g->scale);
	}
}

static uint32_t slot_next(struct grow *g, struct slot *s)
{
	if (!s->script)
		return bulk_next(&s->bulk, &g->random, g->frame);
	g->script_packets++;
	return script_frame(s->script, s->next++, s->round, g->frame);
}

static void frame_write(struct grow *g, pcap_dumper_t *out, uint32_t length)
{
	g->time_usec += random_below(&g->random, STEP_USEC_MAX + 1);
	struct pcap_pkthdr h = {.caplen = length, .len = length};
	h.ts.tv_sec = START_SECOND + (time_t)(g->time_usec / 1000000);
	h.ts.tv_usec = (suseconds_t)(g->time_usec % 1000000);
	pcap_dump((u_char *)out, &h, g->frame);
	g->bytes += RECORD_HEADER + length;
	g->packets++;
}

static void grow_run(struct grow *g, pcap_dumper_t *out)
{
	g->bytes = FILE_HEADER;
	for (int i = 0; i < ACTIVE; i++)
		slot_start(g, &g->slots[i]);
	while (g->bytes < g->bytes_wanted) {
		struct slot *s = &g->slots[random_below(&g->random, ACTIVE)];
		if (slot_done(s))
			slot_start(g, s);
		frame_write(g, out, slot_next(g, s));
	}
}

static bool grow_write(struct grow *g)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAP_LENGTH);
	pcap_dumper_t *out = dead ? pcap_dump_open(dead, g->out) : NULL;
	bool good = out;
	if (out) {
		grow_run(g, out);
		good = pcap_dump_flush(out) == 0;
		pcap_dump_close(out);
	}
	if (!good)
		fprintf(stderr, "grow: cannot write %s\n", g->out);
	if (dead)
		pcap_close(dead);
	return good;
}

static void grow_report(const struct grow *g)
{
	printf("packets %llu\nbytes %llu\nbulk_flows %u\nscript_rounds %u\nscript_packets %llu\n"
	       "scripts %u\nseconds %llu\n",
		(unsigned long long)g->packets, (unsigned long long)g->bytes, g->flows, g->rounds,
		(unsigned long long)g->script_packets, g->script_count,
		(unsigned long long)(g->time_usec / 1000000));
}

static void grow_load(struct grow *g, char **files)
{
	for (; *files && g->script_count < SCRIPTS_MAX; files++) {
		if (script_load(&g->scripts[g->script_count], *files))
			g->script_count++;
		else
			fprintf(stderr, "grow: %s: left out, not an Ethernet capture\n", *files);
	}
}

static bool number_parse(const char *text, uint64_t *out)
{
	char *end;
	*out = strtoull(text, &end, 10);
	return end != text && !*end && *out;
}

static bool options_parse(struct grow *g, int argc, char **argv)
{
	uint64_t percent = PERCENT_SCRIPT;
	bool good = true;
	for (int o; (o = getopt(argc, argv, "b:f:s:")) != -1;) {
		if (o == 'b')
			good &= number_parse(optarg, &g->bytes_wanted);
		else if (o == 'f')
			good &= number_parse(optarg, &g->flows_wanted);
		else
			good &= o == 's' && number_parse(optarg, &percent) && percent <= 100;
	}
	uint64_t flows = g->flows_wanted ? g->flows_wanted : g->bytes_wanted / FLOW_BYTES;
	g->scale = (uint32_t)(g->bytes_wanted * 100 / FLOW_BYTES / (flows ? flows : 1));
	g->script_percent = (uint32_t)percent;
	g->out = argv[optind];
	return good && g->out;
}

int main(int argc, char **argv)
{
	struct grow *g = calloc(1, sizeof *g);
	if (!g)
		return 1;
	g->bytes_wanted = BYTES_DEFAULT;
	g->random.state = SEED;
	if (!options_parse(g, argc, argv)) {
		fprintf(stderr,
			"usage: grow [-b BYTES] [-f FLOWS] [-s SCRIPT_PERCENT] OUT "
			"[CAPTURE...]\n");
		free(g);
		return 2;
	}
	grow_load(g, argv + optind + 1);
	bool good = grow_write(g);
	if (good)
		grow_report(g);
	for (uint32_t i = 0; i < g->script_count; i++)
		script_free(&g->scripts[i]);
	free(g);
	return good ? 0 : 1;
}
