/*
 * HTTP/1.1 (RFC 9112) in streams: requests and responses, pipelined, with bodies by length, in
 * chunks or up to the end. Emits heads that tell about paths (HTTP): the first of each direction,
 * those meant for a proxy, forwarded for somebody, WebSocket handshakes, WHIP and WHEP; and what a
 * proxy is asked and says (PROXY). Bodies that may hold signalling are handed on as content; a
 * stream that changes its protocol (CONNECT, Upgrade) is handed on to that, or is a tunnel from
 * then on (http_tunnel.c).
 *
 * Left alone on purpose: HTTP/2 and later, HTTP/0.9, caching, cookies, and all other bodies. After
 * a gap the next message that starts a segment is waited for.
 */
#include "dissect/head.h"
#include "dissect/http_tunnel.h"
#include "dissect/media_type.h"
#include "dissect/served.h"
#include "dissect/text.h"

#include <stdlib.h>

#define STATUS_SWITCHING  101
#define STATUS_NO_CONTENT 204
#define STATUS_UNMODIFIED 304

static bool status_success(uint16_t status)
{
	return status >= 200 && status < 300;
}

/* An origin's request, which a proxy may have made of an absolute one. */
static void host_served(struct dissection *d, const struct http_head *h)
{
	uint16_t port = 0;
	struct obs_word host;
	obs_word_set(&host, text_authority(h->host, &port));
	served_http(d, &host);
}

static void head_emit(struct dissection *d, struct http_side *side, const struct http_head *h)
{
	bool tells = h->proxied || h->websocket || h->sdp || h->forwarded.addr.family != ADDR_NONE;
	if (side->said && !tells)
		return;
	side->said = true;
	struct observation o;
	dissection_observe(d, OBS_HTTP, &o);
	o.http.kind = h->request ? HTTP_REQUEST : HTTP_RESPONSE;
	o.http.protocol = HTTP_1;
	o.http.status = h->status;
	o.http.forwarded = h->forwarded;
	o.http.websocket = h->websocket;
	o.http.proxied = h->proxied;
	obs_word_set(&o.http.method, h->method_name);
	obs_word_set(&o.http.host, h->host);
	obs_word_set(&o.http.content_type, h->content_type);
	dissection_emit(d, &o);
	if (h->request && !h->proxied)
		host_served(d, h);
}

static void proxy_emit(struct dissection *d, enum proxy_event event, const struct obs_proxy *proxy)
{
	struct observation o;
	dissection_observe(d, OBS_PROXY, &o);
	o.proxy = *proxy;
	o.proxy.event = (uint8_t)event;
	dissection_emit(d, &o);
	served_proxy(d, &o);
}

/* A client asks its proxy; a CONNECT's target is kept for the answer. */
static void proxy_asked(struct dissection *d, struct http_flow *f, const struct http_head *h)
{
	bool connect = h->method == METHOD_CONNECT;
	struct obs_proxy proxy = {.kind = connect ? PROXY_HTTP_CONNECT : PROXY_HTTP_ABSOLUTE};
	struct reader host = text_authority(http_target(h, &proxy.target_port), &proxy.target_port);
	if (text_endpoint(host, &proxy.target))
		proxy.target.port = proxy.target_port;
	else
		obs_word_set(&proxy.target_name, host);
	if (connect) {
		f->target = proxy.target;
		f->target_name = proxy.target_name;
		f->target_port = proxy.target_port;
	}
	proxy_emit(d, PROXY_ASKS, &proxy);
}

static void proxy_answered(struct dissection *d, const struct http_flow *f, uint16_t status)
{
	struct obs_proxy proxy = {
		.kind = PROXY_HTTP_CONNECT,
		.status = status,
		.target = f->target,
		.target_name = f->target_name,
		.target_port = f->target_port,
	};
	proxy_emit(d, status_success(status) ? PROXY_GRANTS : PROXY_REFUSES, &proxy);
}

/* Responses come in the order of their requests (RFC 9112 §9.3.2). */
static struct http_asked asked_pop(struct http_flow *f)
{
	struct http_asked oldest = f->asked[0];
	if (f->asked_count == 0)
		return (struct http_asked){0};
	f->asked_count--;
	memmove(f->asked, f->asked + 1, f->asked_count * sizeof(f->asked[0]));
	return oldest;
}

static void asked_push(struct http_flow *f, const struct http_head *h)
{
	if (f->asked_count == HTTP_ANSWERS_MAX)
		(void)asked_pop(f);
	uint8_t method = h->tunnel ? METHOD_TUNNEL : h->method;
	f->asked[f->asked_count++] = (struct http_asked){method, h->sdp};
}

/* WHIP (RFC 9725 §4.2): POST offers, its answer answers. A WHEP server that makes the offer is
 * asked for it by an empty POST, or refuses the client's with its own (406); PATCH answers. */
static enum sdp_role request_role(const struct http_head *h)
{
	if (h->method == METHOD_POST)
		return SDP_OFFER;
	return h->method == METHOD_PATCH && !h->fragment ? SDP_ANSWER : SDP_ROLE_UNKNOWN;
}

static enum sdp_role response_role(const struct http_head *h, const struct http_asked *asked)
{
	if (asked->method != METHOD_POST)
		return SDP_ROLE_UNKNOWN;
	return asked->sdp && status_success(h->status) ? SDP_ANSWER : SDP_OFFER;
}

/* Which body follows a head that may have one (RFC 9112 §6.3). */
static void body_begin(struct dissection *d, struct http_side *side, const struct http_head *h)
{
	side->coding = h->coding;
	codings_join(&side->coding, &h->transfer);
	bool fits = h->chunked || h->length <= HTTP_BODY_MAX;
	d->stats->http_bodies_dropped += h->of_interest && !fits;
	side->collect = h->of_interest && fits && !side->coding.unknown;
	side->content = h->content;
	side->streams = h->content == CONTENT_EVENTS;
	side->signalling = h->sdp ? SIGNALLING_WHIP : SIGNALLING_HTTP;
	side->role = SDP_ROLE_UNKNOWN;
	/* A media server answers for itself; any other passes on what it was told. */
	side->owner = h->request || h->sdp ? OWNER_SENDER : OWNER_BEYOND;
	side->length = 0;
	side->left = h->length;
	if (h->chunked)
		side->mode = HTTP_CHUNK_SIZE;
	else if (h->has_length && !h->coded)
		side->mode = h->length ? HTTP_LENGTH : HTTP_HEAD;
	else
		side->mode = h->request ? HTTP_HEAD : HTTP_CLOSE;
	side->collect &= side->mode != HTTP_HEAD;
}

static enum verdict request_act(struct dissection *d, struct http_flow *f, struct http_side *side,
	const struct http_head *h)
{
	d->stats->http_requests++;
	asked_push(f, h);
	if (h->tunnel)
		http_tunnel_asked(d, f, h);
	else if (h->proxied)
		proxy_asked(d, f, h);
	body_begin(d, side, h);
	if (h->sdp)
		side->role = (uint8_t)request_role(h);
	f->connecting = h->method == METHOD_CONNECT;
	f->tunnel_opened = d->packet->from_opener;
	if (f->connecting || h->method == METHOD_TUNNEL || (h->upgrade && side->mode == HTTP_HEAD))
		side->mode = HTTP_WAIT;
	return DONE;
}

/* What follows is another conversation, which may be HTTP again. */
static enum verdict flow_become(struct dissection *d, struct http_flow *f, enum encapsulation e)
{
	*f = (struct http_flow){0};
	dissection_become(d, NULL, e);
	return MORE;
}

/* Both directions are the tunnel's from here on. */
static enum verdict tunnel_begin(struct dissection *d, struct http_flow *f, uint16_t status)
{
	http_tunnel_answered(d, f, status, true);
	for (unsigned i = 0; i < 2; i++)
		f->side[i] = (struct http_side){.mode = HTTP_TUNNEL};
	return DONE;
}

static enum verdict stream_switch(
	struct dissection *d, struct http_flow *f, const struct http_head *h)
{
	if (h->tunnel && h->tunnel == f->tunnel)
		return tunnel_begin(d, f, h->status);
	if (!h->websocket)
		return flow_become(d, f, 0);
	dissection_become(d, "websocket", 0);
	struct websocket_terms *terms = dissection_become_state(d);
	if (terms) {
		*terms = h->terms;
		terms->known = true;
		terms->from_opener = !d->packet->from_opener;
	}
	return MORE;
}

static enum verdict response_act(
	struct dissection *d, struct http_flow *f, struct http_side *side, struct http_head *h)
{
	struct http_side *asker = &f->side[d->packet->from_opener ? 1 : 0];
	d->stats->http_responses++;
	f->answered = true;
	if (h->status == STATUS_SWITCHING)
		return stream_switch(d, f, h);
	if (h->status < 200)
		return DONE;
	struct http_asked asked = asked_pop(f);
	if (asked.method == METHOD_TUNNEL && f->tunnel) {
		bool granted = status_success(h->status) && !http_tunnel_upgrades(f->tunnel);
		if (granted)
			return tunnel_begin(d, f, h->status);
		http_tunnel_answered(d, f, h->status, false);
	}
	if (asked.method == METHOD_CONNECT)
		proxy_answered(d, f, h->status);
	if (asked.method == METHOD_CONNECT && status_success(h->status))
		return flow_become(d, f, WRAPPED_PROXY);
	if (asker->mode == HTTP_WAIT)
		asker->mode = HTTP_HEAD;
	if (asked.method == METHOD_HEAD || h->status == STATUS_NO_CONTENT ||
		h->status == STATUS_UNMODIFIED)
		return DONE;
	bool script = asked.method == METHOD_POST && media_type_script(h->content_type);
	h->of_interest |= script;
	body_begin(d, side, h);
	if (script) {
		side->content = CONTENT_UNKNOWN;
		side->streams = h->chunked;
	}
	if (h->sdp)
		side->role = (uint8_t)response_role(h, &asked);
	return DONE;
}

/* Empty lines between messages are skipped (RFC 9112 §2.2). */
static enum verdict head_step(
	struct dissection *d, struct http_flow *f, struct http_side *side, struct reader *r)
{
	struct reader head;
	struct http_head h;
	while (!side->searched && (text_starts(*r, "\r") || text_starts(*r, "\n")))
		reader_skip(r, 1);
	enum head_status status = head_take(r, &side->searched, &head);
	if (status != HEAD_WHOLE)
		return status == HEAD_PART ? MORE : MALFORMED;
	if (!http_head_read(head, &h))
		return NOT_MINE;
	if (h.broken)
		return MALFORMED;
	head_emit(d, side, &h);
	return h.request ? request_act(d, f, side, &h) : response_act(d, f, side, &h);
}

/* A client that asked for a tunnel goes on before its answer was seen. What is no HTTP then, in a
 * capture that shows this direction alone, is in the tunnel. */
static enum verdict wait_step(
	struct dissection *d, struct http_flow *f, struct http_side *side, struct reader *r)
{
	if (f->connecting && !f->answered && !http_probe(*r))
		return flow_become(d, f, WRAPPED_PROXY);
	if (!d->gap)
		return MORE;
	side->mode = HTTP_LOST;
	return DONE;
}

static enum verdict lost_step(struct http_side *side, struct reader *r)
{
	if (http_probe(*r)) {
		side->mode = HTTP_HEAD;
		return DONE;
	}
	reader_skip(r, reader_left(r));
	return MORE;
}

static void side_lost(struct dissection *d, struct http_flow *f, struct http_side *side)
{
	http_body_drop(d, side);
	f->asked_count = 0;
	side->searched = 0;
	side->mode = HTTP_LOST;
}

static enum verdict side_step(
	struct dissection *d, struct http_flow *f, struct http_side *side, struct reader *r)
{
	switch (side->mode) {
	case HTTP_HEAD:
		return head_step(d, f, side, r);
	case HTTP_WAIT:
		return wait_step(d, f, side, r);
	case HTTP_LOST:
		return lost_step(side, r);
	case HTTP_TUNNEL:
		return http_tunnel_read(d, f, side, r);
	default:
		return http_body_read(d, side, r);
	}
}

static enum verdict http_dissect(struct dissection *d, struct reader *r)
{
	struct http_flow *f = dissection_flow_state(d);
	if (!f)
		return NOT_MINE;
	struct http_side *side = &f->side[d->packet->from_opener ? 0 : 1];
	if (d->gap && side->mode != HTTP_WAIT && side->mode != HTTP_TUNNEL)
		side_lost(d, f, side);
	enum verdict verdict = DONE;
	while (verdict == DONE && reader_left(r))
		verdict = side_step(d, f, side, r);
	if (verdict == NOT_MINE || verdict == MALFORMED) {
		http_body_drop(d, side);
		d->stats->http_malformed += verdict == MALFORMED;
	}
	return verdict;
}

static void http_end(struct dissection *d)
{
	struct http_flow *f = dissection_flow_state(d);
	struct http_side *side = f ? &f->side[d->packet->from_opener ? 0 : 1] : NULL;
	if (side && side->mode == HTTP_CLOSE)
		http_body_finish(d, side);
	if (side && side->mode == HTTP_TUNNEL)
		http_tunnel_end(d, f);
}

static void http_reset(struct dissection *d)
{
	struct http_flow *f = dissection_flow_known(d);
	if (f && f->side[0].mode == HTTP_TUNNEL)
		http_tunnel_end(d, f);
}

static void http_close(void *state)
{
	struct http_state *s = state;
	held_free(&s->bodies);
	inflate_free(&s->inflate);
	free(s);
}

static void *http_open(const struct dissect_options *options)
{
	(void)options;
	struct http_state *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	bool ready = inflate_init(&s->inflate);
	if (held_init(&s->bodies, HTTP_BODY_MAX, HTTP_BODIES) && ready)
		return s;
	http_close(s);
	return NULL;
}

extern const struct dissector dissector_http;
const struct dissector dissector_http = {
	.info = {"http", "RFC 9112"},
	.carrier = CARRIER_STREAM,
	.open = http_open,
	.close = http_close,
	.state_size = sizeof(struct http_flow),
	.first_min = 'C',
	.first_max = 'U',
	.probe = http_probe,
	.dissect = http_dissect,
	.end = http_end,
	.reset = http_reset,
};
