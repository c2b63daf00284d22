/* Which packets went around. */
#include "rules/departure.h"

#include <string.h>

static struct endpoint remote_of(const struct obs_head *h)
{
	if (h->encapsulation & WRAPPED_TURN)
		return (struct endpoint){.addr = h->outer_dst};
	return h->dst;
}

static struct addr shown_of(const struct judgement *j, const struct obs_head *h,
	const struct addr *mapped, enum path path)
{
	if (mapped && addr_scope(mapped) == SCOPE_GLOBAL)
		return addr_plain(mapped);
	if (path != PATH_DIRECT)
		return (struct addr){0};
	if (addr_scope(&h->src.addr) == SCOPE_GLOBAL)
		return h->src.addr;
	const struct addr *real = knowledge_real(j->knowledge, &h->src.addr, h->src.addr.family);
	return real ? *real : (struct addr){0};
}

/* Where the address is known it decides: a router may have put it into a tunnel after all. Who is
 * behind the same NAT is reached by its outer address, too, and that packet turns round there. */
static bool departure_violates(const struct departure *d)
{
	const struct expectation *e = &d->expected;
	if (addr_equal(&d->shown, &d->remote.addr))
		return false;
	if (d->shown.family != ADDR_NONE)
		return expectation_violated(e, d->path, &d->shown);
	return d->path == PATH_DIRECT && (e->tunnel || e->proxy);
}

bool departure_read(const struct judgement *j, const struct obs_head *h, const struct addr *mapped,
	struct departure *out)
{
	const struct knowledge *k = j->knowledge;
	if (h->encapsulation & WRAPPED_PROXY || !knowledge_judges(k, h) ||
		knowledge_socket_is_tunnels(k, &h->src))
		return false;
	*out = (struct departure){.client = h->src.addr, .remote = remote_of(h)};
	out->path = knowledge_path(k, &out->client, h->interface, &out->remote);
	if (out->path != PATH_DIRECT && out->path != PATH_UNKNOWN)
		return false;
	out->shown = shown_of(j, h, mapped, out->path);
	knowledge_expect(k, &out->client, &out->expected);
	return departure_violates(out);
}

/* That somebody with a global address is a client of ours, only the hop limit says. */
static bool client_is_guessed(
	const struct judgement *j, const struct observation *o, const struct departure *d)
{
	return o->head.direction == DIRECTION_UNKNOWN && addr_scope(&d->client) == SCOPE_GLOBAL &&
		!knowledge_declared(j->knowledge, &d->client);
}

static enum confidence departure_confidence(
	const struct judgement *j, const struct observation *o, const struct departure *d)
{
	if (client_is_guessed(j, o, d))
		return CONFIDENCE_MEDIUM;
	if (d->expected.declared && d->shown.family != ADDR_NONE)
		return CONFIDENCE_HIGH;
	return knowledge_confidence(j->knowledge, &d->client, o->head.interface);
}

void alert_doubt(struct alert *a, enum confidence most)
{
	if (a->confidence > most)
		a->confidence = most;
	if (a->confidence == CONFIDENCE_LOW && a->severity > SEVERITY_MEDIUM)
		a->severity = SEVERITY_MEDIUM;
}

struct alert alert_of_departure(
	const struct judgement *j, const struct observation *o, const struct departure *d)
{
	struct alert a = alert_draft(j, o, &d->client);
	a.path = d->path;
	a.server = d->remote;
	a.confidence = departure_confidence(j, o, d);
	if (d->shown.family != ADDR_NONE)
		alert_add_leaked(&a, &d->shown);
	alert_add_expected(&a, &d->expected);
	a.provisional = !a.leaked_count && j->detection->grows; /* it may get its address */
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	return a;
}

struct obs_head head_turned(const struct obs_head *h)
{
	struct obs_head turned = *h;
	turned.src = h->dst;
	turned.dst = h->src;
	turned.outer_src = h->outer_dst;
	turned.outer_dst = h->outer_src;
	memcpy(turned.src_mac, h->dst_mac, sizeof(turned.src_mac));
	memcpy(turned.dst_mac, h->src_mac, sizeof(turned.dst_mac));
	turned.hop_limit = 0; /* it says nothing of the receiver */
	turned.from_opener = !h->from_opener;
	if (h->direction != DIRECTION_UNKNOWN)
		turned.direction = h->direction == DIRECTION_IN ? DIRECTION_OUT : DIRECTION_IN;
	return turned;
}
