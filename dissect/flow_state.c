/* What dissectors remember of flows: each row's blocks lie in a pool of their own, and a flow
 * chains those it has. */
#include "dissect/run.h"

/* A dissector's memory of a flow: the next one's reference, then its own bytes. */
struct flow_state {
	uint32_t next;
	uint32_t reserved;
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

static void *row_state(struct dissection *d, uint32_t row)
{
	void *known = row_known(d, row);
	if (known)
		return known;
	struct dissect *run = d->run;
	struct flow_more *more = flow_more(&run->flows, d->flow);
	uint32_t number = pool_take(&run->flow_states[row], true);
	if (!number)
		return NULL;
	uint32_t reference = row << 24 | number;
	struct flow_state *state = flow_state_at(run, reference);
	state->next = more->states;
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
