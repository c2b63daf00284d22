/* Counters and interfaces of a run, in lines. */
#include "cli/run_print.h"

#include "core/log.h"

#include <inttypes.h>

void stats_print(const struct stats *stats)
{
	for (const struct stat_info *row = stat_info; row->name; row++) {
		uint64_t value = stat_value(stats, row);
		if (value)
			log_message("%-28s %12" PRIu64 "  %s", row->name, value, row->help);
	}
}

void interfaces_print(const struct source_table *sources)
{
	for (uint32_t i = 0; i < sources->interfaces; i++) {
		const struct interface *row = &sources->interface[i];
		log_message("%s: interface %s, link type %u, %s (%s)",
			sources->capture[row->capture], row->name[0] ? row->name : "without a name",
			row->link_type, role_name(row->role),
			row->declared        ? "as declared"
				: row->named ? "by name or kind"
					     : "guessed");
	}
}
