/* A policy in words. Keys whose detections are still to come say so. */
#include "cli/policy_print.h"

#include "rules/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_NS    UINT64_C(1000000000)
#define PHRASE_SHOWN 8 /* of a list */

typedef void item_print(const struct policy *p, uint32_t i);

static void egress_print(const struct policy *p, uint32_t i)
{
	char text[PREFIX_TEXT_MAX];
	fputs(prefix_text(&p->egress[i], text), stdout);
}

static void tunnel_print(const struct policy *p, uint32_t i)
{
	char text[ENDPOINT_TEXT_MAX];
	const struct policy_tunnel *t = &p->tunnel[i];
	fputs(t->interface[0] ? t->interface : endpoint_text(&t->far_end, text), stdout);
}

static void proxy_print(const struct policy *p, uint32_t i)
{
	char text[ENDPOINT_TEXT_MAX];
	fputs(endpoint_text(&p->proxy[i], text), stdout);
}

static void resolver_print(const struct policy *p, uint32_t i)
{
	char text[ENDPOINT_TEXT_MAX];
	fputs(endpoint_text(&p->resolver[i], text), stdout);
}

static void match_print(const struct policy *p, uint32_t i)
{
	char text[PREFIX_TEXT_MAX];
	const struct policy_match *m = &p->match[i];
	const uint8_t *mac = m->mac;
	if (m->kind == MATCH_SELF)
		fputs("this host", stdout);
	else if (m->kind == MATCH_MAC)
		printf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
			mac[5]);
	else
		fputs(prefix_text(&m->prefix, text), stdout);
}

/* "a, b or c"; true when there was anything. */
static bool list_print(const struct policy *p, const char *before, const struct policy_span *span,
	const char *last, item_print *print)
{
	if (!span->count)
		return false;
	fputs(before, stdout);
	for (uint32_t i = 0; i < span->count && i < PHRASE_SHOWN; i++) {
		bool ends = i + 1 == span->count;
		fputs(i == 0 ? "" : ends ? last : ", ", stdout);
		print(p, span->first + i);
	}
	if (span->count > PHRASE_SHOWN)
		printf(" and %" PRIu32 " more", span->count - PHRASE_SHOWN);
	return true;
}

static void allow_print(const struct policy_allow *row)
{
	static const struct {
		unsigned number;
		const char *name;
	} protocols[] = {{1, "icmp"}, {6, "tcp"}, {17, "udp"}, {58, "icmpv6"}};
	char text[PREFIX_TEXT_MAX];
	const char *before = " by ";
	printf("  may go to %s around all that", prefix_text(&row->to, text));
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (!(row->protocols >> protocols[i].number & 1))
			continue;
		printf("%s%s", before, protocols[i].name);
		before = ", ";
	}
	printf(": %s\n", row->why);
}

static void terms_print(const struct policy *p, const struct policy_terms *t)
{
	bool any = false;
	if (list_print(p, "  uses the tunnel ", &t->tunnel, " or ", tunnel_print))
		any = puts("") >= 0;
	if (list_print(p, "  uses the proxy ", &t->proxy, " or ", proxy_print))
		any = puts("") >= 0;
	if (list_print(p, "  comes out of ", &t->egress, " or ", egress_print))
		any = puts("") >= 0;
	if (!any)
		puts("  uses what the capture shows: a tunnel that is seen, and where it ends");
	if (list_print(p, "  asks ", &t->resolver, " or ", resolver_print))
		puts(" for names");
	if (t->relay_only)
		puts("  uses relayed candidates only");
	for (uint32_t i = 0; i < t->allow.count; i++)
		allow_print(&p->allow[t->allow.first + i]);
}

static void entry_print(const struct policy *p, uint32_t entry)
{
	struct policy_span who = {0};
	while (who.first < p->matches && p->match[who.first].entry != entry)
		who.first++;
	while (who.first + who.count < p->matches && p->match[who.first + who.count].entry == entry)
		who.count++;
	list_print(p, "", &who, " and ", match_print);
	puts("");
	terms_print(p, &p->terms[entry]);
}

static void limit_print(const struct policy_limit *limit)
{
	printf("at most %" PRIu32 " in %" PRIu64 " s", limit->count, limit->window_ns / SECOND_NS);
}

static const char *detection_name(uint32_t signature_id)
{
	for (unsigned i = 0; detection_info(i); i++) {
		if (detection_info(i)->signature_id == signature_id)
			return detection_info(i)->id;
	}
	return "any finding";
}

static void suppression_print(const struct policy_suppression *row)
{
	char text[PREFIX_TEXT_MAX];
	printf("  %s", detection_name(row->signature_id));
	if (row->client.addr.family)
		printf(" of %s", prefix_text(&row->client, text));
	if (row->leaked.addr.family)
		printf(" that gives away %s", prefix_text(&row->leaked, text));
	fputs(row->limit.count ? ": " : ": none", stdout);
	if (row->limit.count)
		limit_print(&row->limit);
	puts("");
}

static void alerts_print(const struct policy *p)
{
	printf("reported\n  from severity %s on, and again once in %" PRIu64 " s\n",
		severity_name(p->min_severity), p->window_ns / SECOND_NS);
	if (p->threshold.count) {
		printf("  of %s findings ", p->per == PER_RUN ? "all" : "a client's");
		limit_print(&p->threshold);
		puts(", and each that is graver than those");
	}
	for (uint32_t i = 0; i < p->suppressions; i++)
		suppression_print(&p->suppression[i]);
}

static void outputs_print(const struct config *c)
{
	if (c->output_count)
		puts("written to");
	for (uint32_t i = 0; i < c->output_count; i++)
		printf("  %s%s\n", c->outputs[i].spec,
			c->outputs[i].missing ? " (not in this version: left out)" : "");
}

static void limits_print(const struct config_limits *l)
{
	if (l->flows || l->memory || l->stream_bytes)
		puts("limits");
	if (l->flows)
		printf("  %" PRIu32 " flows\n", l->flows);
	if (l->memory)
		printf("  %" PRIu64 " bytes of memory (not enforced yet)\n", l->memory);
	if (l->stream_bytes)
		printf("  %" PRIu64 " bytes of a stream (not enforced yet)\n", l->stream_bytes);
}

void policy_print(const struct config *c)
{
	const struct policy *p = &c->policy;
	for (uint32_t entry = 1; entry <= p->entries; entry++)
		entry_print(p, entry);
	puts(p->entries ? "every other client" : "every client");
	terms_print(p, &p->terms[0]);
	alerts_print(p);
	outputs_print(c);
	limits_print(&c->limits);
}
