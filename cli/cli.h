/*
 * The program: its subcommands and their options. Private to cli/.
 *
 * To add a subcommand: cmd_x.c and a row in commands.h. To add an option: a row in options.c.
 */
#ifndef SEEP_CLI_CLI_H
#define SEEP_CLI_CLI_H

#include "cli/config.h"
#include "output/output.h"
#include "rules/rules.h"

#include <stdbool.h>
#include <stdio.h>

/* Exit statuses, as the manual promises them. Of several that apply the first counts: usage,
 * failed, leak, degraded. */
enum {
	EXIT_CLEAN = 0,
	EXIT_LEAK = 1,
	EXIT_USAGE = 2,
	EXIT_FAILED = 3,
	EXIT_DEGRADED = 4,
};

/* Interfaces named at a time. */
#define INTERFACES_MAX 64

struct options {
	struct config *config; /* of the command line and of the policy file */
	const char *policy;    /* the name of that file */
	enum severity fail_on, min_severity;
	bool min_severity_said;
	const char *filter, *sensor, *user;
	bool live; /* interfaces are read, not files */
	const char *interfaces[INTERFACES_MAX];
	unsigned interface_count;
	uint64_t buffer; /* bytes; 0: not said */
	const char *outputs[OUTPUTS_MAX];
	unsigned output_count;
	const char *geo[GEO_FILES_MAX];
	unsigned geo_count;
	bool quiet, verbose, no_color, no_ndpi, no_sandbox, strict, help, version;
	char **files; /* what is not an option, in order */
	int file_count;
};

struct command {
	const char *name, *arguments, *summary;
	unsigned options; /* which option groups it takes */
	int (*run)(struct options *o);
};

/* Groups of options, a bit each. */
enum {
	OPTIONS_COMMON = 1 << 0, /* every subcommand */
	OPTIONS_FILES = 1 << 1,  /* what reads captures */
	OPTIONS_JUDGE = 1 << 2,  /* what judges them */
	OPTIONS_OUTPUT = 1 << 3, /* what writes alerts */
	OPTIONS_LIVE = 1 << 4,   /* what captures */
};

/* The policy file, open as `fd`, read again, beside the same options. NULL when it can't be, and
 * says why; free() it. */
struct config *options_config_again(const struct options *o, int fd);

/* The command table; NULL behind the last row. */
const struct command *command_info(unsigned i);

/* Reads the options of `command` from argv[1..] into `o`, of which only the config is filled, and
 * the policy file that they name; prints what is wrong and returns false if so. */
bool options_parse(struct options *o, const struct command *command, int argc, char **argv);

/* Opens the outputs that the options name, or else the policy, or else the usual one. Returns an
 * exit status; what is wrong was printed. */
int outputs_open_chosen(struct outputs *set, const struct options *o, const char *usual);

/* Help, generated from the tables. */
void options_print(FILE *to, unsigned groups);
void help_print(FILE *to);
void help_print_command(FILE *to, const struct command *command);

/* Says what is wrong with the use of a subcommand and where to read on; returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

#endif
