/* What the user declared, from text to struct policy. */
#include "core/policy.h"

#include <ctype.h>
#include <string.h>

static const char full[] = "too many of them";

static bool refuse(const char **why, const char *reason)
{
	*why = reason;
	return false;
}

static struct policy_terms *terms_now(struct policy *p)
{
	return &p->terms[p->entries];
}

/* An IPv4-mapped address is meant as IPv4, in every list: so it is compared. */
static bool declared_endpoint(const char *text, struct endpoint *out)
{
	if (!endpoint_parse(text, out))
		return false;
	out->addr = addr_unmapped(&out->addr);
	return true;
}

static bool declared_prefix(const char *text, struct prefix *out)
{
	if (!prefix_parse(text, out))
		return false;
	*out = prefix_unmapped(out);
	return true;
}

static const char no_prefix[] = "not an address or prefix (ADDR or ADDR/LEN, no host bits set)";

static bool prefixes_add(struct prefix list[], uint32_t *count, const char *text, const char **why)
{
	if (*count == POLICY_LIST_MAX)
		return refuse(why, full);
	if (!declared_prefix(text, &list[*count]))
		return refuse(why, no_prefix);
	(*count)++;
	return true;
}

static bool endpoints_add(
	struct endpoint list[], uint32_t *count, const char *text, const char **why)
{
	if (*count == POLICY_LIST_MAX)
		return refuse(why, full);
	if (!declared_endpoint(text, &list[*count]))
		return refuse(why, "not ADDR[:PORT] (an IPv6 address with a port is [ADDR]:PORT)");
	(*count)++;
	return true;
}

bool policy_add_egress(struct policy *p, const char *text, const char **why)
{
	bool added = prefixes_add(p->egress, &p->egresses, text, why);
	terms_now(p)->egress.count += added;
	return added;
}

/* Linux interface names: no space, no slash, no colon; anything with a digit or letter in front. */
static bool interface_name_valid(const char *text)
{
	size_t length = strlen(text);
	if (length == 0 || length >= INTERFACE_NAME_MAX || !isalnum((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c <= ' ' || c >= 0x7f || c == '/' || c == ':')
			return false;
	}
	return true;
}

/* 203.0.113.300 or 10.8.0 is a mistyped address, not an interface. */
static bool looks_like_address(const char *text)
{
	return strspn(text, "0123456789.") == strlen(text);
}

bool policy_add_tunnel(struct policy *p, const char *text, const char **why)
{
	if (p->tunnels == POLICY_LIST_MAX)
		return refuse(why, full);
	struct policy_tunnel *t = &p->tunnel[p->tunnels];
	*t = (struct policy_tunnel){0};
	if (!declared_endpoint(text, &t->far_end)) {
		if (!interface_name_valid(text) || looks_like_address(text))
			return refuse(why, "neither an interface name nor ADDR[:PORT]");
		t->far_end = (struct endpoint){0};
		strncpy(t->interface, text, sizeof(t->interface) - 1);
	}
	p->tunnels++;
	terms_now(p)->tunnel.count++;
	return true;
}

bool policy_add_proxy(struct policy *p, const char *text, const char **why)
{
	bool added = endpoints_add(p->proxy, &p->proxies, text, why);
	terms_now(p)->proxy.count += added;
	return added;
}

bool policy_add_resolver(struct policy *p, const char *text, const char **why)
{
	bool added = endpoints_add(p->resolver, &p->resolvers, text, why);
	terms_now(p)->resolver.count += added;
	return added;
}

bool policy_add_client(struct policy *p, const char *text, const char **why)
{
	return prefixes_add(p->client, &p->clients, text, why);
}

bool policy_entry_begin(struct policy *p, const char **why)
{
	if (p->entries == POLICY_ENTRIES_MAX)
		return refuse(why, full);
	p->entries++;
	*terms_now(p) = (struct policy_terms){
		.egress = {.first = p->egresses},
		.tunnel = {.first = p->tunnels},
		.proxy = {.first = p->proxies},
		.resolver = {.first = p->resolvers},
		.allow = {.first = p->allows},
	};
	return true;
}

void policy_reset(struct policy *p)
{
	const struct policy_terms *all = &p->terms[0];
	p->egresses = all->egress.count;
	p->tunnels = all->tunnel.count;
	p->proxies = all->proxy.count;
	p->resolvers = all->resolver.count;
	p->allows = p->entries = p->matches = p->suppressions = 0;
	p->min_severity = SEVERITY_LOW;
	p->window_ns = POLICY_WINDOW_NS;
	p->per = PER_CLIENT;
	p->threshold = (struct policy_limit){
		.count = POLICY_THRESHOLD, .window_ns = POLICY_WINDOW_NS};
}

/* Copies the rows of `from` behind those of `span`, the last of the list. False without room. */
static bool span_inherit(
	void *list, size_t size, struct policy_span *span, const struct policy_span *from)
{
	char *rows = list;
	uint32_t end = span->first + span->count;
	if (from->count > POLICY_LIST_MAX - end)
		return false;
	memcpy(rows + end * size, rows + from->first * size, from->count * size);
	span->count += from->count;
	return true;
}

/* The same for egresses, of which each is told to the user once. */
static bool egress_inherit(
	struct prefix *list, struct policy_span *span, const struct policy_span *from)
{
	uint32_t own_end = span->first + span->count;
	for (uint32_t i = from->first; i < from->first + from->count; i++) {
		uint32_t k = span->first;
		while (k < own_end && !prefix_equal(&list[k], &list[i]))
			k++;
		if (k < own_end)
			continue;
		if (span->first + span->count == POLICY_LIST_MAX)
			return false;
		list[span->first + span->count++] = list[i];
	}
	return true;
}

bool policy_entry_end(struct policy *p, const char **why)
{
	const struct policy_terms *all = &p->terms[0];
	struct policy_terms *own = terms_now(p);
	if (!egress_inherit(p->egress, &own->egress, &all->egress) ||
		!span_inherit(p->tunnel, sizeof(p->tunnel[0]), &own->tunnel, &all->tunnel) ||
		!span_inherit(p->proxy, sizeof(p->proxy[0]), &own->proxy, &all->proxy) ||
		!span_inherit(p->resolver, sizeof(p->resolver[0]), &own->resolver, &all->resolver))
		return refuse(why, full);
	own->relay_only |= all->relay_only;
	p->egresses = own->egress.first + own->egress.count;
	p->tunnels = own->tunnel.first + own->tunnel.count;
	p->proxies = own->proxy.first + own->proxy.count;
	p->resolvers = own->resolver.first + own->resolver.count;
	return true;
}

/* Six pairs of hexadecimal digits with colons or hyphens between. */
static bool mac_parse(const char *text, uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef";
	if (strlen(text) != 17)
		return false;
	for (unsigned i = 0; i < 17; i++) {
		const char *digit = strchr(digits, tolower((unsigned char)text[i]));
		bool between = i % 3 == 2;
		if (between ? text[i] != text[2] || !strchr(":-", text[i]) : !digit)
			return false;
		if (!between)
			mac[i / 3] = (uint8_t)(mac[i / 3] << 4 | (digit - digits));
	}
	return true;
}

static bool match_parse(const char *text, struct policy_match *out)
{
	*out = (struct policy_match){.kind = MATCH_PREFIX};
	if (declared_prefix(text, &out->prefix))
		return true;
	*out = (struct policy_match){.kind = MATCH_SELF};
	if (strcmp(text, "self") == 0)
		return true;
	out->kind = MATCH_MAC;
	return mac_parse(text, out->mac);
}

static bool match_equal(const struct policy_match *a, const struct policy_match *b)
{
	return a->kind == b->kind && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 &&
		prefix_equal(&a->prefix, &b->prefix);
}

bool policy_add_match(struct policy *p, const char *text, const char **why)
{
	if (p->matches == POLICY_LIST_MAX)
		return refuse(why, full);
	struct policy_match *m = &p->match[p->matches];
	if (!match_parse(text, m))
		return refuse(why,
			"neither an address, a prefix (no host bits set), a MAC address nor self");
	for (uint32_t i = 0; i < p->matches; i++) {
		if (match_equal(&p->match[i], m))
			return refuse(why, "duplicate client");
	}
	m->entry = p->entries;
	p->matches++;
	return true;
}

struct policy_allow *policy_add_allow(struct policy *p)
{
	if (p->allows == POLICY_ALLOWS_MAX)
		return NULL;
	terms_now(p)->allow.count++;
	struct policy_allow *row = &p->allow[p->allows++];
	*row = (struct policy_allow){0};
	return row;
}

struct policy_suppression *policy_add_suppression(struct policy *p)
{
	if (p->suppressions == POLICY_SUPPRESSION_MAX)
		return NULL;
	struct policy_suppression *row = &p->suppression[p->suppressions++];
	*row = (struct policy_suppression){0};
	return row;
}

/* How exactly a match means this client: 0 not at all. */
static unsigned match_rank(const struct policy_match *m, const struct policy_subject *who)
{
	enum { RANK_SELF = 1, RANK_PREFIX = 2, RANK_MAC = 512 };
	if (m->kind == MATCH_SELF)
		return who->self ? RANK_SELF : 0;
	if (m->kind == MATCH_MAC)
		return who->mac && memcmp(m->mac, who->mac, sizeof(m->mac)) == 0 ? RANK_MAC : 0;
	return prefix_contains(&m->prefix, who->addr) ? RANK_PREFIX + m->prefix.bits : 0;
}

uint32_t policy_entry_find(const struct policy *p, const struct policy_subject *who)
{
	uint32_t entry = 0;
	unsigned best = 0;
	for (uint32_t i = 0; i < p->matches; i++) {
		unsigned rank = match_rank(&p->match[i], who);
		if (rank <= best)
			continue;
		best = rank;
		entry = p->match[i].entry;
	}
	return entry;
}

bool policy_allows(const struct policy *p, const struct policy_terms *terms, const struct addr *to,
	uint8_t protocol)
{
	struct addr plain = addr_unmapped(to);
	for (uint32_t i = 0; i < terms->allow.count; i++) {
		const struct policy_allow *row = &p->allow[terms->allow.first + i];
		bool meant = !row->protocols || (protocol < 64 && row->protocols >> protocol & 1);
		if (meant && prefix_contains(&row->to, &plain))
			return true;
	}
	return false;
}
