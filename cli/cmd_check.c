/* seep check POLICY: is a policy file right, and what does it mean? */
#include "cli/cli.h"
#include "cli/policy_print.h"

static int check_run(struct options *o)
{
	if (o->file_count != 1)
		return usage_error("check: takes one policy file");
	if (!config_load(o->config, o->files[0], -1))
		return EXIT_USAGE;
	printf("%s: no mistakes\n", o->files[0]);
	policy_print(o->config);
	return EXIT_CLEAN;
}

extern const struct command command_check;
const struct command command_check = {
	.name = "check",
	.arguments = "POLICY",
	.summary = "is a policy file right, and what it means",
	.run = check_run,
};
