/*
 * Questions for names, their answers, and a tunnel that comes up, for a judge.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_NAMES_H
#define SEEP_TESTS_UNIT_SUPPORT_NAMES_H

#include "tests/unit/support/judge.h"

#define OUTSIDE   "dns-outside-tunnel"
#define ENCRYPTED "encrypted-dns-outside-tunnel"
#define UNLISTED  "unlisted-resolver"
#define SUBNET    "client-subnet"
#define LAN_NAMES "lan-names"

#define CLIENT "192.168.77.10:50000"
#define ISP    "198.51.100.53:53"
#define ROUTER "192.168.77.1:53"
#define INNER  "10.8.0.1:53"
#define FAR    "203.0.113.7:51820"

#define DHCP_ACK 5

static inline void text_set(struct obs_text *text, const char *name)
{
	text->length = (uint16_t)strlen(name);
	memcpy(text->bytes, name, text->length);
}

static inline struct observation dns_made(
	struct judge *j, uint16_t interface, const char *src, const char *dst, const char *name)
{
	struct observation o = judge_head(j, OBS_DNS, interface);
	o.head.src = end(src);
	o.head.dst = end(dst);
	o.dns.type = 1;
	o.dns.questions = 1;
	text_set(&o.dns.name, name);
	return o;
}

static inline void asks(struct judge *j, uint16_t interface, const char *client, const char *server,
	const char *name)
{
	struct observation o = dns_made(j, interface, client, server, name);
	engine_observe(j->engine, &o);
}

/* The answer, with one address; NULL: none. */
static inline void answers(struct judge *j, uint16_t interface, const char *client,
	const char *server, const char *name, const char *addr)
{
	struct observation o = dns_made(j, interface, server, client, name);
	o.dns.response = true;
	o.head.parts = addr != NULL;
	engine_observe(j->engine, &o);
	if (!addr)
		return;
	observation_become(&o, OBS_DNS_RECORD);
	o.dns_record.type = 1;
	o.dns_record.addr = ip(addr);
	text_set(&o.dns_record.name, name);
	engine_observe(j->engine, &o);
}

static inline void tunnels(struct judge *j, enum tunnel_event event, bool from_client)
{
	struct observation o = judge_head(j, OBS_TUNNEL, ETH0);
	o.head.src = end(from_client ? CLIENT : FAR);
	o.head.dst = end(from_client ? FAR : CLIENT);
	o.head.from_opener = from_client;
	o.tunnel.kind = TUNNEL_WIREGUARD;
	o.tunnel.event = (uint8_t)event;
	engine_observe(j->engine, &o);
}

static inline void dials(struct judge *j)
{
	tunnels(j, TUNNEL_ASKS, true);
	tunnels(j, TUNNEL_ANSWERS, false);
}

static inline const struct alert *told(const struct judge *j, const char *id)
{
	const struct alert *found = NULL;
	for (uint32_t i = 0; i < j->count && i < JUDGE_ALERTS_MAX; i++) {
		if (strcmp(j->alerts[i].detection->id, id) == 0)
			found = &j->alerts[i];
	}
	return found;
}

/* Is this told when the run is over, with this severity? */
static inline void ends_with(struct judge *j, const char *id, enum severity severity)
{
	engine_finish(j->engine);
	const struct alert *a = told(j, id);
	if (!a)
		fail_msg("no %s", id);
	assert_int_equal(a->severity, severity);
	judge_free(j);
}

static inline void ends_without(struct judge *j, const char *id)
{
	engine_finish(j->engine);
	if (told(j, id))
		fail_msg("%s: %s", id, told(j, id)->message);
	judge_free(j);
}

/* Of a client whose tunnel is up. */
static inline struct judge *judge_tunnelled(const char *declarations)
{
	struct judge *j = judge_new(declarations);
	dials(j);
	return j;
}

#endif
