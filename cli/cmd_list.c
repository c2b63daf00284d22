/* seep list: the catalogue of detections, a line each. */
#include "cli/cli.h"
#include "rules/rules.h"

static int list_run(struct options *o)
{
	if (o->file_count)
		return usage_error("list: takes no arguments");
	for (unsigned i = 0; detection_info(i); i++) {
		const struct detection_info *d = detection_info(i);
		printf("%-28s %-9s %s\n", d->id, severity_name(d->severity), d->title);
	}
	return EXIT_CLEAN;
}

extern const struct command command_list;
const struct command command_list = {
	.name = "list",
	.arguments = "",
	.summary = "the catalogue of detections",
	.run = list_run,
};
