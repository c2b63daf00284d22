/* seep dissect: saved captures in, observations out, no verdicts. */
#include "cli/pipeline.h"

static int dissect_run(struct options *o)
{
	if (o->file_count == 0)
		return usage_error("dissect: no capture named; - is standard input");
	return pipeline_run(o, false);
}

extern const struct command command_dissect;
const struct command command_dissect = {
	.name = "dissect",
	.arguments = "FILE...",
	.summary = "what the packets say, as JSON lines",
	.options = OPTIONS_FILES,
	.run = dissect_run,
};
