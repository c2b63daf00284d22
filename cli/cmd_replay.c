/* seep replay: saved captures in, verdicts out. */
#include "cli/pipeline.h"

static int replay_run(struct options *o)
{
	if (o->file_count == 0)
		return usage_error("replay: no capture named; - is standard input");
	return pipeline_run(o, true);
}

extern const struct command command_replay;
const struct command command_replay = {
	.name = "replay",
	.arguments = "[ROLE:]FILE...",
	.summary = "judge saved captures, merged by time",
	.options = OPTIONS_FILES | OPTIONS_JUDGE | OPTIONS_OUTPUT,
	.run = replay_run,
};
