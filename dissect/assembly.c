/* Pieces of a handshake message, a bit for each byte that is there. */
#include "dissect/assembly.h"

#include "core/pages.h"

#define ASSEMBLY_GRAIN_NS UINT64_C(100000000)

_Static_assert(sizeof(struct assembly) % 8 == 0, "entries of a table");

#define BYTES_OF_ALL ((size_t)ASSEMBLIES * ASSEMBLY_BYTES)

bool assemblies_init(struct assemblies *a)
{
	a->bytes = pages_reserve(BYTES_OF_ALL);
	return table_init(&a->table, sizeof(struct assembly), sizeof(struct assembly_key),
		       ASSEMBLIES, ASSEMBLY_GRAIN_NS) &&
		a->bytes;
}

void assemblies_free(struct assemblies *a)
{
	table_free(&a->table);
	pages_release(a->bytes, BYTES_OF_ALL);
}

struct assembly *assembly_get(struct assemblies *a, const struct dissection *d, uint32_t about)
{
	const struct packet *p = d->packet;
	const struct assembly_key key = {.flow = p->key, .from_high = p->from_high};
	uint64_t evicted = a->table.evicted;
	bool added;
	struct assembly *one = table_get(&a->table, &key, p->frame->time_ns, &added);
	d->stats->hello_evicted += a->table.evicted - evicted;
	if (added || one->about != about) {
		one->have = 0;
		memset(one->there, 0, sizeof(one->there));
	}
	one->about = about;
	one->bytes = a->bytes + (size_t)table_index(&a->table, one) * ASSEMBLY_BYTES;
	return one;
}

void assembly_drop(struct assemblies *a, struct assembly *one)
{
	table_remove(&a->table, one);
}

/* The first bits of a run's. */
static uint64_t run_bits(size_t count)
{
	return count < ASSEMBLY_RUN ? (UINT64_C(1) << count) - 1 : ~UINT64_C(0);
}

/* Bytes within one run; those that are there stay as they are. */
static void run_add(struct assembly *one, size_t at, const uint8_t *from, size_t length)
{
	uint64_t *there = &one->there[at / ASSEMBLY_RUN];
	size_t start = at % ASSEMBLY_RUN;
	uint64_t mask = run_bits(start + length) & ~run_bits(start);
	uint64_t overlap = *there & mask;
	if (!overlap)
		memcpy(one->bytes + at, from, length);
	for (size_t i = 0; overlap && i < length; i++) {
		if (!(overlap >> (start + i) & 1))
			one->bytes[at + i] = from[i];
	}
	*there |= mask;
}

/* The first byte from `at` on that is not there. */
static uint32_t hole_find(const struct assembly *one, uint32_t at)
{
	while (at < ASSEMBLY_BYTES) {
		uint64_t holes = ~one->there[at / ASSEMBLY_RUN] >> at % ASSEMBLY_RUN;
		if (holes)
			return at + (uint32_t)__builtin_ctzll(holes);
		at += ASSEMBLY_RUN - at % ASSEMBLY_RUN;
	}
	return at;
}

void assembly_add(struct assembly *one, uint64_t offset, struct reader piece)
{
	if (offset >= ASSEMBLY_BYTES)
		return;
	reader_limit(&piece, ASSEMBLY_BYTES - (size_t)offset);
	for (size_t at = (size_t)offset; reader_left(&piece);) {
		size_t length = ASSEMBLY_RUN - at % ASSEMBLY_RUN;
		if (length > reader_left(&piece))
			length = reader_left(&piece);
		run_add(one, at, reader_take(&piece, length), length);
		at += length;
	}
	one->have = hole_find(one, one->have);
}
