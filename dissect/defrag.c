/*
 * Each unfinished packet has a buffer and the list of byte ranges that are there, ascending and
 * apart. A fragment that would need one range more than there is room for drops its packet: nobody
 * sends such things but to exhaust a reassembler. So does one that has another end than what is
 * there, and over IPv6 one that overlaps it (RFC 8200 §4.5); over IPv4 the first bytes to come win.
 */
#include "dissect/defrag.h"

#include <string.h>

/* A gateway's two sides see the same fragments, so the interface is part of it. */
struct defrag_key {
	struct addr src, dst;
	uint8_t protocol;
	uint8_t reserved;
	uint32_t id;
	uint16_t interface;
	uint16_t vlan;
	uint32_t reserved_too;
};

_Static_assert(sizeof(struct defrag_key) == 48, "no padding: a key is hashed as bytes");

struct range {
	uint32_t from, to;
};

struct unfinished {
	struct table_entry age;
	struct defrag_key key;
	uint64_t first_ns; /* of the first fragment to come */
	uint32_t buffer;
	uint32_t length; /* of the whole packet, 0 while the last fragment is missing */
	uint32_t ranges;
	uint8_t protocol; /* what the packet carries, from the fragment at its start */
	uint8_t reserved[3];
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

static struct defrag_key key_make(const struct packet *p, const struct fragment *f)
{
	struct defrag_key key = {
		.src = p->src.addr,
		.dst = p->dst.addr,
		.id = f->id,
		.interface = p->frame->interface,
		.vlan = p->vlan,
	};
	/* In IPv6 the id alone tells packets apart (RFC 8200 §4.5). */
	if (p->src.addr.family == ADDR_V4)
		key.protocol = f->protocol;
	return key;
}

/* The packet that the fragment belongs to. Its time runs from the first fragment on, however slowly
 * others trickle in. */
static struct unfinished *unfinished_get(
	struct defrag *g, const struct packet *p, const struct fragment *f, struct stats *stats)
{
	const struct defrag_key key = key_make(p, f);
	uint64_t now_ns = p->frame->time_ns;
	if (now_ns > DEFRAG_PATIENCE_NS)
		table_expire(&g->table, now_ns - DEFRAG_PATIENCE_NS);
	bool added;
	struct unfinished *u = table_get(&g->table, &key, now_ns, &added);
	if (!added && now_ns > u->first_ns + DEFRAG_PATIENCE_NS) {
		table_remove(&g->table, u);
		u = table_get(&g->table, &key, now_ns, &added);
	}
	stats->defrag_evicted = g->table.evicted;
	if (added) {
		stats->defrag_unfinished++;
		u->first_ns = now_ns;
		u->buffer = pool_take(&g->buffers, false);
	}
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

/* The same bytes once more: networks and captures double packets. */
static bool bytes_repeat(const struct unfinished *u, const uint8_t *buffer, uint32_t from,
	uint32_t to, struct reader r)
{
	uint32_t at = range_place(u, from);
	if (at == u->ranges || u->range[at].from > from || u->range[at].to < to)
		return false;
	const uint8_t *bytes = reader_take(&r, to - from);
	return bytes && memcmp(buffer + from, bytes, to - from) == 0;
}

/* Where the packet ends, if this fragment tells; false when fragments disagree on it. */
static bool end_note(struct unfinished *u, const struct fragment *f, uint32_t to)
{
	if (!f->more && u->length && u->length != to)
		return false;
	if (!f->more)
		u->length = to;
	uint32_t reached = u->ranges ? u->range[u->ranges - 1].to : 0;
	return !u->length || (to <= u->length && reached <= u->length);
}

/* The fragment into its packet; false drops the packet. */
static bool fragment_fill(struct defrag *g, struct unfinished *u, const struct fragment *f,
	const struct reader *r, struct stats *stats)
{
	uint8_t *buffer = pool_at(&g->buffers, u->buffer);
	uint32_t to = f->offset + (uint32_t)reader_left(r);
	if (!end_note(u, f, to))
		return false;
	if (bytes_repeat(u, buffer, f->offset, to, *r))
		return true;
	bool overlaps = bytes_fill(u, buffer, f->offset, to, *r);
	stats->defrag_overlap += overlaps;
	if (overlaps && u->key.src.family == ADDR_V6)
		return false;
	if (f->offset == 0)
		u->protocol = f->protocol;
	return range_add(u, f->offset, to);
}

static bool unfinished_whole(const struct unfinished *u)
{
	return u->length && u->ranges == 1 && u->range[0].from == 0 && u->range[0].to == u->length;
}

/* Hosts do not take an empty fragment, one that leaves no multiple of eight bytes before the next
 * (RFC 8200 §4.5), or one that ends behind the longest packet there can be. */
static bool fragment_plausible(const struct fragment *f, size_t size)
{
	return size && (!f->more || size % 8 == 0) && size <= DEFRAG_LENGTH_MAX - f->offset;
}

/* Out of the table, counted as what it became. */
static void unfinished_drop(struct defrag *g, struct unfinished *u, struct stats *stats)
{
	stats->defrag_unfinished--;
	table_remove(&g->table, u);
}

/* The whole packet into scratch memory, and out of the table. */
static bool unfinished_finish(struct defrag *g, struct unfinished *u, struct fragment *f,
	struct reader *r, struct arena *scratch, struct stats *stats)
{
	uint8_t *whole = arena_take(scratch, u->length);
	if (whole) {
		memcpy(whole, pool_at(&g->buffers, u->buffer), u->length);
		*r = reader_make(whole, u->length, false);
		f->protocol = u->protocol;
	}
	stats->defrag_done += whole != NULL;
	stats->defrag_refused += whole == NULL;
	unfinished_drop(g, u, stats);
	return whole != NULL;
}

bool defrag_add(struct defrag *g, const struct packet *p, struct fragment *f, struct reader *r,
	struct arena *scratch, struct stats *stats)
{
	if (r->cut)
		return false;
	if (!fragment_plausible(f, reader_left(r))) {
		stats->defrag_invalid++;
		return false;
	}
	struct unfinished *u = unfinished_get(g, p, f, stats);
	bool kept = u->buffer && fragment_fill(g, u, f, r, stats);
	if (kept)
		return unfinished_whole(u) && unfinished_finish(g, u, f, r, scratch, stats);
	stats->defrag_invalid += u->buffer != 0;
	stats->defrag_refused += u->buffer == 0;
	unfinished_drop(g, u, stats);
	return false;
}
