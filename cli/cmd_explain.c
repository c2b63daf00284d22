/* seep explain ID: what a detection means, why it matters, and what to do. */
#include "cli/cli.h"
#include "core/wrap.h"
#include "rules/rules.h"

#include <string.h>

#define INDENT 4
#define WIDTH  76

static void paragraph_print(const char *heading, const char *text)
{
	printf("\n%s\n", heading);
	while (*text) {
		const char *line = text;
		size_t length = wrap_line(&text, WIDTH - INDENT);
		printf("%*s%.*s\n", INDENT, "", (int)length, line);
	}
}

static void detection_print(const struct detection_info *d)
{
	printf("%s: %s\n", d->id, d->title);
	printf("severity up to %s, signature %u, catalogue %s\n", severity_name(d->severity),
		d->signature_id, d->catalogue);
	paragraph_print("WHY", d->why);
	paragraph_print("WHAT TO DO", d->remedy);
	paragraph_print("KNOWN FALSE POSITIVE", d->false_positive);
	puts("\nREFERENCES");
	for (const char *const *reference = d->references; *reference; reference++)
		printf("%*s%s\n", INDENT, "", *reference);
}

static int explain_run(struct options *o)
{
	if (o->file_count != 1)
		return usage_error("explain: name one detection; seep list shows them");
	for (unsigned i = 0; detection_info(i); i++) {
		if (strcmp(detection_info(i)->id, o->files[0]) == 0) {
			detection_print(detection_info(i));
			return EXIT_CLEAN;
		}
	}
	return usage_error("explain: no detection \"%s\"; seep list shows them", o->files[0]);
}

extern const struct command command_explain;
const struct command command_explain = {
	.name = "explain",
	.arguments = "ID",
	.summary = "what a detection means and what to do",
	.run = explain_run,
};
