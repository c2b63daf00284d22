/*
 * Tunnels that HTTP/1.1 sets up, in clear as behind a hop that ends TLS: SSTP ([MS-SSTP] §3.2.4.1),
 * AnyConnect's and OpenConnect's CSTP (draft-mavrogiannopoulos-openconnect §2.2), and MASQUE:
 * connect-udp (RFC 9298 §3.2) and connect-ip (RFC 9484 §4.2). Emits TUNNEL: the request asks, the
 * response answers or resets, data once in a while, the end resets; and PROXY for connect-udp,
 * which has a target. Datagrams in capsules (RFC 9297 §3.5) are dissected as if they went between
 * the client and that target, IP packets as themselves. PPP and packets in SSTP and CSTP are not
 * opened.
 */
#include "dissect/http_tunnel.h"

#include "dissect/inner.h"
#include "dissect/quic.h"
#include "dissect/text.h"
#include "dissect/window.h"

#define PROTOCOL_UDP     17
#define CAPSULE_DATAGRAM 0
#define CAPSULE_MAX      (WINDOW_BYTES - 16) /* of one that is put together */
#define SEGMENTS_MAX     32                  /* of a target's path */
#define CONTEXT_PLAIN    0                   /* RFC 9298 §4: the payload follows */

static const uint8_t kinds[] = {
	[HTTP_SSTP] = TUNNEL_SSTP,
	[HTTP_ANYCONNECT] = TUNNEL_ANYCONNECT,
	[HTTP_CONNECT_UDP] = TUNNEL_MASQUE,
	[HTTP_CONNECT_IP] = TUNNEL_MASQUE,
};

enum http_tunnel http_tunnel_of_method(struct reader method, struct reader target)
{
	if (text_is(method, HTTP_METHOD_SSTP))
		return HTTP_SSTP;
	return text_is(method, "CONNECT") && text_starts(target, "/CSCO") ? HTTP_ANYCONNECT
									  : HTTP_NO_TUNNEL;
}

enum http_tunnel http_tunnel_of_upgrade(struct reader protocol)
{
	if (text_is(protocol, "connect-udp"))
		return HTTP_CONNECT_UDP;
	return text_is(protocol, "connect-ip") ? HTTP_CONNECT_IP : HTTP_NO_TUNNEL;
}

bool http_tunnel_upgrades(enum http_tunnel tunnel)
{
	return tunnel == HTTP_CONNECT_UDP || tunnel == HTTP_CONNECT_IP;
}

/* A host as a URI template leaves it: the colons of IPv6 are %3A. */
static struct reader host_plain(struct reader r, uint8_t plain[OBS_WORD_MAX])
{
	size_t length = 0;
	while (reader_left(&r) && length < OBS_WORD_MAX) {
		bool colon = text_starts(r, "%3a");
		plain[length++] = colon ? ':' : reader_u8(&r);
		reader_skip(&r, colon ? 3 : 0);
	}
	return reader_make(plain, length, false);
}

/* .../masque/udp/{host}/{port}/ (RFC 9298 §3); a proxy may have another template, then its target
 * is not known. */
static void target_read(struct http_flow *f, struct reader target)
{
	uint8_t plain[OBS_WORD_MAX];
	uint64_t port;
	bool found = false;
	for (unsigned i = 0; i < SEGMENTS_MAX && reader_left(&target) && !found; i++)
		found = text_is(text_until(&target, '/'), "masque") && text_starts(target, "udp/");
	f->target = (struct endpoint){0};
	f->target_name = (struct obs_word){0};
	f->target_port = 0;
	text_until(&target, '/');
	struct reader host = host_plain(text_until(&target, '/'), plain);
	if (!found || !text_number(text_until(&target, '/'), &port) || port > UINT16_MAX)
		return;
	f->target_port = (uint16_t)port;
	if (text_endpoint(host, &f->target))
		f->target.port = f->target_port;
	else
		obs_word_set(&f->target_name, host);
}

static void proxy_say(const struct dissection *d, const struct http_flow *f, enum proxy_event event,
	uint16_t status)
{
	if (f->tunnel != HTTP_CONNECT_UDP)
		return;
	struct observation o;
	dissection_observe(d, OBS_PROXY, &o);
	o.proxy = (struct obs_proxy){
		.kind = PROXY_MASQUE,
		.event = (uint8_t)event,
		.status = status,
		.target = f->target,
		.target_name = f->target_name,
		.target_port = f->target_port,
	};
	dissection_emit(d, &o);
}

void http_tunnel_asked(struct dissection *d, struct http_flow *f, const struct http_head *h)
{
	f->tunnel = h->tunnel;
	if (f->tunnel == HTTP_CONNECT_UDP)
		target_read(f, h->target);
	tunnel_asks(d, kinds[f->tunnel], 0, NULL);
	proxy_say(d, f, PROXY_ASKS, 0);
}

void http_tunnel_answered(
	const struct dissection *d, struct http_flow *f, uint16_t status, bool granted)
{
	if (granted)
		tunnel_answers(d, kinds[f->tunnel], 0, NULL);
	else
		tunnel_says(d, kinds[f->tunnel], TUNNEL_RESETS, 0);
	proxy_say(d, f, granted ? PROXY_GRANTS : PROXY_REFUSES, status);
}

/* A target that is a name, or not known, stands there without address. */
static struct endpoint target_end(const struct dissection *d, const struct http_flow *f)
{
	struct endpoint target = f->target;
	if (target.addr.family == ADDR_NONE) {
		target.addr.family = d->packet->src.addr.family;
		target.port = f->target_port;
	}
	return target;
}

/* To whoever is inside, the packet at work is not TCP's any more. */
static void payload_open(struct dissection *d, const struct http_flow *f, const struct reader *r)
{
	struct packet *p = d->packet;
	const struct endpoint src = p->src, dst = p->dst, target = target_end(d, f);
	bool asker = p->from_opener == f->tunnel_opened;
	uint8_t protocol = p->protocol;
	if (f->tunnel == HTTP_CONNECT_IP) {
		if (inner_ip(*r))
			dissection_inner(d, WRAPPED_PROXY, CARRIER_ETHERTYPE,
				inner_ethertype(inner_version(*r)), r);
		return;
	}
	p->protocol = PROTOCOL_UDP;
	dissection_relayed(d, WRAPPED_PROXY, asker ? &src : &target, asker ? &target : &dst, r);
	p->protocol = protocol;
}

/* Takes one capsule; what is no datagram is stepped over as it comes. */
static enum verdict capsule_read(
	struct dissection *d, const struct http_flow *f, struct http_side *side, struct reader *r)
{
	struct reader ahead = *r;
	uint64_t type = quic_varint(&ahead), length = quic_varint(&ahead);
	if (ahead.failed)
		return MORE;
	if (type != CAPSULE_DATAGRAM || length > CAPSULE_MAX) {
		side->left = length;
		*r = ahead;
		return DONE;
	}
	if (length > reader_left(&ahead))
		return MORE;
	struct reader datagram = reader_sub(&ahead, (size_t)length);
	*r = ahead;
	if (quic_varint(&datagram) == CONTEXT_PLAIN && !datagram.failed)
		payload_open(d, f, &datagram);
	return DONE;
}

static void left_skip(struct http_side *side, struct reader *r)
{
	size_t left = reader_left(r);
	size_t n = side->left < left ? (size_t)side->left : left;
	reader_skip(r, n);
	side->left -= n;
}

static enum verdict capsules_read(
	struct dissection *d, const struct http_flow *f, struct http_side *side, struct reader *r)
{
	enum verdict verdict = DONE;
	while (verdict == DONE && reader_left(r)) {
		if (side->left)
			left_skip(side, r);
		else
			verdict = capsule_read(d, f, side, r);
	}
	return verdict;
}

enum verdict http_tunnel_read(
	struct dissection *d, struct http_flow *f, struct http_side *side, struct reader *r)
{
	size_t before = reader_left(r);
	enum verdict verdict = DONE;
	side->lost |= d->gap; /* no capsule can be found again */
	if (http_tunnel_upgrades(f->tunnel) && !side->lost)
		verdict = capsules_read(d, f, side, r);
	else
		reader_skip(r, before);
	struct tunnel_way *way = &f->way[tunnel_side(d)];
	tunnel_count(way, before - reader_left(r));
	if (before != reader_left(r))
		tunnel_carries(d, way, kinds[f->tunnel], TUNNEL_DATA, 0);
	return verdict;
}

void http_tunnel_end(const struct dissection *d, struct http_flow *f)
{
	tunnel_ends(d, kinds[f->tunnel], &f->down);
}
