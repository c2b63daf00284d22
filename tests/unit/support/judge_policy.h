/* A judge whose policy is a file. */
#ifndef SEEP_TESTS_UNIT_SUPPORT_JUDGE_POLICY_H
#define SEEP_TESTS_UNIT_SUPPORT_JUDGE_POLICY_H

#include "tests/unit/support/config.h"
#include "tests/unit/support/judge.h"

static inline struct judge *judge_of_policy(const char *yaml)
{
	struct judge *j = judge_new("");
	struct config *c = config_of(yaml);
	*j->policy = c->policy;
	j->policy->min_severity = SEVERITY_INFO;
	free(c);
	return j;
}

#endif
