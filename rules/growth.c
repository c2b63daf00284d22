/* How the alert of a finding takes in more evidence. */
#include "rules/growth.h"

#include "rules/detection.h"
#include "rules/names.h"

#include <string.h>

bool alert_grows(const struct alert *known, const struct alert *draft)
{
	if (draft->severity != known->severity)
		return draft->severity > known->severity;
	if (draft->confidence != known->confidence)
		return draft->confidence > known->confidence;
	if (draft->stage != known->stage)
		return draft->stage > known->stage;
	return known->path == PATH_UNKNOWN && draft->path != PATH_UNKNOWN;
}

void alert_gather_names(struct alert *known, const struct alert *draft)
{
	for (uint32_t i = 0; i < draft->name_count; i++) {
		const struct obs_word *name = &draft->names[i];
		uint32_t same = 0;
		while (same < known->name_count &&
			!name_equal(known->names[same].bytes, known->names[same].length,
				name->bytes, name->length))
			same++;
		if (same == known->name_count)
			alert_add_name(known, name->bytes, name->length);
	}
}

void alert_grow(struct alert *known, const struct alert *draft)
{
	struct alert grown = *draft;
	grown.detection = known->detection;
	memcpy(grown.leaked, known->leaked, sizeof(grown.leaked));
	grown.leaked_count = known->leaked_count;
	if (known->stage > grown.stage)
		grown.stage = known->stage;
	memcpy(grown.expected, known->expected, sizeof(grown.expected));
	grown.expected_count = known->expected_count;
	grown.expected_cut = known->expected_cut;
	grown.learned = known->learned;
	memcpy(grown.names, known->names, sizeof(grown.names));
	grown.name_count = known->name_count;
	grown.first_ns = known->first_ns;
	grown.last_ns = known->last_ns;
	grown.count = known->count;
	*known = grown;
}

void alert_sum_up(struct alert *known, const struct alert *draft)
{
	if (draft->traffic.packets < known->traffic.packets || !draft->traffic.packets)
		return;
	known->traffic = draft->traffic;
	known->provisional &= draft->provisional;
}
