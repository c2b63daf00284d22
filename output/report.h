/* The parts of the HTML report, and what they are made from. */
#ifndef SEEP_OUTPUT_REPORT_H
#define SEEP_OUTPUT_REPORT_H

#include "output/document.h"
#include "output/driver.h"
#include "output/kept.h"
#include "output/lanes.h"

struct report_view {
	struct document d;
	const struct output_context *context;
	const struct summary *summary;
	const struct lanes *lanes;
	const struct kept_finding **findings; /* those that stand first, the gravest first */
	uint32_t count, standing;
};

/* For each client that leaked: the way that was meant, and the one that went around it. */
void report_paths(struct report_view *v);

/* From the first packet to the last: what went on, and a bar for each finding. */
void report_timeline(struct report_view *v);

/* Who leaked, and who was told. */
void report_tables(struct report_view *v);

/* Each finding with its evidence and remedy. */
void report_findings(struct report_view *v);

/* "a", "b" ... and how many more, for the places where a list must be short. */
struct report_names {
	char text[8][OBS_WORD_MAX + 1];
	uint32_t count, more;
};
void report_names_add(struct report_names *names, const char *text);
/* All that a finding gave away: addresses and names. */
void report_names_leaked(struct report_names *names, const struct alert *a);

/* Text in an element: <name class="class">text</name>; the class may be NULL. */
void report_element(struct report_view *v, const char *name, const char *class, const char *text);

#endif
