/*
 * Grows a large capture for `make bench`. docs/PERFORMANCE.md describes the mix. The same options
 * and captures give the same bytes. There are two ways:
 *
 * - A busy link: many flows at once, each step sends the next packet of one of them. A share of the
 *   flows plays a bundled capture (script.c), the rest is bulk (bulk.c).
 * - A crowd: given flows between so many addresses and ports, in crowds of that many: the packets
 *   of all flows in a crowd are shuffled. Crowds of any size hold the same packets, but for the
 *   addresses, in another order.
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
#define PERCENT_SCRIPT 5
#define CROWD_MAX      10000000
#define CROWD_USEC_MAX 30 /* between packets: 15 million within the 300 s that flows are kept */
#define CROWD_SEGMENT  32 /* small packets: a flow costs what it costs, and more of them fit */

struct slot {
	const struct script *script; /* or NULL: bulk */
	uint32_t round, next;
	struct bulk_flow bulk;
};

struct grow {
	uint64_t bytes_wanted;
	uint32_t script_percent;
	uint32_t crowd, crowd_flows; /* of a crowd: flows at once, and all in all; or 0 */
	const char *out;
	struct script scripts[SCRIPTS_MAX];
	uint32_t script_count;
	struct slot slots[ACTIVE];
	struct random random;
	uint64_t time_usec, bytes, packets, script_packets;
	uint32_t step_usec_max;
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
		bulk_start(&s->bulk, g->flows, g->flows, BULK_SEGMENT_MAX);
		g->flows++;
	}
}

static uint32_t slot_next(struct grow *g, struct slot *s)
{
	if (!s->script)
		return bulk_next(&s->bulk, g->frame);
	g->script_packets++;
	return script_frame(s->script, s->next++, s->round, g->frame);
}

static void frame_write(struct grow *g, pcap_dumper_t *out, uint32_t length)
{
	g->time_usec += random_below(&g->random, g->step_usec_max + 1);
	struct pcap_pkthdr h = {.caplen = length, .len = length};
	h.ts.tv_sec = START_SECOND + (time_t)(g->time_usec / 1000000);
	h.ts.tv_usec = (suseconds_t)(g->time_usec % 1000000);
	pcap_dump((u_char *)out, &h, g->frame);
	g->bytes += RECORD_HEADER + length;
	g->packets++;
}

static void grow_link(struct grow *g, pcap_dumper_t *out)
{
	g->step_usec_max = STEP_USEC_MAX;
	for (int i = 0; i < ACTIVE; i++)
		slot_start(g, &g->slots[i]);
	while (g->bytes < g->bytes_wanted) {
		struct slot *s = &g->slots[random_below(&g->random, ACTIVE)];
		if (slot_done(s))
			slot_start(g, s);
		frame_write(g, out, slot_next(g, s));
	}
}

/* Starts the flows of a crowd and lists each as often as it has packets; returns how many that is,
 * or 0 without memory. */
static uint64_t crowd_start(struct grow *g, struct bulk_flow *flows, uint32_t **turns)
{
	uint64_t packets = 0;
	for (uint32_t i = 0; i < g->crowd; i++) {
		bulk_start(&flows[i], g->flows++, i, CROWD_SEGMENT);
		packets += flows[i].left;
	}
	uint32_t *turn = *turns = malloc(packets * sizeof **turns);
	for (uint32_t i = 0; turn && i < g->crowd; i++) {
		for (uint32_t n = flows[i].left; n--;)
			*turn++ = i;
	}
	return turn ? packets : 0;
}

static bool crowd_run(struct grow *g, struct bulk_flow *flows, pcap_dumper_t *out)
{
	uint32_t *turns;
	uint64_t packets = crowd_start(g, flows, &turns);
	for (uint64_t left = packets; left; left--) {
		uint64_t drawn = random_next(&g->random) % left;
		uint32_t turn = turns[drawn];
		turns[drawn] = turns[left - 1];
		frame_write(g, out, bulk_next(&flows[turn], g->frame));
	}
	free(turns);
	return packets;
}

static bool grow_crowds(struct grow *g, pcap_dumper_t *out)
{
	struct bulk_flow *flows = calloc(g->crowd, sizeof *flows);
	bool good = flows;
	g->step_usec_max = CROWD_USEC_MAX;
	while (good && g->flows < g->crowd_flows)
		good = crowd_run(g, flows, out);
	free(flows);
	return good;
}

static bool grow_run(struct grow *g, pcap_dumper_t *out)
{
	g->bytes = FILE_HEADER;
	if (g->crowd)
		return grow_crowds(g, out);
	grow_link(g, out);
	return true;
}

static bool grow_write(struct grow *g)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAP_LENGTH);
	pcap_dumper_t *out = dead ? pcap_dump_open(dead, g->out) : NULL;
	bool good = out;
	if (out) {
		good = grow_run(g, out) && pcap_dump_flush(out) == 0;
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
	       "scripts %u\nseconds %llu\npackets_a_flow %.1f\n",
		(unsigned long long)g->packets, (unsigned long long)g->bytes, g->flows, g->rounds,
		(unsigned long long)g->script_packets, g->script_count,
		(unsigned long long)(g->time_usec / 1000000),
		(double)(g->packets - g->script_packets) / (g->flows ? g->flows : 1));
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

static bool number_parse(const char *text, uint64_t most, uint64_t *out)
{
	char *end;
	*out = strtoull(text, &end, 10);
	return end != text && !*end && *out <= most;
}

static bool options_parse(struct grow *g, int argc, char **argv)
{
	uint64_t bytes = BYTES_DEFAULT, percent = PERCENT_SCRIPT, crowd = 0, flows = 0;
	bool good = true;
	for (int o; (o = getopt(argc, argv, "b:c:f:s:")) != -1;) {
		if (o == 'b')
			good &= number_parse(optarg, UINT64_MAX, &bytes);
		else if (o == 'c')
			good &= number_parse(optarg, CROWD_MAX, &crowd) && crowd % BULK_KINDS == 0;
		else if (o == 'f')
			good &= number_parse(optarg, CROWD_MAX, &flows);
		else
			good &= o == 's' && number_parse(optarg, 100, &percent);
	}
	g->bytes_wanted = bytes;
	g->script_percent = (uint32_t)percent;
	g->crowd = (uint32_t)crowd;
	g->crowd_flows = (uint32_t)flows;
	g->out = argv[optind];
	return good && g->out;
}

int main(int argc, char **argv)
{
	struct grow *g = calloc(1, sizeof *g);
	if (!g)
		return 1;
	g->random.state = SEED;
	if (!options_parse(g, argc, argv)) {
		fprintf(stderr,
			"usage: grow [-b BYTES] [-s SCRIPT_PERCENT] OUT [CAPTURE...]\n"
			"       grow -c FLOWS_AT_ONCE -f FLOWS OUT (multiples of 1000)\n");
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
