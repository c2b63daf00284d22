/* A short queue. */
#include "rules/pending.h"

#include <string.h>

static void pending_remove(struct pending *p, uint32_t i)
{
	p->count--;
	memmove(&p->at[i], &p->at[i + 1], (p->count - i) * sizeof(p->at[0]));
}

bool pending_due(struct pending *p, uint64_t now_ns, struct observation *out, bool *sealed)
{
	struct pending_conversation *first = &p->at[0];
	if (!p->count)
		return false;
	if (p->count < PENDING_MAX && now_ns < first->head.time_ns + PENDING_NS)
		return false;
	out->head = first->head;
	out->traffic = first->traffic;
	if (sealed)
		*sealed = first->sealed;
	pending_remove(p, 0);
	return true;
}

void pending_add(struct pending *p, const struct observation *o)
{
	if (p->count < PENDING_MAX)
		p->at[p->count++] = (struct pending_conversation){
			.head = o->head, .traffic = o->traffic};
}

static bool heads_agree(const struct obs_head *a, const struct obs_head *b)
{
	bool same = endpoint_equal(&a->src, &b->src) && endpoint_equal(&a->dst, &b->dst);
	bool turned = endpoint_equal(&a->src, &b->dst) && endpoint_equal(&a->dst, &b->src);
	return a->protocol == b->protocol && (same || turned);
}

struct pending_conversation *pending_find(struct pending *p, const struct obs_head *h)
{
	for (uint32_t i = 0; i < p->count; i++) {
		if (heads_agree(&p->at[i].head, h))
			return &p->at[i];
	}
	return NULL;
}

bool pending_goes_on(struct pending *p, const struct observation *o)
{
	struct pending_conversation *c = pending_find(p, &o->head);
	if (!c)
		return false;
	c->traffic.packets_from += o->traffic.packets_from;
	c->traffic.packets_to += o->traffic.packets_to;
	c->traffic.bytes_from += o->traffic.bytes_from;
	c->traffic.bytes_to += o->traffic.bytes_to;
	c->traffic.last_ns = o->traffic.last_ns;
	return true;
}

void pending_forget(struct pending *p, const struct endpoint *far)
{
	for (uint32_t i = p->count; i-- > 0;) {
		const struct obs_head *h = &p->at[i].head;
		if (endpoint_equal(&h->src, far) || endpoint_equal(&h->dst, far))
			pending_remove(p, i);
	}
}
