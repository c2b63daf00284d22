/*
 * A proxy on loopback: the client's flow to it ends there, and what leaves the host is the proxy's
 * own. Joins the two (PROXY, `serves`), said in the outer flow, by what the proxy has to repeat
 * there: the hello that the client sent through it, byte for byte its own; the name it asked for,
 * as server name, as Host or as what the next proxy is asked for; or the address itself.
 *
 * A proxy that encrypts all the way (ssh -D, Tor, Shadowsocks) repeats nothing, and a TCP
 * connection of which no dissector reads anything is not looked at: these are not joined.
 */
#include "dissect/served.h"

#include "dissect/hello.h"
#include "dissect/run.h"

/* What a flow says of where it goes. */
struct served_seen {
	const struct obs_word *name;
	struct endpoint to;
	uint32_t random;
};

static bool addr_loopback(const struct addr *a)
{
	static const uint8_t one[sizeof(a->bytes)] = {[15] = 1};
	if (a->family == ADDR_V4)
		return a->bytes[0] == 127;
	return a->family == ADDR_V6 && memcmp(a->bytes, one, sizeof(one)) == 0;
}

/* A host that speaks with itself, by whichever of its addresses. */
static bool packet_stays(const struct packet *p)
{
	return addr_loopback(&p->src.addr) || addr_equal(&p->src.addr, &p->dst.addr);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Names of hosts know no case (RFC 4343). */
static bool word_equal(const struct obs_word *a, const struct obs_word *b)
{
	bool same = a->length && a->length == b->length && !a->cut && !b->cut;
	for (unsigned i = 0; same && i < a->length; i++)
		same = lower(a->bytes[i]) == lower(b->bytes[i]);
	return same;
}

static bool ask_fits(const struct served_ask *ask, const struct served_seen *seen, uint64_t now_ns)
{
	if (!ask->flow || now_ns > ask->time_ns + SERVED_LIFE_NS)
		return false;
	if (ask->random && ask->random == seen->random)
		return true;
	if (seen->name && word_equal(&ask->proxy.target_name, seen->name))
		return true;
	return ask->proxy.target.addr.family != ADDR_NONE &&
		endpoint_equal(&ask->proxy.target, &seen->to);
}

static void serves_emit(struct dissection *d, struct served_ask *ask)
{
	struct observation o;
	dissection_observe(d, OBS_PROXY, &o);
	o.proxy = ask->proxy;
	o.proxy.event = PROXY_SERVES;
	o.proxy.served_flow = ask->flow;
	*ask = (struct served_ask){0};
	dissection_emit(d, &o);
}

/* The oldest that fits: proxies serve in the order they are asked. */
static void outer_look(struct dissection *d, const struct served_seen *seen)
{
	struct served *s = &d->run->expect.served;
	for (unsigned i = 0; i < s->used; i++) {
		struct served_ask *ask = &s->ask[(s->next + SERVED_MAX - s->used + i) % SERVED_MAX];
		if (ask_fits(ask, seen, dissection_now(d))) {
			serves_emit(d, ask);
			return;
		}
	}
}

void served_proxy(struct dissection *d, const struct observation *o)
{
	struct served *s = &d->run->expect.served;
	if (o->proxy.event != PROXY_ASKS)
		return;
	if (!packet_stays(d->packet)) {
		outer_look(d,
			&(struct served_seen){
				.name = &o->proxy.target_name, .to = o->proxy.target});
		return;
	}
	s->ask[s->next] = (struct served_ask){
		.time_ns = dissection_now(d), .flow = o->head.flow_id, .proxy = o->proxy};
	s->next = (s->next + 1) % SERVED_MAX;
	s->used += s->used < SERVED_MAX;
}

/* A hello that goes through the proxy: the next of its flow is the one it was asked for. */
static void inner_note(struct dissection *d, uint32_t random)
{
	struct served *s = &d->run->expect.served;
	uint64_t flow = d->flow ? flow_number(&d->run->flows, d->flow) : 0;
	for (unsigned i = 0; i < s->used; i++) {
		if (flow && s->ask[i].flow == flow)
			s->ask[i].random = random;
	}
}

void served_hello(struct dissection *d, const struct hello *hello)
{
	if (hello->obs.server || !d->run->expect.served.used)
		return;
	if (packet_stays(d->packet))
		inner_note(d, hello->random);
	else
		outer_look(d,
			&(struct served_seen){.name = &hello->obs.name,
				.to = d->packet->dst,
				.random = hello->random});
}

void served_http(struct dissection *d, const struct obs_word *host)
{
	if (d->run->expect.served.used && !packet_stays(d->packet))
		outer_look(d, &(struct served_seen){.name = host, .to = d->packet->dst});
}
