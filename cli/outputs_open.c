/* Which outputs a run has: those of the options, or else of the policy, or else the usual one. */
#include "cli/cli.h"
#include "core/log.h"

static unsigned outputs_choose(
	const struct options *o, const char *usual, const char *specs[OUTPUTS_MAX])
{
	unsigned count = 0;
	for (; count < o->output_count; count++)
		specs[count] = o->outputs[count];
	for (unsigned i = 0; !o->output_count && i < o->config->output_count; i++) {
		const struct config_output *output = &o->config->outputs[i];
		if (output->missing)
			log_message("%s: output %s: not in this version, left out", o->policy,
				output->spec);
		else
			specs[count++] = output->spec;
	}
	if (!count)
		specs[count++] = usual;
	return count;
}

int outputs_open_chosen(struct outputs *set, const struct options *o, const char *usual)
{
	const char *specs[OUTPUTS_MAX];
	unsigned count = outputs_choose(o, usual, specs);
	for (unsigned i = 0; i < count; i++) {
		enum output_status status = outputs_open(set, specs[i]);
		if (status != OUTPUT_OK)
			return status == OUTPUT_USAGE ? EXIT_USAGE : EXIT_FAILED;
	}
	return EXIT_CLEAN;
}
