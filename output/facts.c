/*
 * An alert's members as text. An alert points at the packet that raised it, which may have gone
 * either way; those who read "source" and "destination" want to see the client first.
 */
#include "output/facts.h"

#include <inttypes.h>
#include <netinet/in.h>

void facts_leaked(struct strip *s, const struct alert *a)
{
	char text[ADDR_TEXT_MAX];
	for (size_t i = 0; i < a->leaked_count; i++) {
		strip_comma(s);
		strip_add(s, "%s", addr_text(&a->leaked[i], text));
	}
	for (size_t i = 0; i < a->name_count; i++) {
		strip_comma(s);
		strip_add(s, "%.*s", a->names[i].length, (const char *)a->names[i].bytes);
	}
}

void facts_expected(struct strip *s, const struct alert *a)
{
	char text[PREFIX_TEXT_MAX];
	for (size_t i = 0; i < a->expected_count; i++) {
		strip_comma(s);
		strip_add(s, "%s", prefix_text(&a->expected[i], text));
	}
	if (a->expected_cut)
		strip_add(s, " and more");
	if (s->length && a->learned)
		strip_add(s, " (learned from this traffic)");
}

void facts_evidence(struct strip *s, const struct alert *a, const struct source_table *sources)
{
	for (size_t i = 0; i < a->frame_count;) {
		size_t first = i;
		uint16_t capture = a->frames[first].capture;
		while (i < a->frame_count && a->frames[i].capture == capture)
			i++;
		if (s->length)
			strip_add(s, "; ");
		if (capture < sources->captures)
			strip_add(s, "%s, ", sources->capture[capture]);
		strip_add(s, i - first > 1 ? "frames" : "frame");
		for (size_t k = first; k < i; k++)
			strip_add(s, "%s %" PRIu64, k > first ? "," : "", a->frames[k].number);
	}
}

void facts_grade(struct strip *s, const struct alert *a)
{
	strip_add(s, "%s", confidence_name(a->confidence));
	if (a->stage != STAGE_NONE)
		strip_add(s, ", stage %s", stage_name(a->stage));
	if (a->provisional)
		strip_add(s, "; may be taken back");
}

void facts_traffic(struct strip *s, const struct alert_traffic *traffic)
{
	char bytes[AMOUNT_TEXT_SIZE], span[SPAN_TEXT_SIZE];
	if (!traffic->packets)
		return;
	strip_add(s, "%" PRIu64 " packets, %s, to %" PRIu32 " %s, %s", traffic->packets,
		size_people(traffic->bytes, bytes), traffic->destinations,
		traffic->destinations == 1 ? "address" : "addresses",
		span_people(traffic->from_ns, traffic->until_ns, span));
}

const char *facts_capture(const struct alert *a, const struct source_table *sources)
{
	uint16_t capture = a->frame_count ? a->frames[0].capture : a->head.capture;
	return capture < sources->captures ? sources->capture[capture] : NULL;
}

const char *facts_interface(const struct alert *a, const struct source_table *sources)
{
	if (a->head.interface >= sources->interfaces)
		return NULL;
	const char *name = sources->interface[a->head.interface].name;
	return name[0] ? name : NULL;
}

/* What stands in the place of ICMP's ports is none. */
static struct endpoint end_of(const struct obs_head *h, const struct endpoint *end)
{
	bool ports = h->protocol != IPPROTO_ICMP && h->protocol != IPPROTO_ICMPV6;
	return (struct endpoint){.addr = end->addr, .port = ports ? end->port : 0};
}

struct facts_ends facts_ends(const struct alert *a)
{
	const struct obs_head *h = &a->head;
	const struct endpoint src = end_of(h, &h->src), dst = end_of(h, &h->dst);
	const uint8_t *src_mac = h->has_macs ? h->src_mac : NULL;
	const uint8_t *dst_mac = h->has_macs ? h->dst_mac : NULL;
	if (addr_equal(&h->src.addr, &a->client))
		return (struct facts_ends){src, dst, src_mac, dst_mac};
	if (addr_equal(&h->dst.addr, &a->client))
		return (struct facts_ends){dst, src, dst_mac, src_mac};
	return (struct facts_ends){.client = {.addr = a->client}, .server = a->server};
}

const char *facts_transport(const struct alert *a)
{
	switch (a->head.protocol) {
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	default:
		return NULL;
	}
}
