/*
 * SOCKS 4, 4a (de facto, by NEC) and 5 (RFC 1928, RFC 1929) in TCP streams: a greeting or request
 * that fills its bytes exactly, then the states of the protocol. Emits PROXY: what a client asks
 * for, whether the proxy grants or refuses it, and where it takes datagrams (UDP ASSOCIATE).
 *
 * What a granted CONNECT or BIND carries is read as a stream of its own, inside a proxy; datagrams
 * to and from a granted endpoint are announced to proto_socks_udp.c. Passwords are stepped over.
 * GSSAPI's wrapping (RFC 1961) hides the rest: the stream is given up.
 */
#include "dissect/served.h"
#include "dissect/socks.h"

#define METHOD_NONE   0xff
#define EARLY_MAX     16384 /* bytes of a client that does not wait for its answer */
#define REQUEST_5_MIN 5     /* as far as an address's first byte; replies alike */
#define REPLY_4_SIZE  8
#define SOCKS_UDP     "socks_udp"

enum { METHOD_GSSAPI = 1 };
enum { GRANTED_4 = 0x5a, REFUSED_4_LAST = 0x5d, GRANTED_5 = 0, REFUSED_5_LAST = 8 };

enum phase {
	PHASE_GREETING, /* nothing read yet; SOCKS 4: its request comes next */
	PHASE_TALK,     /* SOCKS 5: authentication, then a request or reply */
	PHASE_WAIT,     /* the request was read */
	PHASE_OVER,
};

struct socks_flow {
	struct socks_target target; /* asked for */
	uint8_t phase[2];           /* enum phase, of the client, of the proxy */
	uint8_t version, command;
	uint8_t replies;   /* BIND has two */
	bool client_known; /* the end that greeted */
	bool client_opened;
};

static bool socks_probe(struct reader r)
{
	struct reader peek = r;
	if (r.cut)
		return false;
	return reader_u8(&peek) == SOCKS_5 ? socks_greeting_shape(r) : socks_request4_shape(r);
}

static void proxy_emit(struct dissection *d, const struct socks_flow *f, enum proxy_event event,
	uint16_t status, const struct socks_target *target)
{
	struct observation o;
	dissection_observe(d, OBS_PROXY, &o);
	o.proxy = (struct obs_proxy){
		.kind = f->version == SOCKS_4 ? PROXY_SOCKS4 : PROXY_SOCKS5,
		.event = (uint8_t)event,
		.command = f->command,
		.status = status,
		.target = target->address,
		.target_name = target->name,
		.target_port = target->port,
	};
	dissection_emit(d, &o);
	served_proxy(d, &o);
}

static void request_note(struct dissection *d, struct socks_flow *f, uint8_t command,
	const struct socks_target *target)
{
	f->command = command;
	f->target = *target;
	f->phase[0] = PHASE_WAIT;
	proxy_emit(d, f, PROXY_ASKS, 0, target);
}

static enum verdict request5_read(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	if (reader_left(r) < REQUEST_5_MIN)
		return MORE;
	struct reader m = *r;
	reader_skip(&m, 1);
	uint8_t command = reader_u8(&m);
	if (command < SOCKS_CONNECT || command > SOCKS_ASSOCIATE || !socks_target_starts(m))
		return NOT_MINE;
	struct socks_target target;
	reader_skip(&m, 1);
	socks_target_read(&m, &target);
	if (m.failed)
		return MORE;
	*r = m;
	request_note(d, f, command, &target);
	return DONE;
}

/* RFC 1929 §2: version, user, password. */
static enum verdict password_skip(struct reader *r)
{
	struct reader m = *r;
	reader_skip(&m, 1);
	reader_skip(&m, reader_u8(&m));
	reader_skip(&m, reader_u8(&m));
	if (m.failed)
		return MORE;
	*r = m;
	return DONE;
}

static enum verdict client_start(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	struct reader m = *r;
	f->version = reader_u8(&m);
	if (f->version == SOCKS_5) {
		reader_skip(&m, reader_u8(&m));
		f->phase[0] = PHASE_TALK;
		*r = m;
		return DONE;
	}
	struct socks_target target;
	uint8_t command;
	m = *r;
	enum verdict verdict = socks_request4_read(&m, &target, &command);
	if (verdict != DONE)
		return verdict;
	*r = m;
	request_note(d, f, command, &target);
	return DONE;
}

static enum verdict client_read(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	struct reader peek = *r;
	uint8_t version = reader_u8(&peek);
	switch (f->phase[0]) {
	case PHASE_GREETING:
		return client_start(d, f, r);
	case PHASE_TALK:
		if (version == SOCKS_AUTHENTICATION)
			return password_skip(r);
		return version == SOCKS_5 ? request5_read(d, f, r) : NOT_MINE;
	case PHASE_WAIT: /* for the proxy; what comes now is not SOCKS any more */
		return reader_left(r) < EARLY_MAX ? MORE : NOT_MINE;
	default:
		return NOT_MINE;
	}
}

/* An unspecified address stands for the proxy's own (RFC 1928 does not say so, proxies do it). */
static bool address_unspecified(const struct addr *a)
{
	static const uint8_t zeroes[sizeof(a->bytes)];
	return memcmp(a->bytes, zeroes, sizeof(zeroes)) == 0;
}

/* Behind a NAT a proxy names an address that clients cannot reach; they send to where the stream
 * goes. So both are expected. */
static void relay_announce(struct dissection *d, struct socks_target *relay)
{
	struct endpoint same = {.addr = d->packet->src.addr, .port = relay->port};
	if (relay->port)
		dissection_expect(d, &same, SOCKS_UDP);
	if (relay->address.addr.family == ADDR_NONE || address_unspecified(&relay->address.addr)) {
		relay->address = same;
		return;
	}
	if (relay->port && !addr_equal(&relay->address.addr, &same.addr))
		dissection_expect(d, &relay->address, SOCKS_UDP);
}

static enum verdict request_granted(
	struct dissection *d, struct socks_flow *f, uint8_t status, struct socks_target *bound)
{
	if (f->command == SOCKS_ASSOCIATE) {
		relay_announce(d, bound);
		proxy_emit(d, f, PROXY_UDP, status, bound);
		f->phase[1] = PHASE_OVER;
		return DONE;
	}
	proxy_emit(d, f, PROXY_GRANTS, status, &f->target);
	f->replies++;
	if (f->command == SOCKS_BIND && f->replies == 1)
		return DONE;
	*f = (struct socks_flow){0}; /* what is inside may be SOCKS again */
	dissection_become(d, NULL, WRAPPED_PROXY);
	return DONE;
}

static enum verdict request_refused(struct dissection *d, struct socks_flow *f, uint8_t status)
{
	proxy_emit(d, f, PROXY_REFUSES, status, &f->target);
	f->phase[0] = f->phase[1] = PHASE_OVER;
	return DONE;
}

static enum verdict reply4_read(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	if (reader_left(r) < REPLY_4_SIZE)
		return MORE;
	struct reader m = reader_sub(r, REPLY_4_SIZE);
	uint8_t version = reader_u8(&m);
	uint8_t status = reader_u8(&m);
	if (version != 0 || status < GRANTED_4 || status > REFUSED_4_LAST ||
		f->phase[0] != PHASE_WAIT)
		return NOT_MINE;
	struct socks_target none = {0};
	return status == GRANTED_4 ? request_granted(d, f, status, &none)
				   : request_refused(d, f, status);
}

static enum verdict method_read(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	reader_skip(r, 1);
	uint8_t method = reader_u8(r);
	f->phase[1] = PHASE_TALK;
	if (method == METHOD_NONE)
		return request_refused(d, f, method);
	return method == METHOD_GSSAPI ? NOT_MINE : DONE;
}

static enum verdict authentication_read(
	struct dissection *d, struct socks_flow *f, struct reader *r)
{
	reader_skip(r, 1);
	uint8_t status = reader_u8(r);
	return status ? request_refused(d, f, status) : DONE;
}

static enum verdict reply5_read(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	if (reader_left(r) < REQUEST_5_MIN)
		return MORE;
	struct reader m = *r;
	reader_skip(&m, 1);
	uint8_t status = reader_u8(&m);
	if (status > REFUSED_5_LAST || f->phase[1] != PHASE_TALK || f->phase[0] != PHASE_WAIT ||
		!socks_target_starts(m))
		return NOT_MINE;
	struct socks_target bound;
	reader_skip(&m, 1);
	socks_target_read(&m, &bound);
	if (m.failed)
		return MORE;
	*r = m;
	return status == GRANTED_5 ? request_granted(d, f, status, &bound)
				   : request_refused(d, f, status);
}

static enum verdict proxy_read(struct dissection *d, struct socks_flow *f, struct reader *r)
{
	struct reader peek = *r;
	uint8_t version = reader_u8(&peek);
	if (f->phase[1] == PHASE_OVER)
		return NOT_MINE;
	if (f->version == SOCKS_4)
		return reply4_read(d, f, r);
	if (reader_left(r) < 2)
		return MORE;
	if (f->phase[1] == PHASE_GREETING)
		return version == SOCKS_5 ? method_read(d, f, r) : NOT_MINE;
	if (version == SOCKS_AUTHENTICATION)
		return authentication_read(d, f, r);
	return version == SOCKS_5 ? reply5_read(d, f, r) : NOT_MINE;
}

static enum verdict socks_dissect(struct dissection *d, struct reader *r)
{
	struct socks_flow *f = dissection_flow_state(d);
	if (!f || d->gap)
		return NOT_MINE;
	if (!f->client_known) {
		f->client_known = true;
		f->client_opened = d->packet->from_opener;
	}
	bool client = d->packet->from_opener == f->client_opened;
	if (f->phase[!client] == PHASE_OVER)
		return NOT_MINE;
	enum verdict verdict = DONE;
	while (reader_left(r) && verdict == DONE && f->client_known)
		verdict = client ? client_read(d, f, r) : proxy_read(d, f, r);
	return verdict;
}

extern const struct dissector dissector_socks;
const struct dissector dissector_socks = {
	.info = {"socks", "RFC 1928"},
	.carrier = CARRIER_STREAM,
	.state_size = sizeof(struct socks_flow),
	.first_min = SOCKS_4,
	.first_max = SOCKS_5,
	.probe = socks_probe,
	.dissect = socks_dissect,
};
