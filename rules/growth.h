/*
 * How the alert of a finding takes in more evidence of the same leak.
 */
#ifndef SEEP_RULES_GROWTH_H
#define SEEP_RULES_GROWTH_H

#include "core/alert.h"

/* Is the draft worse, surer or further than what is known? A lesser grade is never growth: the
 * evidence of the graver one would be lost with it. Nor is a later stage that is less sure. A
 * vantage that knows the path is worth more than one that does not. */
bool alert_grows(const struct alert *known, const struct alert *draft);

/* Takes over what is worse or surer, with the evidence of it. What the finding's identity is made
 * of stays, and so does its history. */
void alert_grow(struct alert *known, const struct alert *draft);

/* Names given away become more while the finding goes on. */
void alert_gather_names(struct alert *known, const struct alert *draft);

/* So does the traffic that it sums up. */
void alert_sum_up(struct alert *known, const struct alert *draft);

#endif
