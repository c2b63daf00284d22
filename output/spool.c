/*
 * A ring of records, each in memory of its own: they come by the alert, not by the packet.
 */
#include "output/spool.h"

#include <stdlib.h>
#include <string.h>

static struct spool_record **record_at(struct spool *s, unsigned i)
{
	return &s->record[(s->first + i) % SPOOL_RECORDS];
}

bool spool_put(struct spool *s, const struct spool_piece *pieces, size_t count)
{
	size_t length = 0;
	for (size_t i = 0; i < count; i++)
		length += pieces[i].length;
	if (s->count == SPOOL_RECORDS || length > SPOOL_BYTES - s->bytes)
		return false;
	struct spool_record *record = malloc(sizeof(*record) + length);
	if (!record)
		return false;
	*record = (struct spool_record){.length = length};
	char *to = record->bytes;
	for (size_t i = 0; i < count; i++) {
		memcpy(to, pieces[i].bytes, pieces[i].length);
		to += pieces[i].length;
	}
	*record_at(s, s->count++) = record;
	s->bytes += length;
	return true;
}

struct spool_record *spool_next(const struct spool *s)
{
	return s->sent < s->count ? s->record[(s->first + s->sent) % SPOOL_RECORDS] : NULL;
}

void spool_wrote(struct spool *s, uint64_t end)
{
	(*record_at(s, s->sent++))->end = end;
}

static void first_release(struct spool *s)
{
	struct spool_record **first = record_at(s, 0);
	s->bytes -= (*first)->length;
	free(*first);
	*first = NULL;
	s->first = (s->first + 1) % SPOOL_RECORDS;
	s->count--;
}

void spool_arrived(struct spool *s, uint64_t end)
{
	while (s->sent && (*record_at(s, 0))->end <= end) {
		first_release(s);
		s->sent--;
	}
}

void spool_rewind(struct spool *s)
{
	s->sent = 0;
}

void spool_drop(struct spool *s)
{
	/* Those before it have left: only datagrams are dropped one by one. */
	spool_arrived(s, UINT64_MAX);
	if (s->count)
		first_release(s);
}

void spool_free(struct spool *s)
{
	while (s->count)
		first_release(s);
	s->sent = 0;
}
