/*
 * The sentence that people remember. It never says more than was looked at: no leak without
 * packets, or without an expectation to hold them against, is no good news.
 */
#include "output/verdict.h"

#include <inttypes.h>

#define HOW_TO_EXPECT                                                             \
	"Nothing says where this traffic may come out, so a leak cannot be told " \
	"from ordinary exposure: say it with --egress ADDRESS or --tunnel INTERFACE."

uint64_t verdict_findings(const struct summary *s, unsigned least, unsigned end)
{
	uint64_t sum = 0;
	for (unsigned i = least; i < end; i++)
		sum += s->findings[i];
	return sum;
}

bool verdict_blind(const struct stats *stats)
{
	for (const struct stat_info *row = stat_info; row->name; row++) {
		if (row->class != STAT_AMOUNT && stat_value(stats, row))
			return true;
	}
	return false;
}

static enum verdict verdict_leaks(const struct summary *s, uint64_t leaks, struct strip *sentence)
{
	unsigned worst = SEVERITY_CRITICAL;
	while (!s->findings[worst])
		worst--;
	strip_add(sentence, "%" PRIu64 " %s found, %s%s.", leaks, leaks == 1 ? "leak" : "leaks",
		leaks == 1 ? "" : "the worst ", severity_name(worst));
	return worst >= SEVERITY_HIGH ? VERDICT_GRAVE : VERDICT_LEAK;
}

enum verdict verdict_of(const struct summary *s, bool blind, struct strip *sentence)
{
	uint64_t leaks = verdict_findings(s, SEVERITY_LOW, SEVERITIES);
	if (leaks)
		return verdict_leaks(s, leaks, sentence);
	if (s->recorded) {
		strip_add(sentence, "No leak is recorded here.");
		return VERDICT_OPEN;
	}
	if (!s->stats->packets) {
		strip_add(sentence, "No packets, so there is nothing to judge.");
		return VERDICT_OPEN;
	}
	if (!s->expectation) {
		strip_add(sentence, "%s", HOW_TO_EXPECT);
		return VERDICT_OPEN;
	}
	if (s->stats->suppressed || s->stats->allowed)
		strip_add(sentence, "No leak seen but what the policy lets pass.");
	else
		strip_add(
			sentence, blind ? "No leak seen in what could be read." : "No leak seen.");
	return VERDICT_CLEAN;
}
