/*
 * Findings by their id, so that what is told again replaces what was told before. Those beyond
 * KEPT_MAX are counted; the document says so.
 */
#include "output/kept.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

/* The slot of this finding, or the empty one where it belongs. The ids are spread by SHA-256. */
static uint32_t *slot_find(struct kept *k, const char *id)
{
	uint32_t at = (uint32_t)strtoull(id, NULL, 16);
	for (;; at++) {
		uint32_t *slot = &k->slot[at % KEPT_SLOTS];
		if (!*slot || strcmp(k->findings[*slot - 1].id, id) == 0)
			return slot;
	}
}

static bool room_make(struct kept *k)
{
	if (k->count < k->room)
		return true;
	if (k->room == KEPT_MAX)
		return false;
	uint32_t room = k->room ? 2 * k->room : ROOM_FIRST;
	void *more = realloc(k->findings, room * sizeof(*k->findings));
	if (!more)
		return false;
	k->findings = more;
	k->room = room;
	return true;
}

static bool finding_start(struct kept *k, uint32_t *slot, const char *id)
{
	if (!room_make(k)) {
		k->lost++;
		return false;
	}
	struct kept_finding *f = &k->findings[k->count++];
	memcpy(f->id, id, sizeof(f->id));
	f->worst = SEVERITY_INFO;
	*slot = k->count;
	return true;
}

bool kept_add(struct kept *k, const struct alert *a)
{
	char id[FINDING_ID_SIZE];
	finding_id(a, id);
	uint32_t *slot = slot_find(k, id);
	if (!*slot && !finding_start(k, slot, id))
		return false;
	struct kept_finding *f = &k->findings[*slot - 1];
	f->alert = *a;
	if (a->severity > f->worst)
		f->worst = a->severity;
	return true;
}

bool kept_stands(const struct kept_finding *f)
{
	return f->alert.state != STATE_WITHDRAWN;
}

void kept_free(struct kept *k)
{
	free(k->findings);
	k->findings = NULL;
	k->count = k->room = 0;
}
