/* Announced flows, over the one table of core/. */
#include "dissect/expect.h"

#include "dissect/run.h"

#define PROTOCOL_UDP    17
#define EXPECT_GRAIN_NS UINT64_C(1000000000)

struct expect_key {
	struct endpoint at;
	uint8_t zero[4];
};

struct expect_entry {
	struct table_entry age; /* note: the row */
	struct expect_key key;
};

_Static_assert(sizeof(struct expect_key) % 8 == 0, "keys of a table");
_Static_assert(sizeof(struct expect_entry) % 8 == 0, "rows of a table");

bool expect_init(struct expect *e)
{
	return table_init(&e->table, sizeof(struct expect_entry), sizeof(struct expect_key),
		EXPECT_MAX, EXPECT_GRAIN_NS);
}

void expect_free(struct expect *e)
{
	table_free(&e->table);
}

/* Member by member, so that no padding is copied. */
static struct expect_key key_make(const struct endpoint *at)
{
	struct expect_key key = {0};
	key.at.addr = at->addr;
	key.at.port = at->port;
	return key;
}

void expect_add(struct expect *e, const struct endpoint *at, unsigned row, uint64_t now_ns)
{
	if (now_ns > EXPECT_LIFE_NS)
		table_expire(&e->table, now_ns - EXPECT_LIFE_NS);
	struct expect_key key = key_make(at);
	bool added;
	struct expect_entry *entry = table_get(&e->table, &key, now_ns, &added);
	entry->age.note = row;
	table_touch(&e->table, entry, now_ns);
}

unsigned expect_row(struct expect *e, const struct endpoint *at, uint64_t now_ns)
{
	struct expect_key key = key_make(at);
	uint32_t hash = table_hash(&e->table, &key, sizeof(key));
	struct expect_entry *entry = table_find(&e->table, hash, &key);
	if (!entry)
		return 0;
	if (now_ns > entry->age.seen_ns + EXPECT_LIFE_NS) {
		table_remove(&e->table, entry);
		return 0;
	}
	table_touch(&e->table, entry, now_ns);
	return entry->age.note + 1;
}

void dissection_expect(struct dissection *d, const struct endpoint *at, const char *name)
{
	struct dissect *run = d->run;
	expect_add(&run->expect, at, dissector_named(name), run->now_ns);
	d->stats->expected++;
}

bool dissection_expected(const struct dissection *d, const struct endpoint *at)
{
	return expect_row(&d->run->expect, at, d->run->now_ns) == d->row + 1;
}

bool packet_announced(struct dissect *run, struct packet *p)
{
	if (!p->has_payload || p->protocol != PROTOCOL_UDP)
		return false;
	unsigned row = expect_row(&run->expect, &p->dst, run->now_ns);
	if (!row)
		row = expect_row(&run->expect, &p->src, run->now_ns);
	if (!row)
		return false;
	if (!p->shapes)
		packet_key(run, p);
	p->shapes |= UINT64_C(1) << run->bit[row - 1];
	return true;
}
