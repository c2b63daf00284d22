/* The flow table, over the one table of core/. */
#include "dissect/flow.h"

#include <stdlib.h>

/* Ages need not be finer than this; a busy flow is then moved in its queue once a second only. */
#define FLOW_GRAIN_NS UINT64_C(1000000000)

bool flow_table_init(struct flow_table *t, uint32_t capacity)
{
	t->first_ns = calloc(capacity, sizeof(*t->first_ns));
	bool ready = table_init(
		&t->table, sizeof(struct flow), sizeof(struct flow_key), capacity, FLOW_GRAIN_NS);
	return t->first_ns && ready;
}

void flow_table_free(struct flow_table *t)
{
	free(t->first_ns);
	table_free(&t->table);
}

static struct flow *flow_open(struct flow_table *t, const struct packet *p, uint64_t now_ns)
{
	struct flow *f = table_add(&t->table, p->hash, &p->key, now_ns);
	f->age.note = p->from_high;
	t->first_ns[table_index(&t->table, f)] = now_ns;
	return f;
}

struct flow *flow_find(struct flow_table *t, struct packet *p, uint64_t now_ns, struct stats *stats)
{
	struct flow *f = table_find(&t->table, p->hash, &p->key);
	if (f && now_ns > f->age.seen_ns + FLOW_IDLE_NS) {
		table_remove(&t->table, f);
		f = NULL;
	}
	if (f) {
		table_touch(&t->table, f, now_ns);
	} else {
		f = flow_open(t, p, now_ns);
		stats->flows++;
	}
	p->from_opener = p->from_high == f->age.note;
	return f;
}

uint64_t flow_number(const struct flow_table *t, const struct flow *f)
{
	return flow_id(&f->key, t->first_ns[table_index(&t->table, f)]);
}
