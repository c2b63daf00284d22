/*
 * Open addressing with linear probing over small slots; entries lie apart in one array and are
 * linked by age. Removal shifts the following slots back, so there are no tombstones and a table
 * that lives for months stays as fast as a new one.
 */
#include "core/table.h"

#include "core/pages.h"

#include <string.h>

#define FIRST_SLOTS 1024U

static struct table_entry *entry_at(const struct table *t, uint32_t number)
{
	return number ? table_at(t, number - 1) : NULL;
}

static uint32_t number_of(const struct table *t, const void *entry)
{
	return table_index(t, entry) + 1;
}

/* Twice as many slots as entries keeps probes short. */
static uint32_t slots_for(uint32_t capacity)
{
	uint32_t slots = FIRST_SLOTS;
	while (slots < 2 * capacity)
		slots *= 2;
	return slots;
}

static size_t slots_size(const struct table *t)
{
	return slots_for(t->capacity) * sizeof(*t->slots);
}

bool table_init(
	struct table *t, size_t entry_size, size_t key_size, uint32_t capacity, uint64_t grain_ns)
{
	*t = (struct table){
		.key = siphash_random_key(),
		.entry_size = entry_size,
		.key_size = key_size,
		.capacity = capacity,
		.mask = FIRST_SLOTS - 1,
		.grain_ns = grain_ns,
	};
	t->slots = pages_reserve(slots_size(t));
	t->entries = pages_reserve(capacity * entry_size);
	if (t->slots && t->entries)
		return true;
	table_free(t);
	return false;
}

void table_free(struct table *t)
{
	pages_release(t->slots, slots_size(t));
	pages_release(t->entries, t->capacity * t->entry_size);
	*t = (struct table){0};
}

void *table_find(const struct table *t, uint32_t hash, const void *key)
{
	return table_find_sized(t, hash, key, t->key_size);
}

static void slot_insert(struct table *t, uint32_t hash, uint32_t number)
{
	uint32_t at = hash & t->mask;
	while (t->slots[at].entry)
		at = (at + 1) & t->mask;
	t->slots[at] = (struct table_slot){.hash = hash, .entry = number};
}

/* Doubles the slots in use; their memory is there since table_init. The new half is empty, and a
 * slot can only move from the old half into itself or up, so each is taken out and put in again.
 * Going on from an empty slot, no run of slots is cut in two, so none is lost from its home. */
static void slots_grow(struct table *t)
{
	uint32_t old = t->mask + 1;
	uint32_t start = 0;
	while (t->slots[start].entry)
		start++;
	t->mask = 2 * old - 1;
	for (uint32_t i = 1; i <= old; i++) {
		uint32_t at = (start + i) & (old - 1);
		struct table_slot slot = t->slots[at];
		if (!slot.entry)
			continue;
		t->slots[at].entry = 0;
		slot_insert(t, slot.hash, slot.entry);
	}
}

static void slot_remove(struct table *t, uint32_t hash, uint32_t number)
{
	uint32_t hole = hash & t->mask;
	while (t->slots[hole].entry != number)
		hole = (hole + 1) & t->mask;
	for (uint32_t at = (hole + 1) & t->mask; t->slots[at].entry; at = (at + 1) & t->mask) {
		uint32_t home = t->slots[at].hash & t->mask;
		/* Only what would still be found from its home may move back into the hole. */
		if (((at - home) & t->mask) < ((at - hole) & t->mask))
			continue;
		t->slots[hole] = t->slots[at];
		hole = at;
	}
	t->slots[hole].entry = 0;
}

static void age_unlink(struct table *t, struct table_entry *e)
{
	struct table_entry *older = entry_at(t, e->older), *newer = entry_at(t, e->newer);
	*(older ? &older->newer : &t->oldest) = e->newer;
	*(newer ? &newer->older : &t->newest) = e->older;
}

static void age_append(struct table *t, struct table_entry *e, uint64_t now_ns)
{
	uint32_t number = number_of(t, e);
	struct table_entry *newest = entry_at(t, t->newest);
	e->older = t->newest;
	e->newer = 0;
	e->seen_ns = now_ns;
	*(newest ? &newest->newer : &t->oldest) = number;
	t->newest = number;
}

void table_remove(struct table *t, void *entry)
{
	if (t->removed)
		t->removed(t->context, entry);
	struct table_entry *e = entry;
	slot_remove(t, e->hash, number_of(t, entry));
	age_unlink(t, e);
	e->hash = ~e->hash; /* see table_find_at */
	e->newer = t->free;
	t->free = number_of(t, entry);
	t->count--;
}

static void *entry_take(struct table *t)
{
	if (t->count == t->capacity) {
		t->evicted++;
		table_remove(t, table_oldest(t));
	}
	void *entry = entry_at(t, t->free);
	if (entry)
		t->free = ((struct table_entry *)entry)->newer;
	else
		entry = table_at(t, t->used++);
	memset(entry, 0, t->entry_size);
	return entry;
}

void *table_add(struct table *t, uint32_t hash, const void *key, uint64_t now_ns)
{
	uint8_t *entry = entry_take(t);
	memcpy(entry + sizeof(struct table_entry), key, t->key_size);
	if (2 * (t->count + 1) > t->mask + 1)
		slots_grow(t);
	slot_insert(t, hash, number_of(t, entry));
	struct table_entry *e = (struct table_entry *)(void *)entry;
	e->hash = hash;
	age_append(t, e, now_ns);
	t->count++;
	return entry;
}

void *table_get(struct table *t, const void *key, uint64_t now_ns, bool *added)
{
	uint32_t hash = table_hash(t, key, t->key_size);
	void *entry = table_find(t, hash, key);
	*added = !entry;
	if (entry) {
		table_touch(t, entry, now_ns);
		return entry;
	}
	return table_add(t, hash, key, now_ns);
}

void table_touch(struct table *t, void *entry, uint64_t now_ns)
{
	struct table_entry *e = entry;
	if (now_ns >= e->seen_ns + t->grain_ns)
		table_renew(t, e, now_ns);
}

void table_renew(struct table *t, void *entry, uint64_t now_ns)
{
	age_unlink(t, entry);
	age_append(t, entry, now_ns);
}

void table_expire(struct table *t, uint64_t before_ns)
{
	for (struct table_entry *e = table_oldest(t); e && e->seen_ns < before_ns;
		e = table_oldest(t))
		table_remove(t, e);
}

void *table_oldest(const struct table *t)
{
	return entry_at(t, t->oldest);
}

void *table_newer(const struct table *t, const void *entry)
{
	return entry_at(t, ((const struct table_entry *)entry)->newer);
}

size_t table_memory(const struct table *t)
{
	return ((size_t)t->mask + 1) * sizeof(*t->slots) + (size_t)t->used * t->entry_size;
}
