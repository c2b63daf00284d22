/* The rows of core/stats.h as data. */
#include "core/stats.h"

const struct stat_info stat_info[] = {
#define STAT(member, name, help) {name, help, offsetof(struct stats, member)},
	STATS(STAT)
#undef STAT
		{0},
};
