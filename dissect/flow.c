/* The flow table, over the one table of core/. */
#include "dissect/flow.h"

#include "core/pages.h"

/* Ages need not be finer than this; a busy flow is then moved in its queue once a second only. */
#define FLOW_GRAIN_NS UINT64_C(1000000000)

bool flow_table_init(struct flow_table *t, uint32_t capacity,
	void (*removed)(void *context, void *flow), void *context)
{
	t->capacity = capacity;
	t->salt = flow_salt_random();
	t->more = pages_reserve(capacity * sizeof(*t->more));
	bool ready = table_init(
		&t->table, sizeof(struct flow), sizeof(struct flow_key), capacity, FLOW_GRAIN_NS);
	t->table.removed = removed;
	t->table.context = context;
	return t->more && ready;
}

void flow_table_free(struct flow_table *t)
{
	pages_release(t->more, t->capacity * sizeof(*t->more));
	table_free(&t->table);
}

struct flow *flow_find(struct flow_table *t, struct packet *p, uint64_t now_ns)
{
	struct flow *f = table_find_at(&t->table, p->place, p->hash, &p->key, sizeof(p->key));
	if (!f)
		return NULL;
	if (now_ns > f->age.seen_ns + FLOW_IDLE_NS) {
		table_remove(&t->table, f);
		return NULL;
	}
	table_touch(&t->table, f, now_ns);
	bool opened_by_high = f->age.note & FLOW_OPENED_BY_HIGH;
	p->from_opener = p->from_high == opened_by_high;
	return f;
}

struct flow *flow_open(struct flow_table *t, struct packet *p, uint64_t now_ns)
{
	struct flow *f = table_add(&t->table, p->hash, &p->key, now_ns);
	f->age.note = p->from_high ? FLOW_OPENED_BY_HIGH : 0;
	*flow_more(t, f) = (struct flow_more){.first_ns = now_ns};
	p->from_opener = true;
	return f;
}

uint64_t flow_number(const struct flow_table *t, const struct flow *f)
{
	struct flow_more *more = flow_more(t, f);
	if (!more->number)
		more->number = flow_id(&f->key, more->first_ns);
	return more->number;
}

uint64_t flow_number_of(const struct flow_table *t, const struct packet *p, uint64_t now_ns)
{
	const struct flow *f = table_find_at(&t->table, p->place, p->hash, &p->key, sizeof(p->key));
	bool over = f && now_ns > f->age.seen_ns + FLOW_IDLE_NS;
	return f && !over ? flow_number(t, f) : flow_id(&p->key, now_ns);
}
