/*
 * Connections of TURN to its peers over TCP (RFC 6062): a client's Connect names the peer and its
 * answer the number, ConnectionAttempt (§4.4) names both, and ConnectionBind, in another stream to
 * the same server, says the number alone. Kept for all clients in one ring, because the streams are
 * flows of their own.
 */
#include "dissect/stun.h"

#include <string.h>

/* The relay's end: where requests go to, and answers and indications come from. */
static const struct endpoint *relay_end(const struct dissection *d, const struct stun_message *m)
{
	bool to_relay = m->stun_class == STUN_REQUEST;
	return to_relay ? &d->packet->dst : &d->packet->src;
}

static void connection_add(struct dissection *d, const struct stun_message *m,
	const struct endpoint *peer, uint32_t number)
{
	struct stun_transactions *t = d->state;
	struct turn_connection *c = &t->connection[t->next_connection];
	t->next_connection = (t->next_connection + 1) % TURN_CONNECTIONS;
	*c = (struct turn_connection){.relay = *relay_end(d, m), .peer = *peer, .number = number};
	memcpy(c->transaction, m->id, sizeof(c->transaction));
}

/* Connect's answer gives the number to what its request asked for. */
static void connection_number(struct dissection *d, const struct stun_message *m, uint32_t number)
{
	struct stun_transactions *t = d->state;
	for (unsigned i = 0; i < TURN_CONNECTIONS; i++) {
		struct turn_connection *c = &t->connection[i];
		if (endpoint_equal(&c->relay, relay_end(d, m)) && !c->number &&
			memcmp(c->transaction, m->id, sizeof(c->transaction)) == 0)
			c->number = number;
	}
}

void turn_connection_learn(
	struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	bool asks = m->method == STUN_CONNECT && m->stun_class == STUN_REQUEST;
	bool attempt = m->method == STUN_CONNECTION_ATTEMPT && m->stun_class == STUN_INDICATION;
	if (facts->peers && (asks || (attempt && facts->connection)))
		connection_add(d, m, &facts->peer[0], attempt ? facts->connection : 0);
	else if (m->method == STUN_CONNECT && m->stun_class == STUN_SUCCESS && facts->connection)
		connection_number(d, m, facts->connection);
}

const struct endpoint *turn_connection_peer(
	const struct dissection *d, const struct stun_message *m, const struct stun_facts *facts)
{
	const struct stun_transactions *t = d->state;
	for (unsigned i = 1; i <= TURN_CONNECTIONS && facts->connection; i++) {
		unsigned at = (t->next_connection + TURN_CONNECTIONS - i) % TURN_CONNECTIONS;
		const struct turn_connection *c = &t->connection[at]; /* the latest first */
		if (c->number != facts->connection)
			continue;
		/* The data connection goes to the relay's address, the port may be another. */
		if (addr_equal(&c->relay.addr, &relay_end(d, m)->addr))
			return &c->peer;
	}
	return NULL;
}
