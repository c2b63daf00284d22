/*
 * The one keyed table of seep: flows, transactions, clients and findings are all rows in one.
 *
 * Bounded: room for `capacity` entries is reserved at the start (untouched pages cost nothing) and
 * nothing is allocated afterwards. When full, the entry that was idle longest makes way and is
 * counted. Ages are packet time. The index grows with what is in use, so that a small run stays in
 * cache. Hashing is keyed (siphash.h, or what its owner brings), but nothing visible depends on the
 * key: iteration and eviction go by age.
 *
 * An entry is `entry_size` bytes that start with struct table_entry, directly followed by the key.
 * Both sizes are multiples of 8.
 */
#ifndef SEEP_CORE_TABLE_H
#define SEEP_CORE_TABLE_H

#include "core/siphash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct table_entry {
	uint64_t seen_ns;      /* when it was last moved to the young end, see table_touch */
	uint32_t older, newer; /* neighbours by age, index + 1; 0 is none */
	uint32_t hash;         /* of the key; of a removed entry any other */
	uint32_t note;         /* the owner's, who may want it in the same cache line */
};

struct table_slot {
	uint32_t hash;  /* tells entries apart without fetching them */
	uint32_t entry; /* index + 1; 0 is empty */
};

struct table {
	struct siphash_key key;
	struct table_slot *slots;
	uint8_t *entries;
	size_t entry_size, key_size;
	uint32_t capacity;
	uint32_t mask;           /* slots in use - 1 */
	uint32_t used;           /* entries ever taken from `entries` */
	uint32_t free;           /* removed entries, linked by `newer`; index + 1 */
	uint32_t oldest, newest; /* index + 1 */
	uint32_t count;
	uint64_t grain_ns;
	uint64_t evicted; /* entries that made way because the table was full */
	void (*removed)(
		void *context, void *entry); /* told of each entry before it goes; or NULL */
	void *context;
};

/* Reserves the table; false without memory. `entry_size` is a multiple of 8, `capacity` at most
 * TABLE_CAPACITY_MAX. `grain_ns` is how exact ages are: touching an entry again within it is free.
 */
#define TABLE_CAPACITY_MAX (1U << 28)
bool table_init(
	struct table *t, size_t entry_size, size_t key_size, uint32_t capacity, uint64_t grain_ns);
void table_free(struct table *t);

/* Looking up comes in steps, so that a batch can fetch ahead: hash, prefetch, find. A key may be
 * hashed by its first `size` bytes alone, if it is always by the same ones. */
static inline uint32_t table_hash(const struct table *t, const void *key, size_t size)
{
	return (uint32_t)siphash13(&t->key, key, size);
}

static inline void *table_at(const struct table *t, uint32_t index)
{
	return t->entries + (size_t)index * t->entry_size;
}

static inline uint32_t table_index(const struct table *t, const void *entry)
{
	return (uint32_t)((size_t)((const uint8_t *)entry - t->entries) / t->entry_size);
}

static inline void table_prefetch_slot(const struct table *t, uint32_t hash)
{
	__builtin_prefetch(&t->slots[hash & t->mask]);
}

/* Fetches the entry with this hash ahead, where one of the two slots that it would be in first has
 * one, and says which: its index + 1, 0 for none. How far an entry was pushed from its slot cannot
 * be foretold, so nothing here branches: where there is none, the first entry is fetched. */
static inline uint32_t table_prefetch_entry(const struct table *t, uint32_t hash)
{
	uint32_t at = hash & t->mask;
	at = (at + (t->slots[at].hash != hash)) & t->mask;
	uint32_t number = t->slots[at].entry & -(uint32_t)(t->slots[at].hash == hash);
	__builtin_prefetch(table_at(t, number - (number != 0)), 1);
	return number;
}

/* The entry with this key, or NULL; for who looks up each packet, and knows the size of the keys
 * when it is compiled: comparing them then needs no call. */
static inline void *table_find_sized(
	const struct table *t, uint32_t hash, const void *key, size_t key_size)
{
	for (uint32_t at = hash & t->mask; t->slots[at].entry; at = (at + 1) & t->mask) {
		if (t->slots[at].hash != hash)
			continue;
		uint8_t *entry = table_at(t, t->slots[at].entry - 1);
		if (memcmp(entry + sizeof(struct table_entry), key, key_size) == 0)
			return entry;
	}
	return NULL;
}

/* The same, where an earlier look (table_prefetch_entry) told the place that it may still be at:
 * one guess where the processor would have to make one for each slot. 0 or a stale one does no
 * harm. */
static inline void *table_find_at(
	const struct table *t, uint32_t place, uint32_t hash, const void *key, size_t key_size)
{
	if (place) {
		uint8_t *entry = table_at(t, place - 1);
		const struct table_entry *e = (const struct table_entry *)(const void *)entry;
		if (e->hash == hash && memcmp(entry + sizeof(*e), key, key_size) == 0)
			return entry;
	}
	return table_find_sized(t, hash, key, key_size);
}

/* The same for any table. */
void *table_find(const struct table *t, uint32_t hash, const void *key);

/* Adds an entry that is not there yet: key set, everything else zero, youngest. When the table is
 * full the oldest goes first. Never NULL. */
void *table_add(struct table *t, uint32_t hash, const void *key, uint64_t now_ns);

/* table_find, else table_add; `*added` tells which. */
void *table_get(struct table *t, const void *key, uint64_t now_ns, bool *added);

/* The entry was used now: it becomes the youngest, unless it did so less than a grain ago. */
void table_touch(struct table *t, void *entry, uint64_t now_ns);

/* The same, whenever that was: now it is the last to make way. */
void table_renew(struct table *t, void *entry, uint64_t now_ns);

void table_remove(struct table *t, void *entry);

/* Removes what was last touched before `before_ns`. */
void table_expire(struct table *t, uint64_t before_ns);

/* Walks by age: the oldest entry, and the next younger one; NULL at the end. */
void *table_oldest(const struct table *t);
void *table_newer(const struct table *t, const void *entry);

/* Bytes of memory that entries and index in use take. */
size_t table_memory(const struct table *t);

#endif
