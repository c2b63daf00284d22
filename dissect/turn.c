/*
 * TURN (RFC 8656, RFC 6062): what is learned of the flow between a client and its relay, which
 * peers are named in it (TURN_PEER), and what it carries: Send and Data indications (§11) and
 * ChannelData (§12) are opened, and the datagram in them dissected as one between client and peer
 * (WRAPPED_TURN in core/observation.h). That channels are in use is said as MEDIA.
 *
 * Which end is the client, the messages tell; in a capture that begins later the end with the
 * higher port is taken for it, a mere hint. Not known here, and not asked for: whether a relayed
 * datagram was permitted by the relay.
 */
#include "dissect/stun.h"

#include <string.h>

#define CHANNEL_LAST     0x4fff /* RFC 8656 §12; RFC 5766 had more, believed when seen bound */
#define CHANNEL_RUN      4      /* messages that look like ChannelData before it is believed */
#define PEER_INTERVAL_NS (30 * UINT64_C(1000000000))

static bool turn_method(uint16_t method)
{
	return method >= STUN_ALLOCATE && method <= STUN_CONNECTION_ATTEMPT;
}

static bool turn_to_client(const struct stun_message *m)
{
	if (m->stun_class == STUN_INDICATION)
		return m->method != STUN_SEND;
	return m->stun_class != STUN_REQUEST;
}

static struct turn_channel *channel_find(struct turn_flow *t, uint16_t number)
{
	for (unsigned i = 0; i < TURN_CHANNELS; i++) {
		if (number && t->channel[i].number == number)
			return &t->channel[i];
	}
	return NULL;
}

/* Bound as soon as asked for: a success does not name it, and no data comes before that. */
static void channel_bind(
	struct turn_flow *t, uint16_t number, const struct endpoint *peer, struct stats *stats)
{
	struct turn_channel *c = channel_find(t, number);
	if (!c) {
		c = &t->channel[t->channels];
		t->channels = (uint8_t)((t->channels + 1) % TURN_CHANNELS);
		stats->stun_channels_evicted += c->number != 0;
	}
	c->number = number;
	c->peer = *peer;
}

static void turn_learn(struct dissection *d, struct turn_flow *t, const struct stun_message *m,
	const struct stun_facts *f)
{
	bool by_client = !turn_to_client(m);
	t->client = d->packet->from_opener == by_client ? TURN_CLIENT_OPENED : TURN_CLIENT_ANSWERED;
	t->seen |= m->stun_class == STUN_SUCCESS || m->stun_class == STUN_INDICATION;
	if (m->method != STUN_CHANNEL_BIND || m->stun_class != STUN_REQUEST)
		return;
	t->seen = true;
	if (f->peers && f->channel)
		channel_bind(t, f->channel, &f->peer[0], d->stats);
}

/* Was this said lately? If not it is now. */
static bool peer_said(
	struct turn_flow *t, const struct obs_turn_peer *peer, uint16_t type, uint64_t now_ns)
{
	for (unsigned i = 0; i < TURN_SAID; i++) {
		const struct turn_said *s = &t->said[i];
		if (s->type == type && s->channel == peer->channel &&
			endpoint_equal(&s->peer, &peer->peer) &&
			now_ns < s->time_ns + PEER_INTERVAL_NS)
			return true;
	}
	t->said[t->says] = (struct turn_said){
		.time_ns = now_ns, .peer = peer->peer, .type = type, .channel = peer->channel};
	t->says = (uint8_t)((t->says + 1) % TURN_SAID);
	return false;
}

static void peer_emit(struct dissection *d, struct turn_flow *t, const struct stun_message *m,
	const struct stun_facts *f, const struct endpoint *peer)
{
	struct observation o;
	dissection_observe(d, OBS_TURN_PEER, &o);
	o.turn_peer = (struct obs_turn_peer){
		.method = m->method,
		.stun_class = m->stun_class,
		.channel = f->channel,
		.connection = f->connection,
		.peer = *peer,
	};
	bool once = f->connection != 0; /* these are few */
	if (once || !t || !peer_said(t, &o.turn_peer, m->type, dissection_now(d)))
		dissection_emit(d, &o);
}

static void peers_emit(struct dissection *d, struct turn_flow *t, const struct stun_message *m,
	const struct stun_facts *f)
{
	const struct endpoint nobody = {0}, *known = turn_connection_peer(d, m, f);
	if (m->method < STUN_SEND || m->stun_class == STUN_ERROR)
		return;
	for (unsigned i = 0; i < f->peers; i++)
		peer_emit(d, t, m, f, &f->peer[i]);
	if (f->peers == 0 && f->connection)
		peer_emit(d, t, m, f, known ? known : &nobody);
}

/* The inner datagram between client and peer, in this packet's direction. */
static void relayed_open(struct dissection *d, bool by_client, const struct endpoint *peer,
	const struct reader *payload)
{
	const struct packet *p = d->packet;
	const struct endpoint client = by_client ? p->src : p->dst, far = *peer;
	dissection_relayed(
		d, WRAPPED_TURN, by_client ? &client : &far, by_client ? &far : &client, payload);
}

static void indication_open(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *f)
{
	bool carries = m->method == STUN_SEND || m->method == STUN_DATA;
	if (m->stun_class != STUN_INDICATION || !carries || !f->data.at || !f->peers)
		return;
	d->stats->stun_indications++;
	relayed_open(d, m->method == STUN_SEND, &f->peer[0], &f->data);
}

void turn_message(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	if (!turn_method(m->method))
		return;
	struct stun_flow *flow = dissection_flow_state(d);
	struct turn_flow *t = flow ? &flow->turn : NULL;
	if (t)
		turn_learn(d, t, m, facts);
	turn_connection_learn(d, m, facts);
	peers_emit(d, t, m, facts);
	indication_open(d, m, facts);
}

bool turn_channel_believed(struct turn_flow *t, uint16_t number)
{
	if (channel_find(t, number))
		return true;
	if (number > CHANNEL_LAST)
		return false;
	if (t->seen)
		return true;
	t->run = t->run_number == number ? t->run + 1 : 1;
	t->run_number = number;
	t->seen = t->run == CHANNEL_RUN;
	return t->seen;
}

static void media_note(struct dissection *d, struct media_count *c, size_t length)
{
	c->packets++;
	c->bytes += length;
	if (c->packets >= CHANNEL_RUN)
		media_say(d, c, &(struct obs_media){.protocol = MEDIA_CHANNEL_DATA});
}

/* A peer whose channel was bound before the capture began. */
static struct endpoint peer_unknown(const struct packet *p, uint16_t number)
{
	struct endpoint peer = {.port = number};
	peer.addr.family = p->src.addr.family;
	return peer;
}

static bool sent_by_client(const struct dissection *d, const struct turn_flow *t)
{
	const struct packet *p = d->packet;
	if (t->client == TURN_CLIENT_UNKNOWN)
		return p->src.port > p->dst.port;
	return p->from_opener == (t->client == TURN_CLIENT_OPENED);
}

void turn_channel_data(
	struct dissection *d, struct turn_flow *t, uint16_t number, const struct reader *payload)
{
	const struct turn_channel *c = channel_find(t, number);
	const struct endpoint peer = c ? c->peer : peer_unknown(d->packet, number);
	d->stats->stun_channel_data++;
	media_note(d, &t->media[d->packet->from_opener ? 0 : 1], reader_left(payload));
	relayed_open(d, sent_by_client(d, t), &peer, payload);
}
