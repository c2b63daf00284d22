/*
 * Observations of one kind that follow each other closely are one span. What is said only once in a
 * while of something that goes on (media, a tunnel's data) is joined over a longer time.
 */
#include "output/lanes.h"

#define NS_PER_S UINT64_C(1000000000)

enum { LANE_TUNNEL, LANE_STUN, LANE_MEDIA, LANE_NAMES };

static const struct {
	const char *name;
	uint64_t join_ns;
} lanes[LANES] = {
	[LANE_TUNNEL] = {"tunnel, from outside", 120 * NS_PER_S},
	[LANE_STUN] = {"STUN and TURN", NS_PER_S},
	[LANE_MEDIA] = {"media", 30 * NS_PER_S},
	[LANE_NAMES] = {"names asked for", NS_PER_S},
};

const char *lane_name(unsigned lane)
{
	return lanes[lane].name;
}

static void lane_note(struct lanes *l, unsigned which, uint64_t ns)
{
	struct lane *lane = &l->lane[which];
	uint64_t last_ns = lane->count ? lane->span[lane->count - 1].to_ns : 0;
	bool joins = lane->count && !lane->ended && ns - last_ns <= lanes[which].join_ns;
	if (lane->count && ns < last_ns)
		return; /* a late packet */
	if (!joins && lane->count < LANE_SPANS)
		lane->span[lane->count++].from_ns = ns;
	lane->span[lane->count - 1].to_ns = ns;
	lane->ended = false;
}

/* A handshake without an answer is no tunnel. */
static void tunnel_note(struct lanes *l, const struct observation *o)
{
	switch ((enum tunnel_event)o->tunnel.event) {
	case TUNNEL_ANSWERS:
	case TUNNEL_DATA:
	case TUNNEL_KEEPALIVE:
		lane_note(l, LANE_TUNNEL, o->head.time_ns);
		break;
	case TUNNEL_RESETS:
		l->lane[LANE_TUNNEL].ended = true;
		break;
	case TUNNEL_ASKS:
	case TUNNEL_DEFERS:
		break;
	}
}

void lanes_note(struct lanes *l, const struct observation *o)
{
	switch ((enum observation_kind)o->head.kind) {
	case OBS_TUNNEL:
		tunnel_note(l, o);
		break;
	case OBS_STUN_REQUEST:
	case OBS_BINDING_RESULT:
	case OBS_ALLOCATION:
		lane_note(l, LANE_STUN, o->head.time_ns);
		break;
	case OBS_MEDIA:
		lane_note(l, LANE_MEDIA, o->head.time_ns);
		break;
	case OBS_DNS:
		lane_note(l, LANE_NAMES, o->head.time_ns);
		break;
	default:
		break;
	}
}
