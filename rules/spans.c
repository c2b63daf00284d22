/* Sessions and their ways. */
#include "rules/spans.h"

_Static_assert(sizeof(struct span) % 8 == 0, "rows of a table");
_Static_assert(sizeof(struct span_key) % 8 == 0, "a key is hashed as bytes");

bool spans_init(struct spans *s)
{
	return table_init(&s->table, sizeof(struct span), sizeof(struct span_key), SPANS, 0);
}

void spans_free(struct spans *s)
{
	table_free(&s->table);
}

static void word_copy(struct obs_word *to, const struct obs_word *from)
{
	to->length = from->length;
	to->cut = from->cut;
	memcpy(to->bytes, from->bytes, from->length);
}

static bool span_key_of(const struct observation *o, struct span_key *key)
{
	const struct obs_ice *ice = &o->stun_request.ice;
	memset(key, 0, sizeof(*key));
	if (!o->stun_request.check || !ice->ufrag.length || !ice->peer_ufrag.length)
		return false;
	word_copy(&key->ufrag, &ice->ufrag);
	word_copy(&key->peer_ufrag, &ice->peer_ufrag);
	return true;
}

static struct span_way *way_of(struct span *s, const struct obs_head *h)
{
	for (uint64_t i = 0; i < s->count && i < SPAN_WAYS; i++) {
		if (s->way[i].interface == h->interface &&
			addr_equal(&s->way[i].client, &h->src.addr))
			return &s->way[i];
	}
	struct span_way *way = &s->way[s->count++ % SPAN_WAYS];
	*way = (struct span_way){
		.frame = h->frame,
		.capture = h->capture,
		.interface = h->interface,
		.client = h->src.addr,
	};
	return way;
}

void spans_learn(struct spans *s, const struct observation *o)
{
	struct span_key key;
	bool added;
	if (!span_key_of(o, &key))
		return;
	if (o->head.time_ns > SPAN_LIFE_NS)
		table_expire(&s->table, o->head.time_ns - SPAN_LIFE_NS);
	struct span *span = table_get(&s->table, &key, o->head.time_ns, &added);
	table_touch(&s->table, span, o->head.time_ns);
	way_of(span, &o->head)->seen_ns = o->head.time_ns;
}

const struct span *spans_find(const struct spans *s, const struct observation *o)
{
	struct span_key key;
	if (!span_key_of(o, &key))
		return NULL;
	return table_find(&s->table, table_hash(&s->table, &key, sizeof(key)), &key);
}
