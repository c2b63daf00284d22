/* Flows of calls. */
#include "rules/calls.h"

_Static_assert(sizeof(struct calls) % 8 == 0, "rows of a table");

static unsigned call_at(const struct calls *calls, uint64_t flow_id)
{
	unsigned at = 0;
	while (at < CALLS_FLOWS && calls->flow[at].flow_id != flow_id)
		at++;
	return at;
}

struct call_flow *call_of(struct calls *calls, uint64_t flow_id)
{
	unsigned at = call_at(calls, flow_id);
	struct call_flow found = {.flow_id = flow_id};
	if (at < CALLS_FLOWS)
		found = calls->flow[at];
	else
		at = CALLS_FLOWS - 1;
	memmove(&calls->flow[1], &calls->flow[0], at * sizeof(calls->flow[0]));
	calls->flow[0] = found;
	return &calls->flow[0];
}

const struct call_flow *call_find(const struct calls *calls, uint64_t flow_id)
{
	unsigned at = call_at(calls, flow_id);
	return at < CALLS_FLOWS ? &calls->flow[at] : NULL;
}
