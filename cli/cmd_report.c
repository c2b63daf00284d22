/* seep report ALERTS.jsonl: what an earlier run recorded, told again as an HTML report or
 * otherwise. */
#include "cli/cli.h"
#include "core/log.h"
#include "rules/rules.h"

#include <stdlib.h>

static int report_write(const struct options *o, struct source_table *sources, struct stats *stats)
{
	const struct output_context context = {
		.sources = sources,
		.stats = stats,
		.quiet = o->quiet,
		.patient = true,
		.fail_on = o->fail_on,
		.catalogue = detection_info,
	};
	struct outputs *set = outputs_new(&context);
	if (!set) {
		log_message("not enough memory");
		return EXIT_FAILED;
	}
	int status = outputs_open_chosen(set, o, "report:-");
	bool read = status == EXIT_CLEAN &&
		outputs_tell_again(set, &context, sources, o->files, o->file_count);
	bool written = outputs_free(set);
	if (status != EXIT_CLEAN)
		return status;
	return read && written ? EXIT_CLEAN : EXIT_FAILED;
}

static int report_run(struct options *o)
{
	if (o->file_count == 0)
		return usage_error("report: no file of EVE records named; - is standard input");
	struct stats stats = {0};
	struct source_table *sources = source_table_new();
	if (!sources) {
		log_message("not enough memory");
		return EXIT_FAILED;
	}
	int status = report_write(o, sources, &stats);
	free(sources);
	return status;
}

extern const struct command command_report;
const struct command command_report = {
	.name = "report",
	.arguments = "EVE-FILE...",
	.summary = "an HTML report of recorded alerts",
	.options = OPTIONS_OUTPUT,
	.run = report_run,
};
