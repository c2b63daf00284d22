/* The rows of core/stats.h as data. */
#include "core/stats.h"

#define ROW(member, name, help, class) {name, help, offsetof(struct stats, member), class},
#define AMOUNT(member, name, help)     ROW(member, name, help, STAT_AMOUNT)
#define MISSED(member, name, help)     ROW(member, name, help, STAT_MISSED)
#define LOST(member, name, help)       ROW(member, name, help, STAT_LOST)

const struct stat_info stat_info[] = {STATS(AMOUNT, MISSED, LOST){0}};
