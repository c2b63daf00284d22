/*
 * The set of outputs of a run: opens what the user named, and hands each event to all of them in
 * the order they were named. Each destination is told apart only as standard output or not; two
 * outputs on one file are the user's business.
 */
#include "output/output.h"

#include "core/log.h"
#include "output/dial.h"
#include "output/driver.h"
#include "output/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEST_MAX 256 /* longer than the path of a Unix socket can be */

struct outputs {
	const struct output_context *context;
	size_t count;
	struct output output[OUTPUTS_MAX];
};

static const struct output_driver *const drivers[] = {
#define OUTPUT(name) &output_##name,
	OUTPUTS(OUTPUT)
#undef OUTPUT
};

#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

const struct output_info *output_info(unsigned i)
{
	return i < DRIVERS ? &drivers[i]->info : NULL;
}

struct outputs *outputs_new(const struct output_context *context)
{
	struct outputs *set = calloc(1, sizeof(*set));
	if (set)
		set->context = context;
	return set;
}

/* The driver called by the first `length` bytes of `spec`, or NULL with the reason printed. */
static const struct output_driver *driver_find(const char *spec, size_t length)
{
	struct strip known = {0};
	for (size_t i = 0; i < DRIVERS; i++) {
		const char *name = drivers[i]->info.name;
		if (strlen(name) == length && memcmp(name, spec, length) == 0)
			return drivers[i];
		strip_comma(&known);
		strip_add(&known, "%s", name);
	}
	log_message("no output is called '%.*s'; there are: %s", (int)length, spec, known.text);
	return NULL;
}

static bool set_takes(const struct outputs *set, const char *name, const char *dest)
{
	if (set->count == OUTPUTS_MAX) {
		log_message("more than %d outputs", OUTPUTS_MAX);
		return false;
	}
	if (!*dest) {
		log_message("output '%s': no destination behind the colon", name);
		return false;
	}
	for (size_t i = 0; i < set->count && strcmp(dest, "-") == 0; i++) {
		if (!set->output[i].sink.standard)
			continue;
		log_message("outputs '%s' and '%s' cannot share standard output: give one a file, "
			    "as in %s:FILE",
			set->output[i].driver->info.name, name, name);
		return false;
	}
	return true;
}

/* What an output makes of a destination: "-", a file, or a collector's address. */
static const char *dest_of(const struct output_driver *driver, const char *dest, char *path)
{
	if (driver->to != TO_UNIX || strcmp(dest, "-") == 0)
		return dest;
	snprintf(path, DEST_MAX, "unix:%s", dest);
	return path;
}

static bool driver_takes(const struct output_driver *driver, const char *dest)
{
	const char *name = driver->info.name;
	if (dial_named(dest) && driver->to == TO_FILE)
		log_message("output '%s' goes to a file, not to %s", name, dest);
	else if (dial_named(dest) && !dial_whole(dest))
		log_message("output '%s': not an address: %s (unix:PATH, tcp:HOST:PORT, "
			    "tcp:[ADDRESS]:PORT)",
			name, dest);
	else if (!dial_named(dest) && driver->to == TO_COLLECTOR)
		log_message("output '%s' needs a collector: %s:unix:/dev/log, or udp:, tcp:, tls: "
			    "with HOST:PORT",
			name, name);
	else if (strcmp(dest, "-") == 0 && driver->to == TO_UNIX)
		log_message("output '%s' needs a socket: %s:PATH", name, name);
	else
		return true;
	return false;
}

enum output_status outputs_open(struct outputs *set, const char *spec)
{
	char path[DEST_MAX];
	size_t length = strcspn(spec, ":");
	const char *dest = spec[length] ? spec + length + 1 : "-";
	const struct output_driver *driver = driver_find(spec, length);
	if (!driver || !set_takes(set, driver->info.name, dest))
		return OUTPUT_USAGE;
	dest = dest_of(driver, dest, path);
	if (!driver_takes(driver, dest))
		return OUTPUT_USAGE;

	struct output *o = &set->output[set->count];
	const struct sink_options how = {
		.anew = driver->document,
		.counted = driver->counted,
		.patient = set->context->patient,
	};
	*o = (struct output){.driver = driver, .context = set->context};
	if (!sink_open(&o->sink, dest, &how, set->context->stats))
		return OUTPUT_FAILED;
	o->state = calloc(1, driver->state_size + 1);
	if (!o->state) {
		log_message("output '%s': out of memory", driver->info.name);
		sink_close(&o->sink);
		return OUTPUT_FAILED;
	}
	set->count++;
	return OUTPUT_OK;
}

void outputs_observation(struct outputs *set, const struct observation *observation)
{
	for (size_t i = 0; i < set->count; i++) {
		struct output *o = &set->output[i];
		if (o->driver->observation)
			o->driver->observation(o, observation);
	}
}

void outputs_witness(struct outputs *set, const struct observation *observation)
{
	for (size_t i = 0; i < set->count; i++) {
		struct output *o = &set->output[i];
		if (o->driver->witness)
			o->driver->witness(o, observation);
	}
}

void outputs_alert(struct outputs *set, const struct alert *a)
{
	for (size_t i = 0; i < set->count; i++) {
		struct output *o = &set->output[i];
		if (o->driver->alert)
			o->driver->alert(o, a);
	}
}

void outputs_end(struct outputs *set, const struct summary *s)
{
	for (size_t i = 0; i < set->count; i++) {
		struct output *o = &set->output[i];
		if (o->driver->end)
			o->driver->end(o, s);
	}
}

unsigned outputs_rights(const struct outputs *set)
{
	unsigned rights = 0;
	for (size_t i = 0; i < set->count; i++)
		rights |= set->output[i].driver->rights |
			(set->output[i].sink.link ? OUTPUT_SOCKETS : 0U);
	return rights;
}

bool outputs_gone(const struct outputs *set)
{
	size_t gone = 0;
	for (size_t i = 0; i < set->count; i++)
		gone += set->output[i].sink.gone;
	return gone && gone == set->count;
}

void outputs_tick(struct outputs *set, uint64_t now_ns)
{
	for (size_t i = 0; i < set->count; i++)
		sink_tick(&set->output[i].sink, now_ns);
}

void outputs_reopen(
	struct outputs *set, int (*open_file)(void *opener, const char *path), void *opener)
{
	for (size_t i = 0; i < set->count; i++) {
		struct sink *s = &set->output[i].sink;
		if (s->link)
			sink_retry(s);
		else if (!s->standard)
			sink_reopen(s, open_file(opener, s->dest));
	}
}

bool outputs_file(const struct outputs *set, unsigned i, struct output_file *out)
{
	if (i < set->count)
		*out = sink_file(&set->output[i].sink);
	return i < set->count;
}

bool outputs_free(struct outputs *set)
{
	bool written = true;
	for (size_t i = 0; i < set->count; i++) {
		struct output *o = &set->output[i];
		if (o->driver->close)
			o->driver->close(o);
		sink_close(&o->sink);
		written = written && !o->sink.failed;
		free(o->state);
	}
	free(set);
	return written;
}
