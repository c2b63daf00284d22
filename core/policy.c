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

/* An IPv4-mapped address is meant as IPv4, in every list: so it is compared. */
static bool declared_endpoint(const char *text, struct endpoint *out)
{
	if (!endpoint_parse(text, out))
		return false;
	out->addr = addr_unmapped(&out->addr);
	return true;
}

static bool prefixes_add(struct prefix list[], uint32_t *count, const char *text, const char **why)
{
	if (*count == POLICY_LIST_MAX)
		return refuse(why, full);
	if (!prefix_parse(text, &list[*count]))
		return refuse(why, "not an address or prefix (ADDR or ADDR/LEN, no host bits set)");
	list[*count] = prefix_unmapped(&list[*count]);
	(*count)++;
	return true;
}

bool policy_add_egress(struct policy *p, const char *text, const char **why)
{
	return prefixes_add(p->egress, &p->egresses, text, why);
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
	return true;
}

bool policy_add_proxy(struct policy *p, const char *text, const char **why)
{
	if (p->proxies == POLICY_LIST_MAX)
		return refuse(why, full);
	if (!declared_endpoint(text, &p->proxy[p->proxies]))
		return refuse(why, "not ADDR[:PORT] (an IPv6 address with a port is [ADDR]:PORT)");
	p->proxies++;
	return true;
}

bool policy_add_client(struct policy *p, const char *text, const char **why)
{
	return prefixes_add(p->client, &p->clients, text, why);
}
