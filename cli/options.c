/*
 * Command line options: one table that getopt_long, the help and the parser are made of.
 */
#include "cli/cli.h"
#include "cli/quantity.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Long options without a letter are numbered from here. */
enum {
	OPTION_EGRESS = 256,
	OPTION_TUNNEL,
	OPTION_PROXY,
	OPTION_RESOLVER,
	OPTION_CLIENT,
	OPTION_GEO,
	OPTION_RELAY_ONLY,
	OPTION_JSON,
	OPTION_MIN_SEVERITY,
	OPTION_FAIL_ON,
	OPTION_SENSOR,
	OPTION_STRICT,
	OPTION_NO_COLOR,
	OPTION_NO_NDPI,
	OPTION_BUFFER,
	OPTION_NO_SANDBOX,
};

static const struct option_row {
	int key; /* the letter, or a number from above */
	unsigned group;
	const char *name, *argument, *help;
} rows[] = {
	{'i', OPTIONS_LIVE, "interface", "[ROLE:]IFACE", "watch only this (ways out, tunnels)"},
	{OPTION_BUFFER, OPTIONS_LIVE, "buffer", "SIZE", "of the kernel, for each capture (16MiB)"},
	{OPTION_EGRESS, OPTIONS_JUDGE, "egress", "ADDR[/LEN]",
		"an address traffic may come out of"},
	{OPTION_TUNNEL, OPTIONS_JUDGE, "tunnel", "IFACE|ADDR[:PORT]",
		"a tunnel interface, or a tunnel's far end"},
	{OPTION_PROXY, OPTIONS_JUDGE, "proxy", "ADDR[:PORT]", "a proxy that clients must use"},
	{OPTION_RESOLVER, OPTIONS_JUDGE, "resolver", "ADDR[:PORT]",
		"whom clients should ask for names"},
	{OPTION_CLIENT, OPTIONS_JUDGE, "client", "ADDR[/LEN]",
		"whom to judge (default: every local client)"},
	{OPTION_RELAY_ONLY, OPTIONS_JUDGE, "relay-only", NULL,
		"only relayed candidates and TURN are allowed"},
	{'c', OPTIONS_JUDGE, "policy", "FILE", "the policy: who may do what (docs/POLICY.md)"},
	{OPTION_GEO, OPTIONS_JUDGE, "geo", "FILE",
		"a database of where addresses are (MaxMind DB)"},
	{'f', OPTIONS_FILES, "filter", "BPF", "read only what this capture filter passes"},
	{'o', OPTIONS_OUTPUT, "output", "NAME[:DEST]", "where results go: see below"},
	{OPTION_JSON, OPTIONS_OUTPUT, "json", NULL, "JSON lines on stdout: -o eve:-"},
	{OPTION_MIN_SEVERITY, OPTIONS_JUDGE, "min-severity", "S",
		"report info, low, medium, high, critical (low)"},
	{OPTION_FAIL_ON, OPTIONS_JUDGE, "fail-on", "S",
		"exit with 1 from this severity on (medium)"},
	{OPTION_SENSOR, OPTIONS_FILES, "sensor", "NAME",
		"name of this sensor, \"host\" in records"},
	{OPTION_NO_NDPI, OPTIONS_FILES, "no-ndpi", NULL,
		"do not ask nDPI about flows that are not read"},
	{'Z', OPTIONS_FILES, "user", "USER", "as root: whom to become before reading (nobody)"},
	{OPTION_NO_SANDBOX, OPTIONS_FILES, "no-sandbox", NULL,
		"keep all rights while reading: for debuggers"},
	{OPTION_STRICT, OPTIONS_JUDGE, "strict", NULL,
		"exit with 4 when something could not be kept"},
	{'q', OPTIONS_OUTPUT, "quiet", NULL, "alerts only, no summary"},
	{'v', OPTIONS_FILES, "verbose", NULL, "interfaces, roles and counters on stderr"},
	{OPTION_NO_COLOR, OPTIONS_JUDGE, "no-color", NULL, "no colours (as NO_COLOR does)"},
	{'h', OPTIONS_COMMON, "help", NULL, "this text"},
	{'V', OPTIONS_COMMON, "version", NULL, "the version"},
};

/* What --buffer takes. */
#define BUFFER_MIN (UINT64_C(1) << 20)
#define BUFFER_MAX (UINT64_C(1) << 30)

#define ROWS (sizeof(rows) / sizeof(rows[0]))

void options_print(FILE *to, unsigned groups)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (!(rows[i].group & groups))
			continue;
		char name[40];
		snprintf(name, sizeof(name), "--%s %s", rows[i].name,
			rows[i].argument ? rows[i].argument : "");
		if (rows[i].key < OPTION_EGRESS)
			fprintf(to, "  -%c, %-26s %s\n", rows[i].key, name, rows[i].help);
		else
			fprintf(to, "      %-26s %s\n", name, rows[i].help);
	}
}

static bool policy_option(bool (*add)(struct policy *, const char *, const char **),
	struct options *o, const char *name)
{
	const char *why;
	if (add(&o->config->policy, optarg, &why))
		return true;
	usage_error("--%s %s: %s", name, optarg, why);
	return false;
}

static bool policy_file_option(struct options *o)
{
	if (o->policy)
		usage_error("more than one policy: %s and %s", o->policy, optarg);
	else
		o->policy = optarg;
	return o->policy == optarg;
}

static bool geo_option(struct options *o)
{
	if (o->geo_count == GEO_FILES_MAX) {
		usage_error("more than %d databases of places", GEO_FILES_MAX);
		return false;
	}
	o->geo[o->geo_count++] = optarg;
	return true;
}

static bool severity_option(enum severity *out, const char *name)
{
	if (severity_parse(optarg, out))
		return true;
	usage_error("--%s %s: not one of info, low, medium, high, critical", name, optarg);
	return false;
}

static bool output_option(struct options *o, const char *spec)
{
	if (o->output_count == OUTPUTS_MAX) {
		usage_error("more than %d outputs", OUTPUTS_MAX);
		return false;
	}
	o->outputs[o->output_count++] = spec;
	return true;
}

static bool interface_option(struct options *o)
{
	if (o->interface_count == INTERFACES_MAX) {
		usage_error("more than %d interfaces", INTERFACES_MAX);
		return false;
	}
	o->interfaces[o->interface_count++] = optarg;
	return true;
}

static bool buffer_option(struct options *o)
{
	if (quantity_size(optarg, &o->buffer) && o->buffer >= BUFFER_MIN && o->buffer <= BUFFER_MAX)
		return true;
	usage_error("--buffer %s: not a size from 1MiB to 1GiB", optarg);
	return false;
}

static bool option_apply(struct options *o, int key)
{
	switch (key) {
	case OPTION_EGRESS:
		return policy_option(policy_add_egress, o, "egress");
	case OPTION_TUNNEL:
		return policy_option(policy_add_tunnel, o, "tunnel");
	case OPTION_PROXY:
		return policy_option(policy_add_proxy, o, "proxy");
	case OPTION_RESOLVER:
		return policy_option(policy_add_resolver, o, "resolver");
	case OPTION_CLIENT:
		return policy_option(policy_add_client, o, "client");
	case OPTION_GEO:
		return geo_option(o);
	case OPTION_RELAY_ONLY:
		return o->config->policy.terms[0].relay_only = true;
	case OPTION_MIN_SEVERITY:
		o->min_severity_said = true;
		return severity_option(&o->min_severity, "min-severity");
	case OPTION_FAIL_ON:
		return severity_option(&o->fail_on, "fail-on");
	case OPTION_JSON:
		return output_option(o, "eve:-");
	case 'o':
		return output_option(o, optarg);
	case 'c':
		return policy_file_option(o);
	case 'f':
		o->filter = optarg;
		return true;
	case 'i':
		return interface_option(o);
	case OPTION_BUFFER:
		return buffer_option(o);
	case OPTION_SENSOR:
		o->sensor = optarg;
		return true;
	case 'Z':
		o->user = optarg;
		return true;
	case OPTION_NO_SANDBOX:
		return o->no_sandbox = true;
	case OPTION_STRICT:
		return o->strict = true;
	case OPTION_NO_NDPI:
		return o->no_ndpi = true;
	case OPTION_NO_COLOR:
		return o->no_color = true;
	case 'q':
		return o->quiet = true;
	case 'v':
		return o->verbose = true;
	case 'V':
		return o->version = true;
	default:
		return o->help = true;
	}
}

/* What getopt_long wants, of the groups the subcommand takes. */
static void getopt_fill(unsigned groups, struct option longs[ROWS + 1], char letters[2 * ROWS + 2])
{
	char *letter = letters;
	*letter++ = ':';
	for (size_t i = 0; i < ROWS; i++) {
		if (!(rows[i].group & groups))
			continue;
		*longs++ = (struct option){.name = rows[i].name,
			.has_arg = rows[i].argument != NULL,
			.val = rows[i].key};
		if (rows[i].key >= OPTION_EGRESS)
			continue;
		*letter++ = (char)rows[i].key;
		if (rows[i].argument)
			*letter++ = ':';
	}
	*longs = (struct option){0};
	*letter = '\0';
}

/* Behind the options, because what they declare holds for each of its clients, too; but they have
 * the last word on what is said once. */
static bool policy_read(const struct options *o, struct config *c, int fd)
{
	if (o->policy && !config_load(c, o->policy, fd))
		return false;
	if (o->min_severity_said)
		c->policy.min_severity = o->min_severity;
	return true;
}

struct config *options_config_again(const struct options *o, int fd)
{
	struct config *c = config_new();
	if (!c)
		return NULL;
	c->policy = o->config->policy;
	policy_reset(&c->policy);
	if (policy_read(o, c, fd))
		return c;
	free(c);
	return NULL;
}

bool options_parse(struct options *o, const struct command *command, int argc, char **argv)
{
	struct option longs[ROWS + 1];
	char letters[2 * ROWS + 2];
	getopt_fill(OPTIONS_COMMON | command->options, longs, letters);
	o->fail_on = SEVERITY_MEDIUM;
	opterr = 0;
	for (int key; (key = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
		const char *word = argv[optind - 1];
		if (key == ':')
			usage_error("%s: %s needs an argument", command->name, word);
		else if (key == '?' && optopt && optopt < OPTION_EGRESS)
			usage_error("%s: no option -%c", command->name, optopt);
		else if (key == '?')
			usage_error("%s: no option %s", command->name, word);
		if (key == ':' || key == '?' || !option_apply(o, key))
			return false;
	}
	o->files = argv + optind;
	o->file_count = argc - optind;
	return o->help || o->version || policy_read(o, o->config, -1);
}
