/* A table by flow and direction, over a pool. */
#include "dissect/held.h"

#include "dissect/run.h"

#define HELD_GRAIN_NS UINT64_C(1000000000)

struct held_key {
	uint64_t flow;
	uint64_t from_opener;
};

struct held_entry {
	struct table_entry age; /* note: number of the block */
	struct held_key key;
};

static void held_removed(void *context, void *entry)
{
	struct held *h = context;
	pool_give(&h->blocks, ((struct held_entry *)entry)->age.note);
}

bool held_init(struct held *h, size_t block_size, uint32_t capacity)
{
	size_t whole = (block_size + 15) & ~(size_t)15;
	bool ready = table_init(&h->table, sizeof(struct held_entry), sizeof(struct held_key),
		capacity, HELD_GRAIN_NS);
	h->table.removed = held_removed;
	h->table.context = h;
	return pool_init(&h->blocks, whole, capacity) && ready;
}

void held_free(struct held *h)
{
	table_free(&h->table);
	pool_free(&h->blocks);
}

static struct held_key key_make(const struct dissection *d)
{
	return (struct held_key){
		.flow = flow_number(&d->run->flows, d->flow),
		.from_opener = d->packet->from_opener,
	};
}

static struct held_entry *entry_find(struct held *h, const struct held_key *key)
{
	if (h->table.count == 0)
		return NULL;
	return table_find(&h->table, table_hash(&h->table, key, sizeof(*key)), key);
}

void *held_find(struct held *h, const struct dissection *d)
{
	struct held_key key = key_make(d);
	struct held_entry *e = entry_find(h, &key);
	if (!e)
		return NULL;
	table_touch(&h->table, e, d->run->now_ns);
	return pool_at(&h->blocks, e->age.note);
}

void *held_get(struct held *h, const struct dissection *d)
{
	struct held_key key = key_make(d);
	bool added;
	struct held_entry *e = table_get(&h->table, &key, d->run->now_ns, &added);
	if (added)
		e->age.note = pool_take(&h->blocks, false);
	return pool_at(&h->blocks, e->age.note);
}

void held_drop(struct held *h, const struct dissection *d)
{
	struct held_key key = key_make(d);
	struct held_entry *e = entry_find(h, &key);
	if (e)
		table_remove(&h->table, e);
}
