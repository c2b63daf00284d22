/* seep list: the catalogue of detections, a line each. */
#include "cli/cli.h"
#include "rules/rules.h"

#include <string.h>

static int longest_id(void)
{
	size_t longest = 0;
	for (unsigned i = 0; detection_info(i); i++) {
		size_t length = strlen(detection_info(i)->id);
		longest = length > longest ? length : longest;
	}
	return (int)longest;
}

static int list_run(struct options *o)
{
	if (o->file_count)
		return usage_error("list: takes no arguments");
	int width = longest_id();
	for (unsigned i = 0; detection_info(i); i++) {
		const struct detection_info *d = detection_info(i);
		printf("%-*s  %-8s  %s\n", width, d->id, severity_name(d->severity), d->title);
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
