/* What dissectors remember of flows: each row's blocks lie in a pool of their own, and a flow
 * chains those it has. */
#include "dissect/run.h"

/* When all blocks of a row are taken, the quietest flow of a few gives up its own. Quiet it must be
 * for a while: flows that are being worked on are not. */
#define STATE_QUIET_NS (10 * UINT64_C(1000000000))
#define STATE_LOOKS    8

/* A dissector's memory of a flow: the next one's reference, then its own bytes. */
struct flow_state {
	uint32_t next;
	uint32_t flow; /* whose it is, by its place in the table */
};

size_t flow_state_size(size_t bytes)
{
	return sizeof(struct flow_state) + ((bytes + 7) & ~(size_t)7);
}

#define STATE_ROW(reference)    ((reference) >> 24)
#define STATE_NUMBER(reference) ((reference)&0xffffff)

static struct flow_state *flow_state_at(struct dissect *run, uint32_t reference)
{
	return pool_at(&run->flow_states[STATE_ROW(reference)], STATE_NUMBER(reference));
}

static void *row_known(struct dissection *d, uint32_t row)
{
	struct dissect *run = d->run;
	const struct flow_more *more = flow_more(&run->flows, d->flow);
	for (uint32_t at = more->states; at; at = flow_state_at(run, at)->next) {
		if (STATE_ROW(at) == row)
			return flow_state_at(run, at) + 1;
	}
	return NULL;
}

/* Takes a reference out of the chain that it is in. */
static void state_unlink(struct dissect *run, uint32_t reference)
{
	const struct flow *owner = table_at(&run->flows.table, flow_state_at(run, reference)->flow);
	uint32_t *at = &flow_more(&run->flows, owner)->states;
	while (*at != reference)
		at = &flow_state_at(run, *at)->next;
	*at = flow_state_at(run, reference)->next;
}

/* A flood of flows that say one thing each must not keep what comes later from being read. */
static bool state_evict(struct dissect *run, uint32_t row)
{
	struct pool *pool = &run->flow_states[row];
	uint64_t quiet_ns = run->now_ns > STATE_QUIET_NS ? run->now_ns - STATE_QUIET_NS : 0;
	uint32_t quietest = 0;
	for (unsigned i = 0; i < STATE_LOOKS; i++) {
		uint32_t number = run->state_hand[row] % pool->capacity + 1;
		run->state_hand[row] = number;
		const struct flow_state *state = flow_state_at(run, row << 24 | number);
		const struct flow *owner = table_at(&run->flows.table, state->flow);
		if (owner->age.seen_ns < quiet_ns) {
			quiet_ns = owner->age.seen_ns;
			quietest = number;
		}
	}
	if (!quietest)
		return false;
	state_unlink(run, row << 24 | quietest);
	pool_give(pool, quietest);
	return true;
}

static void *row_state(struct dissection *d, uint32_t row)
{
	void *known = row_known(d, row);
	if (known)
		return known;
	struct dissect *run = d->run;
	struct flow_more *more = flow_more(&run->flows, d->flow);
	uint32_t number = pool_take(&run->flow_states[row], true);
	if (!number && state_evict(run, row))
		number = pool_take(&run->flow_states[row], true);
	if (!number)
		return NULL;
	uint32_t reference = row << 24 | number;
	struct flow_state *state = flow_state_at(run, reference);
	state->next = more->states;
	state->flow = table_index(&run->flows.table, d->flow);
	more->states = reference;
	return state + 1;
}

void *dissection_flow_known(struct dissection *d)
{
	return row_known(d, d->row);
}

void *dissection_flow_state(struct dissection *d)
{
	return row_state(d, d->row);
}

void *dissection_become_state(struct dissection *d)
{
	return row_state(d, d->stream->side[0].row - 1U);
}

void flow_states_forget(struct dissect *run, struct flow_more *more)
{
	for (uint32_t at = more->states; at;) {
		uint32_t next = flow_state_at(run, at)->next;
		pool_give(&run->flow_states[STATE_ROW(at)], STATE_NUMBER(at));
		at = next;
	}
	more->states = 0;
}
