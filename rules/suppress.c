/* Exclusions, suppressions and thresholds. */
#include "rules/suppress.h"

bool alert_allowed(const struct knowledge *k, const struct alert *a)
{
	const struct policy_terms *terms = knowledge_terms(k, &a->client);
	return policy_allows(k->policy, terms, &a->server.addr, a->head.protocol);
}

static bool leaked_within(const struct prefix *prefix, const struct alert *a)
{
	for (uint32_t i = 0; i < a->leaked_count; i++) {
		if (prefix_contains(prefix, &a->leaked[i]))
			return true;
	}
	return false;
}

static bool suppression_matches(const struct policy_suppression *row, const struct alert *a)
{
	if (row->signature_id && row->signature_id != a->detection->signature_id)
		return false;
	if (row->client.addr.family && !prefix_contains(&row->client, &a->client))
		return false;
	return !row->leaked.addr.family || leaked_within(&row->leaked, a);
}

bool alert_suppressed(const struct policy *policy, const struct alert *a)
{
	for (uint32_t i = 0; i < policy->suppressions; i++) {
		const struct policy_suppression *row = &policy->suppression[i];
		if (!row->limit.count && suppression_matches(row, a))
			return true;
	}
	return false;
}

/* False when the limit is used up; else takes one. */
static bool limit_take(
	struct limit_use *use, const struct policy_limit *limit, const struct alert *a)
{
	uint64_t now_ns = a->last_ns;
	bool over = now_ns >= use->since_ns && now_ns - use->since_ns >= limit->window_ns;
	if (use->told == 0 || over)
		*use = (struct limit_use){.since_ns = now_ns};
	bool graver = a->severity > (enum severity)use->worst;
	if (use->told >= limit->count && !graver)
		return false;
	use->told++;
	if (graver)
		use->worst = (uint32_t)a->severity;
	return true;
}

static bool threshold_take(struct suppress *s, const struct knowledge *k, const struct alert *a)
{
	const struct policy *policy = k->policy;
	struct client *client = knowledge_client(k, &a->client);
	if (!policy->threshold.count)
		return true;
	if (policy->per == PER_RUN)
		return limit_take(&s->run, &policy->threshold, a);
	return !client || limit_take(&client->told, &policy->threshold, a);
}

bool alert_limited(struct suppress *s, const struct knowledge *k, const struct alert *a)
{
	const struct policy *policy = k->policy;
	for (uint32_t i = 0; i < policy->suppressions; i++) {
		const struct policy_suppression *row = &policy->suppression[i];
		if (row->limit.count && suppression_matches(row, a) &&
			!limit_take(&s->row[i], &row->limit, a))
			return true;
	}
	return !threshold_take(s, k, a);
}
