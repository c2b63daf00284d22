/* The arrows of the design, as calls: frames to dissect, observations to rules, alerts to outputs.
 */
#include "cli/pipeline.h"

#include "capture/capture.h"
#include "cli/lock.h"
#include "cli/run_print.h"
#include "cli/signals.h"
#include "cli/sources.h"
#include "core/log.h"
#include "dissect/dissect.h"
#include "output/output.h"
#include "rules/rules.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

struct pipeline {
	const struct options *options;
	struct config *again; /* the policy file as it was read last, or NULL */
	struct source_table *sources;
	struct stats stats;
	struct interest interest;
	struct capture *capture;
	struct dissect *dissect;
	struct engine *engine;
	struct geo *geo;
	struct output_context context;
	struct outputs *outputs;
	struct lock lock;
	char host[HOST_NAME_MAX + 1];
	bool input_failed;
	uint32_t changes;                      /* of the sources, as far as rules know of them */
	bool announced[SOURCE_INTERFACES_MAX]; /* interfaces of the sources that rules know of */
	uint64_t first_ns, last_ns;
};

static void alert_sink(void *sink, const struct alert *a)
{
	struct pipeline *p = sink;
	outputs_alert(p->outputs, a);
}

static void observation_sink(void *sink, const struct observation *o)
{
	struct pipeline *p = sink;
	if (!p->engine) {
		outputs_observation(p->outputs, o);
		return;
	}
	engine_observe(p->engine, o);
	outputs_witness(p->outputs, o);
}

static int out_of_memory(void)
{
	log_message("not enough memory for the tables; close other programs and try again");
	return EXIT_FAILED;
}

/* Opens what is read, and reads nothing of it yet. */
static int captures_open(struct pipeline *p)
{
	const struct capture_options options = {
		.filter = p->options->filter,
		.stop = signals_stop(),
		.buffer = p->options->buffer,
		.quiet = p->options->quiet,
	};
	p->capture = capture_new(&options, p->sources, &p->stats);
	if (!p->capture)
		return out_of_memory();
	return sources_open(p->options, p->capture, &p->input_failed);
}

/* The end of all rights, before the first byte of others is read. */
static int pipeline_lock(struct pipeline *p)
{
	if (!lock_close(&p->lock, p->options, p->outputs))
		return EXIT_FAILED;
	p->input_failed |= !capture_begin(p->capture);
	return capture_any(p->capture) ? EXIT_CLEAN : EXIT_FAILED;
}

/* Who tells it matters where several watch: live, this host's name unless another is said. */
static const char *sensor_name(struct pipeline *p)
{
	if (p->options->sensor || !p->options->live)
		return p->options->sensor;
	return gethostname(p->host, sizeof(p->host) - 1) == 0 && p->host[0] ? p->host : NULL;
}

/* Databases of places are opened only where some are named. */
static int geo_open_all(struct pipeline *p)
{
	const struct options *o = p->options;
	p->geo = o->geo_count ? geo_new() : NULL;
	if (o->geo_count && !p->geo)
		return out_of_memory();
	for (unsigned i = 0; i < o->geo_count; i++) {
		const char *why;
		if (geo_add(p->geo, o->geo[i], &why))
			continue;
		log_message("--geo %s: %s", o->geo[i], why);
		return EXIT_FAILED;
	}
	return EXIT_CLEAN;
}

static int engine_open(struct pipeline *p)
{
	int status = geo_open_all(p);
	if (status != EXIT_CLEAN)
		return status;
	const struct engine_options options = {
		.clients = ENGINE_CLIENTS,
		.servers = ENGINE_SERVERS,
		.findings = ENGINE_FINDINGS,
		.geo = p->geo,
	};
	p->engine = engine_new(
		&options, &p->options->config->policy, p->sources, &p->stats, alert_sink, p);
	return p->engine ? EXIT_CLEAN : out_of_memory();
}

static int pipeline_open(struct pipeline *p, bool judge)
{
	const struct options *o = p->options;
	const struct dissect_options sizes = {
		.flows = o->config->limits.flows ? o->config->limits.flows : DISSECT_FLOWS,
		.transactions = DISSECT_TRANSACTIONS,
		.ndpi_flows = o->no_ndpi ? 0 : DISSECT_NDPI_FLOWS,
		.conversations = DISSECT_CONVERSATIONS,
	};
	const char *no_color = getenv("NO_COLOR");
	p->sources = source_table_new();
	p->context = (struct output_context){
		.sources = p->sources,
		.stats = &p->stats,
		.sensor = sensor_name(p),
		.color = !o->no_color && !(no_color && no_color[0]),
		.quiet = o->quiet,
		.patient = true, /* saved packets can wait */
		.fail_on = o->fail_on,
		.catalogue = detection_info,
	};
	p->outputs = outputs_new(&p->context);
	if (!p->sources || !p->outputs)
		return out_of_memory();
	if (o->filter && !capture_filter_valid(o->filter))
		return EXIT_USAGE;
	if (!lock_begin(&p->lock, o))
		return EXIT_USAGE;
	int status = outputs_open_chosen(p->outputs, o, judge ? "text" : "eve");
	if (status != EXIT_CLEAN)
		return status;
	if (!lock_help(&p->lock, o, p->outputs))
		return EXIT_FAILED;
	p->interest.observations = judge ? engine_interest() : UINT32_MAX;
	p->dissect = dissect_new(&sizes, &p->interest, &p->stats, observation_sink, p);
	if (!p->dissect)
		return out_of_memory();
	status = judge ? engine_open(p) : EXIT_CLEAN;
	if (status == EXIT_CLEAN)
		status = captures_open(p);
	return status == EXIT_CLEAN ? pipeline_lock(p) : status;
}

/* The span of packet times, from a batch that may hold several captures. */
static void span_note(struct pipeline *p, const struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		uint64_t time_ns = batch->frames[i].time_ns;
		if (!p->first_ns || time_ns < p->first_ns)
			p->first_ns = time_ns;
		if (time_ns > p->last_ns)
			p->last_ns = time_ns;
	}
}

static void link_announce(struct pipeline *p, uint32_t i, uint64_t now_ns)
{
	const struct interface *row = &p->sources->interface[i];
	const struct observation o = {
		.head = {.time_ns = now_ns,
			.capture = row->capture,
			.interface = (uint16_t)i,
			.kind = OBS_LINK},
		.link = {.link_type = row->link_type},
	};
	p->announced[i] = true;
	observation_sink(p, &o);
}

/* Capture's word that an interface is there, before the frames that may be judged by it. A tunnel
 * that no default route leads into is not announced until one does. */
static void links_announce(struct pipeline *p, uint64_t now_ns)
{
	if (p->changes == p->sources->changes)
		return;
	p->changes = p->sources->changes;
	for (uint32_t i = 0; i < p->sources->interfaces; i++) {
		if (!p->announced[i] && !p->sources->interface[i].aside)
			link_announce(p, i, now_ns);
	}
}

/* Who is expected to do what is read anew; what is open stays. On error the old policy holds. */
static void policy_reload(struct pipeline *p)
{
	const struct options *o = p->options;
	int fd = o->policy && p->engine ? lock_open(&p->lock, o->policy) : -1;
	struct config *again = fd < 0 ? NULL : options_config_again(o, fd);
	if (fd < 0 && o->policy)
		log_message("%s: %s", o->policy, strerror(errno));
	if (!again) {
		log_message("the policy stays as it was");
		return;
	}
	engine_follow(p->engine, &again->policy);
	free(p->again);
	p->again = again;
	log_message("%s: read again", o->policy);
}

static void signals_serve(struct pipeline *p)
{
	if (signals_take(WISH_RELOAD))
		policy_reload(p);
	if (signals_take(WISH_STATS))
		stats_print(&p->stats);
	if (signals_take(WISH_REOPEN))
		outputs_reopen(p->outputs, helper_open, p->lock.helper);
}

/* Live, time goes on without frames, too, and what waits for it is told. */
static void time_advance(struct pipeline *p, uint64_t time_ns)
{
	if (!time_ns)
		return;
	dissect_advance(p->dissect, time_ns);
	if (p->engine)
		engine_advance(p->engine, time_ns);
}

/* Asked to stop, a live capture comes to its own end, after what was seen before. */
static bool pipeline_goes_on(const struct pipeline *p, const struct batch *batch)
{
	bool more = batch->count || batch->time_ns;
	return more && (!*signals_stop() || p->sources->live) && !outputs_gone(p->outputs);
}

static uint64_t clock_ns(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void pipeline_loop(struct pipeline *p)
{
	struct batch batch;
	capture_next(p->capture, &batch);
	while (pipeline_goes_on(p, &batch)) {
		signals_serve(p); /* first: it may have waited long for these frames */
		span_note(p, &batch);
		links_announce(p, p->sources->live ? batch.time_ns : p->first_ns);
		dissect_batch(p->dissect, &batch);
		time_advance(p, batch.time_ns);
		outputs_tick(p->outputs, clock_ns());
		capture_next(p->capture, &batch);
	}
}

/* What no dissector reads was not judged: said, and no success. */
static void links_check(struct pipeline *p)
{
	for (uint32_t i = 0; i < p->sources->interfaces; i++) {
		const struct interface *row = &p->sources->interface[i];
		if (!dissect_unread(p->dissect, i, row->link_type))
			continue;
		log_message("%s: link type %u is not known: its frames were not judged",
			p->sources->capture[row->capture], row->link_type);
		p->input_failed = true;
	}
}

static const struct policy *pipeline_policy(const struct pipeline *p)
{
	return p->again ? &p->again->policy : &p->options->config->policy;
}

static void pipeline_finish(struct pipeline *p)
{
	links_check(p);
	struct summary summary = {
		.failed = p->input_failed || capture_failed(p->capture),
		.stats = &p->stats,
		.sources = p->sources,
		.first_ns = p->first_ns,
		.last_ns = p->last_ns,
		.min_severity = pipeline_policy(p)->min_severity,
	};
	dissect_finish(p->dissect);
	links_announce(p, p->sources->live ? p->last_ns : p->first_ns);
	if (p->engine) {
		engine_finish(p->engine);
		engine_summarise(p->engine, &summary);
		outputs_end(p->outputs, &summary);
	}
}

/* Something was forgotten, which may have cost a finding. */
static bool pipeline_degraded(const struct stats *s)
{
	for (const struct stat_info *row = stat_info; row->name; row++) {
		if (row->class == STAT_LOST && stat_value(s, row))
			return true;
	}
	return false;
}

/* Closes everything and says how the run went. */
static int pipeline_close(struct pipeline *p, int status)
{
	bool failed = p->input_failed || (p->capture && capture_failed(p->capture));
	bool leak = p->engine && engine_findings(p->engine, p->options->fail_on);
	failed |= p->outputs && !outputs_free(p->outputs);
	engine_free(p->engine);
	geo_free(p->geo);
	dissect_free(p->dissect);
	capture_free(p->capture);
	free(p->sources);
	free(p->again);
	lock_free(&p->lock);
	if (status != EXIT_CLEAN)
		return status;
	if (failed)
		return EXIT_FAILED;
	if (leak)
		return EXIT_LEAK;
	return p->options->strict && pipeline_degraded(&p->stats) ? EXIT_DEGRADED : EXIT_CLEAN;
}

int pipeline_run(const struct options *o, bool judge)
{
	struct pipeline p = {.options = o};
	signals_catch(); /* from the start: none may end a run half open */
	int status = pipeline_open(&p, judge);
	if (status != EXIT_CLEAN)
		return pipeline_close(&p, status);
	pipeline_loop(&p);
	pipeline_finish(&p);
	if (o->verbose) {
		interfaces_print(p.sources);
		stats_print(&p.stats);
	}
	return pipeline_close(&p, EXIT_CLEAN);
}
