/* Observations of tunnels. */
#include "dissect/tunnel.h"

static struct obs_tunnel tunnel_make(
	enum tunnel_kind kind, enum tunnel_event event, uint8_t message)
{
	return (struct obs_tunnel){
		.kind = (uint8_t)kind, .event = (uint8_t)event, .message = message};
}

static void tunnel_emit(const struct dissection *d, const struct obs_tunnel *tunnel)
{
	struct observation o;
	dissection_observe(d, OBS_TUNNEL, &o);
	o.tunnel = *tunnel;
	dissection_emit(d, &o);
}

void tunnel_asks(const struct dissection *d, enum tunnel_kind kind, uint8_t message,
	struct tunnel_asking *asking)
{
	struct obs_tunnel tunnel = tunnel_make(kind, TUNNEL_ASKS, message);
	if (asking) {
		tunnel.repeated = asking->unanswered;
		if (asking->unanswered < UINT8_MAX)
			asking->unanswered++;
	}
	tunnel_emit(d, &tunnel);
}

void tunnel_answers(const struct dissection *d, enum tunnel_kind kind, uint8_t message,
	struct tunnel_asking *asking)
{
	if (asking)
		*asking = (struct tunnel_asking){0};
	tunnel_says(d, kind, TUNNEL_ANSWERS, message);
}

void tunnel_defers(const struct dissection *d, enum tunnel_kind kind, uint8_t message,
	struct tunnel_asking *asking)
{
	if (asking)
		asking->unanswered = 0;
	tunnel_says(d, kind, TUNNEL_DEFERS, message);
}

void tunnel_says(
	const struct dissection *d, enum tunnel_kind kind, enum tunnel_event event, uint8_t message)
{
	struct obs_tunnel tunnel = tunnel_make(kind, event, message);
	tunnel_emit(d, &tunnel);
}

void tunnel_refused(const struct dissection *d, enum tunnel_kind kind, struct tunnel_asking *asking)
{
	if (!asking->refused)
		tunnel_says(d, kind, TUNNEL_RESETS, 0);
	asking->refused = true;
}

void tunnel_ends(const struct dissection *d, enum tunnel_kind kind, bool *down)
{
	if (!*down)
		tunnel_says(d, kind, TUNNEL_RESETS, 0);
	*down = true;
}

void tunnel_count(struct tunnel_way *way, size_t bytes)
{
	way->packets += way->packets < UINT32_MAX;
	way->bytes += bytes;
}

void tunnel_carries(const struct dissection *d, struct tunnel_way *way, enum tunnel_kind kind,
	enum tunnel_event event, uint8_t message)
{
	uint64_t now_ns = d->packet->frame->time_ns;
	uint64_t *next_ns = event == TUNNEL_DATA ? &way->data_next_ns : &way->keepalive_next_ns;
	if (now_ns < *next_ns)
		return;
	*next_ns = now_ns + TUNNEL_SAYS_NS;
	struct obs_tunnel tunnel = tunnel_make(kind, event, message);
	tunnel.packets = way->packets;
	tunnel.bytes = way->bytes;
	tunnel_emit(d, &tunnel);
}
