/* seep live: what runs over this host's interfaces, judged as it comes. */
#include "cli/pipeline.h"

static int live_run(struct options *o)
{
	if (o->file_count)
		return usage_error("live: takes no arguments; an interface is named with -i");
	o->live = true;
	return pipeline_run(o, true);
}

extern const struct command command_live;
const struct command command_live = {
	.name = "live",
	.arguments = "",
	.summary = "watch interfaces, judge as packets come",
	.options = OPTIONS_FILES | OPTIONS_JUDGE | OPTIONS_OUTPUT | OPTIONS_LIVE,
	.run = live_run,
};
