/*
 * An engine with somebody who listens: a policy in words, a fixed set of interfaces, observations
 * made by hand, and the alerts that come out.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_JUDGE_H
#define SEEP_TESTS_UNIT_SUPPORT_JUDGE_H

#include "core/link_type.h"
#include "rules/rules.h"
#include "tests/unit/support/packet.h"

#define JUDGE_ALERTS_MAX 64
#define JUDGE_START_NS   (1000 * SECOND_NS)
#define DECLARATION_MAX  64
#define METHOD_BINDING   1
#define JUDGE_STATES     4

/* Few enough for a test to fill them. */
#define JUDGE_CLIENTS  4096
#define JUDGE_FINDINGS 4096

/* The interfaces that every judge knows, in this order. */
enum { ETH0, TUN0, LAN0, WAN0, NAMELESS_RAW, NAMELESS_ETHERNET };
#define SEEN(interface) (1U << (interface))

struct judge {
	struct policy *policy;
	struct source_table *sources;
	struct stats stats;
	struct engine *engine;
	uint64_t now_ns, frame;
	uint32_t count; /* alerts reported */
	uint32_t by_state[JUDGE_STATES];
	struct alert alerts[JUDGE_ALERTS_MAX]; /* the first of them */
};

/* What happened: one transaction or, for a request, its first half. */
struct deed {
	uint8_t kind; /* enum observation_kind; 0 is OBS_BINDING_RESULT */
	uint16_t interface;
	const char *client, *server, *mapped; /* NULL: CLIENT_DEFAULT and so on */
	uint8_t direction, hop_limit;
	bool unmatched, elsewhere, check, nominates, disputed;
};

#define CLIENT_DEFAULT "192.168.77.10:50000"
#define SERVER_DEFAULT "192.0.2.10:3478"
#define MAPPED_DEFAULT "198.51.100.23:50000"

static inline void judge_note(void *sink, const struct alert *a)
{
	struct judge *j = sink;
	assert_true(a->state < JUDGE_STATES);
	j->by_state[a->state]++;
	if (j->count < JUDGE_ALERTS_MAX)
		j->alerts[j->count] = *a;
	j->count++;
}

static inline void judge_declare(struct policy *p, const char *word)
{
	static const struct {
		const char *start;
		bool (*add)(struct policy *p, const char *text, const char **why);
	} adders[] = {
		{"egress=", policy_add_egress},
		{"tunnel=", policy_add_tunnel},
		{"proxy=", policy_add_proxy},
		{"resolver=", policy_add_resolver},
		{"client=", policy_add_client},
	};
	const char *why = "no such declaration";
	if (strcmp(word, "relay-only") == 0) {
		p->terms[0].relay_only = true;
		return;
	}
	for (size_t i = 0; i < ROWS(adders); i++) {
		size_t length = strlen(adders[i].start);
		if (strncmp(word, adders[i].start, length) == 0 &&
			adders[i].add(p, word + length, &why))
			return;
	}
	fail_msg("%s: %s", word, why);
}

/* `declarations` are words like egress=203.0.113.7, separated by single spaces. */
static inline struct judge *judge_new(const char *declarations)
{
	const struct engine_options capacities = {
		.clients = JUDGE_CLIENTS, .servers = JUDGE_CLIENTS, .findings = JUDGE_FINDINGS};
	struct judge *j = calloc(1, sizeof(*j));
	assert_non_null(j);
	j->policy = calloc(1, sizeof(*j->policy));
	j->sources = source_table_new();
	assert_true(j->policy && j->sources);
	j->policy->window_ns = POLICY_WINDOW_NS;
	j->now_ns = JUDGE_START_NS;
	for (const char *at = declarations; *at;) {
		char word[DECLARATION_MAX];
		size_t length = strcspn(at, " ");
		snprintf(word, sizeof(word), "%.*s", (int)length, at);
		judge_declare(j->policy, word);
		at += length + (at[length] == ' ');
	}
	source_add_capture(j->sources, "test.pcap", ROLE_AUTO);
	source_add_interface(j->sources, 0, "eth0", LINK_ETHERNET);
	source_add_interface(j->sources, 0, "tun0", LINK_RAW);
	source_add_interface(j->sources, 0, "lan0", LINK_ETHERNET);
	source_add_interface(j->sources, 0, "wan0", LINK_ETHERNET);
	source_add_interface(j->sources, 0, "", LINK_RAW);
	source_add_interface(j->sources, 0, "", LINK_ETHERNET);
	j->engine = engine_new(&capacities, j->policy, j->sources, &j->stats, judge_note, j);
	assert_non_null(j->engine);
	return j;
}

static inline void judge_free(struct judge *j)
{
	engine_free(j->engine);
	free(j->sources);
	free(j->policy);
	free(j);
}

static inline struct observation judge_head(struct judge *j, uint8_t kind, uint16_t interface)
{
	struct observation o = {0};
	o.head.kind = kind;
	o.head.interface = interface;
	o.head.time_ns = j->now_ns;
	o.head.frame = ++j->frame;
	o.head.protocol = PROTOCOL_UDP;
	return o;
}

/* The first frames of these interfaces, a mask of SEEN(). */
static inline void judge_links(struct judge *j, unsigned interfaces)
{
	for (uint16_t i = 0; i < j->sources->interfaces; i++) {
		struct observation o = judge_head(j, OBS_LINK, i);
		if (interfaces & SEEN(i))
			engine_observe(j->engine, &o);
	}
}

static inline struct obs_stun_answer judge_answer(struct judge *j, const struct deed *d)
{
	if (d->unmatched)
		return (struct obs_stun_answer){0};
	return (struct obs_stun_answer){
		.matched = true,
		.same_server = !d->elsewhere,
		.check = d->check,
		.nominates = d->nominates,
		.request_interface = d->interface,
		.request_direction = d->direction,
		.request_hop_limit = d->hop_limit,
		.request_frame = ++j->frame,
		.request_ns = j->now_ns,
		.client = end(d->client ? d->client : CLIENT_DEFAULT),
		.server = end(d->server ? d->server : SERVER_DEFAULT),
	};
}

static inline struct endpoint judge_mapped(const struct deed *d)
{
	if (!d->mapped)
		return end(MAPPED_DEFAULT);
	return d->mapped[0] ? end(d->mapped) : (struct endpoint){0};
}

static inline struct observation judge_observation(struct judge *j, const struct deed *d)
{
	struct endpoint client = end(d->client ? d->client : CLIENT_DEFAULT);
	struct endpoint server = end(d->server ? d->server : SERVER_DEFAULT);
	struct obs_stun_answer answer = judge_answer(j, d);
	uint8_t kind = d->kind ? d->kind : OBS_BINDING_RESULT;
	struct observation o = judge_head(j, kind, d->interface);
	bool asks = kind == OBS_STUN_REQUEST;
	o.head.src = asks ? client : server;
	o.head.dst = asks ? server : client;
	o.head.direction = d->direction;
	o.head.hop_limit = d->hop_limit;
	if (asks)
		o.stun_request = (struct obs_stun_request){
			.method = METHOD_BINDING, .check = d->check, .nominates = d->nominates};
	else if (kind == OBS_ALLOCATION)
		o.allocation = (struct obs_allocation){.answer = answer,
			.mapped = judge_mapped(d),
			.relayed = end("10.13.0.62:60000")};
	else
		o.binding_result = (struct obs_binding_result){
			.answer = answer, .mapped = judge_mapped(d), .disputed = d->disputed};
	return o;
}

static inline void judge_see(struct judge *j, const struct deed *d)
{
	struct observation o = judge_observation(j, d);
	engine_observe(j->engine, &o);
}

/* Time goes by, and something is seen that proves nothing. */
static inline void judge_pass(struct judge *j, uint64_t ns)
{
	j->now_ns += ns;
	judge_links(j, SEEN(ETH0));
}

/* The last alert reported. */
static inline const struct alert *judge_last(const struct judge *j)
{
	assert_true(j->count > 0 && j->count <= JUDGE_ALERTS_MAX);
	return &j->alerts[j->count - 1];
}

#endif
