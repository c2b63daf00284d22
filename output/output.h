/*
 * Alerts, observations and the end of a run, written for people and machines. An output renders
 * what the structs of core/ say; it knows no detection.
 */
#ifndef SEEP_OUTPUT_OUTPUT_H
#define SEEP_OUTPUT_OUTPUT_H

#include "core/alert.h"
#include "core/observation.h"
#include "core/summary.h"

#include <stdbool.h>

/* Outputs open at a time. */
#define OUTPUTS_MAX 16

/* What outputs need to know about the run; outlives them. */
struct output_context {
	const struct source_table *sources;
	struct stats *stats;   /* write_errors is counted here */
	const char *sensor;    /* "host" of records, or NULL */
	bool color;            /* the user did not forbid it; used on a terminal only */
	bool patient;          /* packets can wait: rather that than lose a record */
	bool quiet;            /* people's outputs print alerts and nothing else */
	enum severity fail_on; /* what counts as a failure, in outputs that tell of failures */
	/* The catalogue, row by row; NULL behind the last. May be NULL itself. */
	const struct detection_info *(*catalogue)(unsigned row);
};

struct outputs;

/* None open yet. NULL without memory. */
struct outputs *outputs_new(const struct output_context *context);

/* Opens "NAME[:DEST]": DEST is a file, "-" (the default) for standard output, or a collector's
 * address: unix:PATH, udp:HOST:PORT, tcp:HOST:PORT, tls:HOST:PORT. OUTPUT_USAGE for an unknown
 * name, an impossible destination or a second output on stdout, OUTPUT_FAILED when it cannot be
 * opened; the reason is printed. */
enum output_status { OUTPUT_OK, OUTPUT_USAGE, OUTPUT_FAILED };
enum output_status outputs_open(struct outputs *set, const char *spec);

void outputs_observation(struct outputs *set, const struct observation *o);
/* The same, where it is judged and not told. */
void outputs_witness(struct outputs *set, const struct observation *o);
void outputs_alert(struct outputs *set, const struct alert *a);

/* The end of the run: summaries and statistics. */
void outputs_end(struct outputs *set, const struct summary *s);

/* Has the alerts of EVE records told again, as if they came now, and ends the run. What the records
 * name is added to `sources`, which is the context's. False with the reason printed when not all
 * could be read. */
bool outputs_tell_again(struct outputs *set, const struct output_context *context,
	struct source_table *sources, char *const *paths, int count);

/* Time goes on: what waits for a collector is sent, or tried again. The clock never goes back. */
void outputs_tick(struct outputs *set, uint64_t now_ns);

/* Opens files anew by their names: what was there has been moved away (log rotation); collectors
 * that went away are tried again at once. By
 * `open_file`, because the run itself may no longer open any: a descriptor, or -1 with errno. */
void outputs_reopen(
	struct outputs *set, int (*open_file)(void *opener, const char *path), void *opener);

/* A file that it will be asked for, and how to open it (open(2)): of output `i`, false behind the
 * last; `path` is NULL where there is no file. */
struct output_file {
	const char *path;
	int flags;
	unsigned mode;
};
bool outputs_file(const struct outputs *set, unsigned i, struct output_file *out);

/* What outputs ask of the system beyond writing to what is open, while the run goes on: sockets
 * that connect again, threads of a library. A mask, of all that are open. */
enum output_right { OUTPUT_SOCKETS = 1 << 0, OUTPUT_THREADS = 1 << 1 };
unsigned outputs_rights(const struct outputs *set);

/* The reader of stdout went away (`| head`) and nothing else is written: the run may stop, quietly.
 */
bool outputs_gone(const struct outputs *set);

/* Flushes and closes. False when any record could not be written; the reason was printed once. */
bool outputs_free(struct outputs *set);

/* The output table, for help texts: row `i`, or NULL behind the last. */
struct output_info {
	const char *name, *help;
};
const struct output_info *output_info(unsigned i);

/* finding_id: 16 hex digits, and Community ID v1, as records print them. */
#define FINDING_ID_SIZE   17
#define COMMUNITY_ID_SIZE 31
void finding_id(const struct alert *a, char out[FINDING_ID_SIZE]);
void community_id(const struct obs_head *h, uint16_t seed, char out[COMMUNITY_ID_SIZE]);

#endif
