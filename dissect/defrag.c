/*
 * Each unfinished packet has a buffer and the list of byte ranges that are there, ascending and
 * apart. A fragment that would need one range more than there is room for drops its packet: nobody
 * sends such things but to exhaust a reassembler.
 */
#include "dissect/defrag.h"

#include <string.h>

struct defrag_key {
	struct addr src, dst;
	uint8_t protocol;
	uint8_t reserved[1];
	uint32_t id;
};

_Static_assert(sizeof(struct defrag_key) == 40, "no padding: a key is hashed as bytes");

struct range {
	uint32_t from, to;
};

struct unfinished {
	struct table_entry age;
	struct defrag_key key;
	uint32_t buffer;
	uint32_t length; /* of the whole packet, 0 while the last fragment is missing */
	uint32_t ranges;
	uint32_t reserved;
	struct range range[DEFRAG_RANGES];
};

static void unfinished_removed(void *context, void *entry)
{
	struct defrag *g = context;
	const struct unfinished *u = entry;
	if (u->buffer)
		pool_give(&g->buffers, u->buffer);
}

bool defrag_init(struct defrag *g)
{
	bool ready = table_init(
		&g->table, sizeof(struct unfinished), sizeof(struct defrag_key), DEFRAG_PACKETS, 0);
	g->table.removed = unfinished_removed;
	g->table.context = g;
	return pool_init(&g->buffers, DEFRAG_BYTES, DEFRAG_PACKETS) && ready;
}

void defrag_free(struct defrag *g)
{
	pool_free(&g->buffers);
	table_free(&g->table);
}

static struct unfinished *unfinished_get(
	struct defrag *g, const struct packet *p, const struct fragment *f, struct stats *stats)
{
	uint64_t now_ns = p->frame->time_ns;
	if (now_ns > DEFRAG_PATIENCE_NS)
		table_expire(&g->table, now_ns - DEFRAG_PATIENCE_NS);
	struct defrag_key key = {0};
	key.src = p->src.addr;
	key.dst = p->dst.addr;
	key.id = f->id;
	/* In IPv6 the id alone tells packets apart (RFC 8200 §4.5). */
	key.protocol = p->src.addr.family == ADDR_V4 ? f->protocol : 0;
	bool added;
	struct unfinished *u = table_get(&g->table, &key, now_ns, &added);
	stats->defrag_evicted = g->table.evicted;
	if (added)
		u->buffer = pool_take(&g->buffers, false);
	return u;
}

/* Where `from` belongs among the ranges: the first that ends at or behind it. */
static uint32_t range_place(const struct unfinished *u, uint32_t from)
{
	uint32_t at = 0;
	while (at < u->ranges && u->range[at].to < from)
		at++;
	return at;
}

static void ranges_remove(struct unfinished *u, uint32_t at, uint32_t count)
{
	memmove(&u->range[at], &u->range[at + count],
		(u->ranges - at - count) * sizeof(u->range[0]));
	u->ranges -= count;
}

/* Notes that [from, to) is there, joined with its neighbours; false when there are too many. */
static bool range_add(struct unfinished *u, uint32_t from, uint32_t to)
{
	uint32_t at = range_place(u, from), touched = 0;
	while (at + touched < u->ranges && u->range[at + touched].from <= to)
		touched++;
	if (touched == 0) {
		if (u->ranges == DEFRAG_RANGES)
			return false;
		memmove(&u->range[at + 1], &u->range[at], (u->ranges - at) * sizeof(u->range[0]));
		u->range[at] = (struct range){from, to};
		u->ranges++;
		return true;
	}
	const struct range *last = &u->range[at + touched - 1];
	struct range joined = u->range[at];
	joined.from = from < joined.from ? from : joined.from;
	joined.to = to > last->to ? to : last->to;
	u->range[at] = joined;
	ranges_remove(u, at + 1, touched - 1);
	return true;
}

/* Copies what of [from, to) is not there yet; true when some of it was. */
static bool bytes_fill(
	const struct unfinished *u, uint8_t *buffer, uint32_t from, uint32_t to, struct reader r)
{
	bool overlaps = false;
	for (uint32_t i = 0; i < u->ranges && from < to; i++) {
		const struct range *have = &u->range[i];
		if (have->to <= from || have->from >= to)
			continue;
		overlaps = true;
		if (have->from > from)
			reader_copy(&r, buffer + from, have->from - from);
		uint32_t resume = have->to < to ? have->to : to;
		reader_skip(&r, resume - (have->from > from ? have->from : from));
		from = resume;
	}
	if (from < to)
		reader_copy(&r, buffer + from, to - from);
	return overlaps;
}

/* The very same fragment came before: networks and captures repeat them (RFC 8200 §4.5). */
static bool fragment_repeated(
	const struct unfinished *u, const uint8_t *buffer, uint32_t from, struct reader r)
{
	size_t size = reader_left(&r);
	const uint8_t *bytes = reader_take(&r, size);
	for (uint32_t i = 0; i < u->ranges; i++) {
		if (u->range[i].from <= from && from + size <= u->range[i].to)
			return size && memcmp(bytes, buffer + from, size) == 0;
	}
	return false;
}

/* The fragment into its packet; false drops the packet. */
static bool fragment_fill(struct defrag *g, struct unfinished *u, const struct fragment *f,
	const struct reader *r, struct stats *stats)
{
	size_t size = reader_left(r);
	if (!u->buffer) {
		stats->defrag_refused++;
		return false;
	}
	if (size > DEFRAG_BYTES - f->offset)
		return false;
	uint32_t to = f->offset + (uint32_t)size;
	if (!f->more) {
		if (u->length && u->length != to)
			return false;
		u->length = to;
	}
	uint8_t *buffer = pool_at(&g->buffers, u->buffer);
	if (fragment_repeated(u, buffer, f->offset, *r))
		return true;
	bool overlaps = bytes_fill(u, buffer, f->offset, to, *r);
	stats->defrag_overlap += overlaps;
	if (overlaps && u->key.src.family == ADDR_V6)
		return false;
	return size == 0 || range_add(u, f->offset, to);
}

static bool unfinished_whole(const struct unfinished *u)
{
	return u->length && u->ranges == 1 && u->range[0].from == 0 && u->range[0].to == u->length;
}

bool defrag_add(struct defrag *g, const struct packet *p, const struct fragment *f,
	struct reader *r, struct arena *scratch, struct stats *stats)
{
	if (r->cut || f->offset >= DEFRAG_BYTES)
		return false;
	struct unfinished *u = unfinished_get(g, p, f, stats);
	if (!fragment_fill(g, u, f, r, stats)) {
		table_remove(&g->table, u);
		return false;
	}
	if (!unfinished_whole(u))
		return false;
	uint8_t *whole = arena_take(scratch, u->length);
	if (whole) {
		memcpy(whole, pool_at(&g->buffers, u->buffer), u->length);
		*r = reader_make(whole, u->length, false);
		stats->defrag_done++;
	} else {
		stats->defrag_refused++;
	}
	table_remove(&g->table, u);
	return whole != NULL;
}
