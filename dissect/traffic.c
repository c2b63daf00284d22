/* Conversations, over the one table of core/. */
#include "dissect/traffic.h"

#include "core/pages.h"
#include "dissect/run.h"

#include <stdlib.h>

#define CACHE_LINE 64

/* Told apart by the interface, and from one of the same ends inside a tunnel. */
#define MARK_INSIDE 0x8000
_Static_assert(SOURCE_INTERFACES_MAX <= MARK_INSIDE, "a mark holds both");

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58 };

/* Bits of a conversation's note. */
enum {
	OPENED_BY_HIGH = 1 << 0, /* the first packet came from the key's high end */
	ANSWERED = 1 << 1,
	RESET = TCP_RST, /* where the segment has it */
	MID_STREAM = 1 << 3,
};

/* Each packet needs two cache lines, next to each other. */
struct conversation {
	struct table_entry age; /* seen_ns: told of last; note: the bits above */
	struct flow_key key;    /* marked */
	_Alignas(CACHE_LINE) uint64_t first_ns;
	uint64_t last_ns;
	uint64_t frame;      /* the newest */
	uint64_t bytes[2];   /* untold: from the opener, to it */
	uint32_t packets[2]; /* likewise */
};

_Static_assert(offsetof(struct conversation, first_ns) == CACHE_LINE, "two cache lines");
_Static_assert(sizeof(struct conversation) == 2 * CACHE_LINE, "two cache lines");

struct ahead {
	uint32_t hash, place;
};

struct traffic {
	struct dissect *run;
	struct table table;
	struct obs_head *heads; /* what is told of the conversation in the same place */
	uint32_t capacity;
	uint64_t due_ns; /* nothing was idle for too long before */
	struct ahead ahead[BATCH_FRAMES];
};

static void conversation_tell(struct traffic *t, struct conversation *c, enum traffic_event event)
{
	struct observation o;
	o.head = t->heads[table_index(&t->table, c)];
	o.head.time_ns = t->run->now_ns;
	o.head.frame = c->frame;
	observation_become(&o, OBS_TRAFFIC);
	o.traffic = (struct obs_traffic){
		.event = (uint8_t)event,
		.mid_stream = c->age.note & MID_STREAM,
		.answered = c->age.note & ANSWERED,
		.reset = c->age.note & RESET,
		.packets_from = c->packets[0],
		.packets_to = c->packets[1],
		.bytes_from = c->bytes[0],
		.bytes_to = c->bytes[1],
		.first_ns = c->first_ns,
		.last_ns = c->last_ns,
	};
	c->packets[0] = c->packets[1] = 0;
	c->bytes[0] = c->bytes[1] = 0;
	t->run->emit(t->run->sink, &o);
}

static void conversation_removed(void *context, void *entry)
{
	struct conversation *c = entry;
	if (c->packets[0] | c->packets[1])
		conversation_tell(context, c, TRAFFIC_ENDS);
}

struct traffic *traffic_open(struct dissect *run, uint32_t conversations)
{
	struct traffic *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->run = run;
	t->capacity = conversations;
	t->heads = pages_reserve(conversations * sizeof(*t->heads));
	bool ready = table_init(&t->table, sizeof(struct conversation), sizeof(struct flow_key),
		conversations, TRAFFIC_TELL_NS);
	t->table.removed = conversation_removed;
	t->table.context = t;
	if (t->heads && ready)
		return t;
	traffic_close(t);
	return NULL;
}

void traffic_close(struct traffic *t)
{
	if (!t)
		return;
	pages_release(t->heads, t->capacity * sizeof(*t->heads));
	table_free(&t->table);
	free(t);
}

/* In the table by age of the last telling, which may be a little before the last packet. */
static void idle_end(struct traffic *t)
{
	const uint64_t patience_ns = TRAFFIC_IDLE_NS + TRAFFIC_TELL_NS;
	uint64_t now_ns = t->run->now_ns;
	if (now_ns > patience_ns)
		table_expire(&t->table, now_ns - patience_ns);
	const struct table_entry *oldest = table_oldest(&t->table);
	t->due_ns = (oldest ? oldest->seen_ns : now_ns) + patience_ns + 1;
}

static bool packet_in_flow(const struct packet *p)
{
	bool nameless = p->protocol == PROTOCOL_ICMP || p->protocol == PROTOCOL_ICMPV6 ||
		p->protocol == PROTOCOL_TCP || p->protocol == PROTOCOL_UDP;
	return p->has_ports || !nameless;
}

static bool packet_tcp(const struct packet *p)
{
	return p->protocol == PROTOCOL_TCP && p->has_ports;
}

static struct conversation *conversation_open(
	struct traffic *t, struct packet *p, const struct flow_key *key, uint32_t hash)
{
	struct dissect *run = t->run;
	const struct dissection d = {.run = run, .packet = p};
	struct conversation *c = table_add(&t->table, hash, key, run->now_ns);
	struct obs_head *head = &t->heads[table_index(&t->table, c)];
	struct observation o;
	dissection_observe(&d, OBS_TRAFFIC, &o);
	*head = o.head;
	head->flow_id = packet_in_flow(p) ? flow_number_of(&run->flows, p, run->now_ns) : 0;
	head->from_opener = true;
	c->age.note = p->from_high ? OPENED_BY_HIGH : 0;
	if (packet_tcp(p) && !(p->tcp_flags & TCP_SYN))
		c->age.note |= MID_STREAM;
	c->first_ns = run->now_ns;
	run->stats->conversations++;
	return c;
}

static void packet_add(struct conversation *c, const struct packet *p, uint64_t now_ns)
{
	uint32_t back = p->from_high != (bool)(c->age.note & OPENED_BY_HIGH);
	c->packets[back]++;
	c->bytes[back] += p->frame->wire;
	c->last_ns = now_ns;
	c->frame = p->frame->number;
	c->age.note |= back * ANSWERED | (packet_tcp(p) ? p->tcp_flags & RESET : 0U);
}

static uint16_t packet_mark(const struct packet *p)
{
	bool inside = p->outer_src.family != ADDR_NONE;
	return (uint16_t)(p->frame->interface | (inside ? MARK_INSIDE : 0));
}

static void packet_count(struct traffic *t, struct packet *p, const struct ahead *ahead)
{
	uint64_t now_ns = t->run->now_ns;
	const struct flow_key key = flow_key_marked(p->key, packet_mark(p));
	if (now_ns >= t->due_ns)
		idle_end(t);
	struct conversation *c = table_find_at(
		&t->table, ahead->place, ahead->hash, &key, sizeof(key));
	if (c && now_ns > c->last_ns + TRAFFIC_IDLE_NS) {
		table_remove(&t->table, c);
		c = NULL;
	}
	if (!c) {
		c = conversation_open(t, p, &key, ahead->hash);
		packet_add(c, p, now_ns);
		conversation_tell(t, c, TRAFFIC_BEGINS);
		return;
	}
	packet_add(c, p, now_ns);
	if (now_ns < c->age.seen_ns + TRAFFIC_TELL_NS)
		return;
	table_renew(&t->table, c, now_ns);
	conversation_tell(t, c, TRAFFIC_GOES_ON);
}

/* The packet's key, where nobody needed it yet, and the hash that its conversation is found by. */
static uint32_t packet_hash(struct traffic *t, struct packet *p)
{
	if (!p->shapes || p->shapes == SHAPE_LAYER) {
		if (!p->has_ports)
			p->src.port = p->dst.port = 0;
		packet_key(t->run, p);
	}
	return flow_hash_marked(p->hash, packet_mark(p));
}

uint32_t traffic_ahead(struct traffic *t, uint32_t count)
{
	uint32_t counted = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct packet *p = &t->run->packets[i];
		if (!p->has_ip)
			continue;
		counted |= 1U << i;
		t->ahead[i].hash = packet_hash(t, p);
		table_prefetch_slot(&t->table, t->ahead[i].hash);
	}
	return counted;
}

void traffic_fetch(struct traffic *t, uint32_t counted)
{
	for (; counted; counted &= counted - 1) {
		struct ahead *ahead = &t->ahead[__builtin_ctz(counted)];
		uint32_t place = table_prefetch_entry(&t->table, ahead->hash);
		const struct conversation *c = table_at(&t->table, place - (place != 0));
		__builtin_prefetch(&c->first_ns, 1);
		ahead->place = place;
	}
}

void traffic_turn(struct traffic *t, uint32_t i)
{
	packet_count(t, &t->run->packets[i], &t->ahead[i]);
}

void traffic_inside(struct traffic *t, struct packet *p)
{
	const struct ahead ahead = {.hash = packet_hash(t, p)};
	packet_count(t, p, &ahead);
}

void traffic_finish(struct traffic *t)
{
	struct stats *stats = t->run->stats;
	stats->conversations_active = t->table.count;
	stats->conversations_evicted = t->table.evicted;
	stats->conversation_memory = table_memory(&t->table);
	table_expire(&t->table, UINT64_MAX);
}
