/*
 * The table against a model too simple to be wrong: a list of (id, age, value) in the order of age,
 * searched from the front. Random operations with fixed seeds run on both, and after each the two
 * agree.
 */
#include "core/table.h"
#include "tests/unit/support/random.h"
#include "tests/unit/support/unit.h"

#define MODEL_MAX 4096
#define GRAIN_NS  10

struct key {
	uint32_t id;
	uint32_t zero;
};

struct row {
	struct table_entry age;
	struct key key;
	uint64_t value;
};

struct model {
	struct table table;
	uint32_t count;
	uint64_t evicted, removed; /* entries that went; as the table tells of them */
	uint64_t told;
	struct {
		uint32_t id;
		uint64_t seen_ns, value;
	} rows[MODEL_MAX]; /* oldest first */
};

static struct key key_of(uint32_t id)
{
	return (struct key){.id = id};
}

static void removal_note(void *context, void *entry)
{
	struct model *m = context;
	assert_true(((struct row *)entry)->value != 0);
	m->told++;
}

static struct model *model_new(uint32_t capacity, uint64_t grain_ns)
{
	struct model *m = calloc(1, sizeof(*m));
	assert_non_null(m);
	assert_true(capacity <= MODEL_MAX);
	assert_true(
		table_init(&m->table, sizeof(struct row), sizeof(struct key), capacity, grain_ns));
	m->table.removed = removal_note;
	m->table.context = m;
	return m;
}

static void model_free(struct model *m)
{
	assert_int_equal(m->told, m->removed);
	table_free(&m->table);
	free(m);
}

static void model_drop(struct model *m, uint32_t at)
{
	m->count--;
	m->removed++;
	memmove(&m->rows[at], &m->rows[at + 1], (m->count - at) * sizeof(m->rows[0]));
}

/* Where the id is; m->count when it is not. */
static uint32_t model_at(const struct model *m, uint32_t id)
{
	uint32_t at = 0;
	while (at < m->count && m->rows[at].id != id)
		at++;
	return at;
}

static struct row *row_find(const struct model *m, uint32_t id)
{
	struct key key = key_of(id);
	return table_find(&m->table, table_hash(&m->table, &key, sizeof(key)), &key);
}

static void model_touch(struct model *m, uint32_t at, uint64_t now_ns)
{
	if (now_ns < m->rows[at].seen_ns + m->table.grain_ns)
		return;
	uint32_t id = m->rows[at].id;
	uint64_t value = m->rows[at].value;
	model_drop(m, at);
	m->removed--;
	m->rows[m->count].id = id;
	m->rows[m->count].value = value;
	m->rows[m->count++].seen_ns = now_ns;
}

static void both_get(struct model *m, uint32_t id, uint64_t now_ns)
{
	struct key key = key_of(id);
	bool added;
	uint32_t at = model_at(m, id);
	bool missing = at == m->count;
	struct row *row = table_get(&m->table, &key, now_ns, &added);
	assert_non_null(row);
	assert_int_equal(added, missing);
	assert_int_equal(row->key.id, id);
	if (!missing) {
		assert_true(row->value == m->rows[at].value);
		model_touch(m, at, now_ns);
		return;
	}
	assert_true(row->value == 0); /* nothing is left of an entry that was there before */
	if (m->count == m->table.capacity) {
		model_drop(m, 0);
		m->evicted++;
	}
	row->value = now_ns << 32 | id;
	m->rows[m->count].id = id;
	m->rows[m->count].value = row->value;
	m->rows[m->count++].seen_ns = now_ns;
}

static void both_remove(struct model *m, uint32_t id)
{
	uint32_t at = model_at(m, id);
	struct row *row = row_find(m, id);
	assert_int_equal(row == NULL, at == m->count);
	if (!row)
		return;
	table_remove(&m->table, row);
	model_drop(m, at);
	assert_null(row_find(m, id));
}

static void both_expire(struct model *m, uint64_t before_ns)
{
	table_expire(&m->table, before_ns);
	while (m->count && m->rows[0].seen_ns < before_ns)
		model_drop(m, 0);
}

/* Everything in the model is found, in its order, both ways; and nothing else. */
static void both_agree(const struct model *m)
{
	const struct row *row = table_oldest(&m->table);
	for (uint32_t i = 0; i < m->count; i++) {
		assert_non_null(row);
		assert_int_equal(row->key.id, m->rows[i].id);
		assert_true(row->age.seen_ns == m->rows[i].seen_ns);
		assert_true(row->value == m->rows[i].value);
		assert_ptr_equal(row_find(m, row->key.id), row);
		row = table_newer(&m->table, row);
	}
	assert_null(row);
	assert_int_equal(m->table.count, m->count);
	assert_int_equal(m->table.evicted, m->evicted);
}

static const struct {
	uint64_t seed;
	uint32_t capacity, ids;
	uint64_t grain_ns;
	int steps, check_every;
} model_rows[] = {
	{1, 1, 3, 0, 2000, 1},
	{2, 2, 4, GRAIN_NS, 2000, 1},
	{3, 64, 100, 0, 20000, 10},
	{4, 64, 64, GRAIN_NS, 20000, 10},
	{5, 512, 700, GRAIN_NS, 20000, 100}, /* just to the first growth */
	{6, 4000, 6000, 0, 40000, 2000},     /* grows three times, then evicts */
	{7, 4000, 3000, GRAIN_NS, 40000, 2000},
};

static void model_step(struct model *m, struct random *r, uint32_t ids, uint64_t *now_ns)
{
	uint32_t id = 1 + random_below(r, ids);
	*now_ns += random_below(r, 4);
	switch (random_below(r, 16)) {
	case 0:
	case 1:
		both_remove(m, id);
		break;
	case 2:
		if (random_below(r, 64) == 0)
			both_expire(m, *now_ns - random_below(r, 200));
		break;
	case 3:
		/* Time does not always run forwards. */
		both_get(m, id, *now_ns - random_below(r, 20));
		break;
	default:
		both_get(m, id, *now_ns);
		break;
	}
}

static void tables_do_as_the_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(model_rows); i++) {
		struct model *m = model_new(model_rows[i].capacity, model_rows[i].grain_ns);
		struct random r = {model_rows[i].seed};
		uint64_t now_ns = 1000;
		for (int step = 0; step < model_rows[i].steps; step++) {
			model_step(m, &r, model_rows[i].ids, &now_ns);
			if (step % model_rows[i].check_every == 0)
				both_agree(m);
		}
		both_agree(m);
		model_free(m);
	}
}

static void grain_saves_touches(void **state)
{
	(void)state;
	struct model *m = model_new(8, GRAIN_NS);
	both_get(m, 1, 100);
	both_get(m, 2, 100);
	both_get(m, 1, 100 + GRAIN_NS - 1);
	assert_int_equal(((struct row *)table_oldest(&m->table))->key.id, 1);
	both_get(m, 1, 100 + GRAIN_NS);
	assert_int_equal(((struct row *)table_oldest(&m->table))->key.id, 2);
	both_agree(m);
	model_free(m);
}

static void the_idlest_makes_way(void **state)
{
	(void)state;
	struct model *m = model_new(3, 0);
	for (uint32_t id = 1; id <= 3; id++)
		both_get(m, id, id);
	both_get(m, 1, 10);
	both_get(m, 4, 11);
	assert_null(row_find(m, 2));
	assert_non_null(row_find(m, 1));
	both_agree(m);
	model_free(m);
}

/* Ids whose slots all start at the same place, the last one before the slots wrap around: every
 * lookup probes, and removal has to shift across the end. */
static void neighbours_in_one_slot(void **state)
{
	(void)state;
	struct model *m = model_new(128, 0);
	uint32_t ids[40], found = 0;
	for (uint32_t id = 1; found < ROWS(ids); id++) {
		struct key key = key_of(id);
		uint32_t home = table_hash(&m->table, &key, sizeof(key)) & m->table.mask;
		if (home >= m->table.mask - found % 3)
			ids[found++] = id;
	}
	struct random r = {8};
	for (uint64_t now_ns = 1; now_ns < 4000; now_ns++) {
		uint32_t id = ids[random_below(&r, ROWS(ids))];
		if (random_below(&r, 2))
			both_get(m, id, now_ns);
		else
			both_remove(m, id);
		both_agree(m);
	}
	model_free(m);
}

/* Two keys under the very same hash, which the caller hands in. */
static void equal_hashes_are_told_apart(void **state)
{
	(void)state;
	struct table t;
	const uint32_t hash = 0xffffffff;
	assert_true(table_init(&t, sizeof(struct row), sizeof(struct key), 8, 0));
	struct key one = key_of(1), two = key_of(2), three = key_of(3);
	struct row *first = table_add(&t, hash, &one, 1);
	struct row *second = table_add(&t, hash, &two, 2);
	assert_ptr_equal(table_find(&t, hash, &one), first);
	assert_ptr_equal(table_find(&t, hash, &two), second);
	assert_null(table_find(&t, hash, &three));
	table_remove(&t, first);
	assert_null(table_find(&t, hash, &one));
	assert_ptr_equal(table_find(&t, hash, &two), second);
	table_free(&t);
}

/* An entry fetched ahead is found where it was seen; a place that is not its own, or was, misleads
 * nobody. */
static void a_place_is_only_a_hint(void **state)
{
	(void)state;
	struct table t;
	enum { SIZE = sizeof(struct key) };
	const uint32_t hash = 7, same_slot = 7 + (1U << 31);
	assert_true(table_init(&t, sizeof(struct row), SIZE, 8, 0));
	struct key one = key_of(1), two = key_of(2), three = key_of(3);
	assert_int_equal(table_prefetch_entry(&t, hash), 0);
	struct row *first = table_add(&t, hash, &one, 1);
	struct row *second = table_add(&t, same_slot, &two, 2);
	uint32_t place = table_prefetch_entry(&t, hash);
	assert_int_equal(place, table_index(&t, first) + 1);
	assert_int_equal(table_prefetch_entry(&t, same_slot), table_index(&t, second) + 1);
	assert_ptr_equal(table_find_at(&t, place, hash, &one, SIZE), first);
	assert_ptr_equal(table_find_at(&t, 0, hash, &one, SIZE), first);
	assert_ptr_equal(table_find_at(&t, place, same_slot, &two, SIZE), second);
	table_remove(&t, first);
	assert_int_equal(table_prefetch_entry(&t, hash), 0);
	assert_null(table_find_at(&t, place, hash, &one, SIZE));
	first = table_add(&t, hash, &three, 3);
	assert_int_equal(table_index(&t, first) + 1, place);
	assert_null(table_find_at(&t, place, hash, &one, SIZE));
	assert_ptr_equal(table_find_at(&t, place, hash, &three, SIZE), first);
	table_free(&t);
}

static void memory_is_what_is_in_use(void **state)
{
	(void)state;
	struct model *m = model_new(MODEL_MAX, 0);
	size_t least = table_memory(&m->table);
	for (uint32_t id = 1; id <= 100; id++)
		both_get(m, id, id);
	assert_int_equal(table_memory(&m->table), least + 100 * sizeof(struct row));
	for (uint32_t id = 1; id <= 100; id++)
		both_remove(m, id);
	both_get(m, 101, 101); /* in the place of one that went */
	assert_int_equal(table_memory(&m->table), least + 100 * sizeof(struct row));
	for (uint32_t id = 1; id <= MODEL_MAX; id++)
		both_get(m, id, 200 + id);
	assert_true(table_memory(&m->table) >=
		2 * MODEL_MAX * sizeof(struct table_slot) + MODEL_MAX * sizeof(struct row));
	model_free(m);
}

static void freeing_twice_is_harmless(void **state)
{
	(void)state;
	struct table t;
	assert_true(table_init(&t, sizeof(struct row), sizeof(struct key), 8, 0));
	assert_null(table_oldest(&t));
	table_expire(&t, UINT64_MAX);
	table_free(&t);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_do_as_the_model),
		cmocka_unit_test(grain_saves_touches),
		cmocka_unit_test(the_idlest_makes_way),
		cmocka_unit_test(neighbours_in_one_slot),
		cmocka_unit_test(equal_hashes_are_told_apart),
		cmocka_unit_test(a_place_is_only_a_hint),
		cmocka_unit_test(memory_is_what_is_in_use),
		cmocka_unit_test(freeing_twice_is_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
