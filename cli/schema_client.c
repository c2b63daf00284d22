/* The policy file's `clients`: whom it is about, and what they should and may do. */
#include "cli/schema.h"

#include <stdio.h>
#include <string.h>

#define PROTOCOL_MAX 63 /* a policy_allow has a bit for each */

static const char *added(bool (*add)(struct policy *, const char *, const char **),
	struct config *c, const char *value)
{
	const char *why = NULL;
	return add(&c->policy, value, &why) ? NULL : why;
}

const char *schema_client_begin(struct config *c)
{
	const char *why = NULL;
	return policy_entry_begin(&c->policy, &why) ? NULL : "clients: too many of them";
}

const char *schema_client_end(struct config *c)
{
	const struct policy *p = &c->policy;
	const char *why = NULL;
	if (!p->matches || p->match[p->matches - 1].entry != p->entries)
		return "match names nobody";
	return policy_entry_end(&c->policy, &why) ? NULL : why;
}

static const char *match_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return added(policy_add_match, c, value);
}

static const char *tunnel_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return added(policy_add_tunnel, c, value);
}

static const char *proxy_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return added(policy_add_proxy, c, value);
}

static const char *egress_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return added(policy_add_egress, c, value);
}

static const char *resolver_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return added(policy_add_resolver, c, value);
}

static const char *relay_only_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	bool yes = strcmp(value, "true") == 0;
	c->policy.terms[c->policy.entries].relay_only = yes;
	return yes || strcmp(value, "false") == 0 ? NULL : "neither true nor false";
}

/* allow */

static struct policy_allow *allow_now(struct config *c)
{
	return &c->policy.allow[c->policy.allows - 1];
}

static const char *allow_begin(struct config *c)
{
	return policy_add_allow(&c->policy) ? NULL : "allow: too many of them";
}

static const char *to_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	return schema_prefix(&allow_now(c)->to, value);
}

static const char *protocol_take(struct config *c, const char *key, const char *value)
{
	static const struct {
		const char *name;
		unsigned number;
	} protocols[] = {{"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"icmpv6", 58}};
	(void)key;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocols[i].name, value) != 0)
			continue;
		allow_now(c)->protocols |= UINT64_C(1) << (protocols[i].number & PROTOCOL_MAX);
		return NULL;
	}
	return "not one of udp, tcp, icmp, icmpv6";
}

static const char *why_take(struct config *c, const char *key, const char *value)
{
	(void)key;
	struct policy_allow *row = allow_now(c);
	if (strlen(value) >= sizeof(row->why))
		return "longer than 127 bytes";
	snprintf(row->why, sizeof(row->why), "%s", value);
	return NULL;
}

static const struct schema_key allow_keys[] = {
	{"to", FORM_VALUE, .required = true, .take = to_take},
	{"protocol", FORM_VALUES, .take = protocol_take},
	{"why", FORM_VALUE, .required = true, .take = why_take},
	{0},
};

const struct schema_key schema_client_keys[] = {
	{"match", FORM_VALUES, .required = true, .take = match_take},
	{"tunnel", FORM_VALUES, .take = tunnel_take},
	{"proxy", FORM_VALUES, .take = proxy_take},
	{"egress", FORM_VALUES, .take = egress_take},
	{"resolvers", FORM_VALUES, .take = resolver_take},
	{"relay_only", FORM_VALUE, .take = relay_only_take},
	{"allow", FORM_MAPS, .keys = allow_keys, .begin = allow_begin},
	{0},
};
