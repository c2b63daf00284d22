/*
 * What the user does not want to hear of: exclusions (meant to be so), suppressions (heard enough),
 * and the threshold that keeps one client from burying the others. Everything held back is counted.
 */
#ifndef SEEP_RULES_SUPPRESS_H
#define SEEP_RULES_SUPPRESS_H

#include "core/alert.h"
#include "core/policy.h"
#include "rules/knowledge.h"

/* How much of each limit is used up that is not counted by client. */
struct suppress {
	struct limit_use run;
	struct limit_use row[POLICY_SUPPRESSION_MAX];
};

/* The client may speak to where the evidence went: no leak. */
bool alert_allowed(const struct knowledge *k, const struct alert *a);

/* The user wants none of these, not even in the exit status. */
bool alert_suppressed(const struct policy *policy, const struct alert *a);

/* It stands, but is not reported: as many like it as the user wants to hear of were. Otherwise it
 * is counted as reported. One that is graver than all of those is never held back. */
bool alert_limited(struct suppress *s, const struct knowledge *k, const struct alert *a);

#endif
