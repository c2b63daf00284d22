/* Pieces of a handshake message, a bit for each byte that is there. */
#include "dissect/assembly.h"

#define ASSEMBLY_GRAIN_NS UINT64_C(100000000)

_Static_assert(sizeof(struct assembly) % 8 == 0, "entries of a table");

bool assemblies_init(struct assemblies *a)
{
	return table_init(&a->table, sizeof(struct assembly), sizeof(struct assembly_key),
		ASSEMBLIES, ASSEMBLY_GRAIN_NS);
}

void assemblies_free(struct assemblies *a)
{
	table_free(&a->table);
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
	return one;
}

void assembly_drop(struct assemblies *a, struct assembly *one)
{
	table_remove(&a->table, one);
}

static bool byte_there(const struct assembly *one, size_t at)
{
	return one->there[at / 8] >> (at % 8) & 1;
}

void assembly_add(struct assembly *one, uint64_t offset, struct reader piece)
{
	if (offset >= ASSEMBLY_BYTES)
		return;
	reader_limit(&piece, ASSEMBLY_BYTES - (size_t)offset);
	for (size_t at = (size_t)offset; reader_left(&piece); at++) {
		uint8_t byte = reader_u8(&piece);
		if (byte_there(one, at))
			continue;
		one->bytes[at] = byte;
		one->there[at / 8] |= (uint8_t)(1U << at % 8);
	}
	while (one->have < ASSEMBLY_BYTES && byte_there(one, one->have))
		one->have++;
}
