/*
 * The head of an HTTP/1.1 message: its framing (RFC 9112 §6), and what it tells of paths. Where two
 * receivers could frame a message differently (two lengths, a length that is no number), it is
 * broken: whoever guesses may be made to read a second message that is none.
 */
#include "dissect/head.h"
#include "dissect/http_tunnel.h"
#include "dissect/media_type.h"
#include "dissect/text.h"

#define ITEMS_MAX        32                     /* of a list in a field */
#define METHOD_BYTES_MAX 13                     /* UNSUBSCRIBE, a blank, and the target's start */
#define LENGTH_ENDLESS   "18446744073709551615" /* [MS-SSTP] §3.2.4.1, both ways */

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{"GET", METHOD_OTHER},
	{"HEAD", METHOD_HEAD},
	{"POST", METHOD_POST},
	{"PUT", METHOD_OTHER},
	{"DELETE", METHOD_OTHER},
	{"CONNECT", METHOD_CONNECT},
	{"OPTIONS", METHOD_OTHER},
	{"TRACE", METHOD_OTHER},
	{"PATCH", METHOD_PATCH},
	{"PROPFIND", METHOD_OTHER},
	{"PROPPATCH", METHOD_OTHER},
	{"MKCOL", METHOD_OTHER},
	{"COPY", METHOD_OTHER},
	{"MOVE", METHOD_OTHER},
	{"LOCK", METHOD_OTHER},
	{"UNLOCK", METHOD_OTHER},
	{"REPORT", METHOD_OTHER},
	{"SEARCH", METHOD_OTHER},
	{"NOTIFY", METHOD_OTHER},
	{"SUBSCRIBE", METHOD_OTHER},
	{"UNSUBSCRIBE", METHOD_OTHER},
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

/* METHODS when it is none. */
static size_t method_find(struct reader name)
{
	size_t i = 0;
	while (i < METHODS && !text_is(name, methods[i].name))
		i++;
	return i;
}

/* Which targets tell HTTP from SIP and RTSP, which share methods and the form with it. */
static bool target_fits(struct reader target, enum http_method method)
{
	if (method == METHOD_CONNECT) /* authority-form */
		return reader_left(&target) != 0;
	return text_starts(target, "/") || text_starts(target, "*") ||
		text_starts(target, "http:") || text_starts(target, "https:") ||
		text_starts(target, "ws:") || text_starts(target, "wss:");
}

bool http_probe(struct reader r)
{
	if (text_starts(r, "HTTP/1.") || text_starts(r, HTTP_METHOD_SSTP))
		return true;
	struct reader target = r;
	reader_limit(&r, METHOD_BYTES_MAX);
	struct reader name = text_until(&r, ' ');
	if (r.failed || method_find(name) == METHODS)
		return false;
	reader_skip(&target, reader_left(&name) + 1);
	return !target.failed && target_fits(target, methods[method_find(name)].method);
}

static bool request_read(struct reader line, struct http_head *h)
{
	h->request = true;
	h->method_name = text_until(&line, ' ');
	h->target = text_until(&line, ' ');
	size_t method = method_find(h->method_name);
	if (method < METHODS)
		h->method = (uint8_t)methods[method].method;
	bool origin = text_starts(h->target, "/") || text_is(h->target, "*");
	h->tunnel = (uint8_t)http_tunnel_of_method(h->method_name, h->target);
	if (h->tunnel)
		h->method = METHOD_TUNNEL;
	h->proxied = h->method == METHOD_CONNECT || (reader_left(&h->target) && !origin);
	return reader_left(&h->target) && text_starts(line, "HTTP/1.");
}

static bool response_read(struct reader line, struct http_head *h)
{
	uint64_t status;
	text_until(&line, ' ');
	if (!text_number(text_until(&line, ' '), &status) || status < 100 || status > 999)
		return false;
	h->status = (uint16_t)status;
	return true;
}

/* Several lengths are allowed where they are the same (RFC 9110 §8.6). */
static void length_read(struct http_head *h, struct reader value)
{
	if (text_is(value, LENGTH_ENDLESS)) {
		h->broken = h->has_length;
		h->has_length = true;
		h->length = UINT64_MAX;
		return;
	}
	for (unsigned i = 0; i < ITEMS_MAX && !h->broken; i++) {
		uint64_t length;
		bool good = text_number(text_item(&value, ','), &length);
		h->broken = !good || (h->has_length && length != h->length);
		h->has_length = true;
		h->length = good ? length : 0;
		if (!reader_left(&value))
			return;
	}
	h->broken = true;
}

/* chunked is the last coding, or the body ends with the stream (RFC 9112 §6.3). */
static void transfer_read(struct http_head *h, struct reader value)
{
	for (unsigned i = 0; i < ITEMS_MAX && reader_left(&value); i++) {
		struct reader coding = text_item(&value, ',');
		h->coded |= h->chunked || !text_is(coding, "chunked");
		h->chunked = text_is(coding, "chunked");
		if (!h->chunked)
			codings_add(&h->transfer, coding);
	}
}

static void extensions_read(struct http_head *h, struct reader value)
{
	struct reader unused;
	for (unsigned i = 0; i < ITEMS_MAX && reader_left(&value); i++) {
		struct reader extension = text_item(&value, ',');
		struct reader name = extension;
		if (!text_is(text_item(&name, ';'), "permessage-deflate"))
			continue;
		h->terms.deflate = true;
		h->terms.client_no_takeover |= media_type_parameter(
			extension, "client_no_context_takeover", &unused);
		h->terms.server_no_takeover |= media_type_parameter(
			extension, "server_no_context_takeover", &unused);
		return;
	}
}

static void type_read(struct http_head *h, struct reader value)
{
	enum content content = CONTENT_UNKNOWN;
	h->content_type = value;
	h->of_interest = media_type_content(value, &content);
	h->content = (uint8_t)content;
	h->sdp = h->of_interest && content == CONTENT_SDP;
	h->fragment = h->sdp && !text_starts(value, "application/sdp");
}

/* for=192.0.2.60;proto=http, for="[2001:db8:cafe::17]:4711" (RFC 7239 §4): the first is who asked
 * first. */
static void forwarded_read(struct http_head *h, struct reader value)
{
	struct reader element = text_item(&value, ',');
	for (unsigned i = 0; i < ITEMS_MAX && reader_left(&element); i++) {
		struct reader pair = text_item(&element, ';');
		if (text_is(text_trim(text_until(&pair, '=')), "for"))
			text_endpoint(text_unquote(text_trim(pair)), &h->forwarded);
	}
}

static void field_read(struct http_head *h, struct reader name, struct reader value)
{
	if (text_is(name, "host")) {
		h->host = value;
	} else if (text_is(name, "content-length")) {
		length_read(h, value);
	} else if (text_is(name, "transfer-encoding")) {
		transfer_read(h, value);
	} else if (text_is(name, "content-type")) {
		type_read(h, value);
	} else if (text_is(name, "content-encoding")) {
		codings_add(&h->coding, value);
	} else if (text_is(name, "upgrade")) {
		h->upgrade = true;
		h->websocket |= text_is(value, "websocket");
		if (!h->tunnel)
			h->tunnel = (uint8_t)http_tunnel_of_upgrade(value);
	} else if (text_is(name, "sec-websocket-extensions")) {
		extensions_read(h, value);
	} else if (text_is(name, "sec-websocket-protocol")) {
		h->terms.mqtt |= text_is(value, "mqtt") || text_is(value, "mqttv3.1");
	} else if (h->forwarded.addr.family != ADDR_NONE) {
		return;
	} else if (text_is(name, "x-forwarded-for")) {
		text_endpoint(text_item(&value, ','), &h->forwarded);
	} else if (text_is(name, "forwarded")) {
		forwarded_read(h, value);
	}
}

bool http_head_read(struct reader head, struct http_head *h)
{
	struct reader line, name, value;
	*h = (struct http_head){0};
	if (!head_line(&head, &line))
		return false;
	if (text_starts(line, "HTTP/1.") ? !response_read(line, h) : !request_read(line, h))
		return false;
	while (head_field(&head, &name, &value))
		field_read(h, name, value);
	/* Whoever names no type leaves it to be found out (RFC 9110 §8.3). */
	h->of_interest |= !reader_left(&h->content_type);
	/* What chunked is not the last of has no end that a server could see. */
	h->broken |= h->request && h->coded && !h->chunked;
	return true;
}

struct reader http_target(const struct http_head *h, uint16_t *port)
{
	struct reader target = h->target;
	*port = text_starts(target, "https:") || text_starts(target, "wss:") ? 443 : 80;
	if (h->method != METHOD_CONNECT) {
		text_until(&target, '/');
		text_until(&target, '/');
		target = text_until(&target, '/');
		if (reader_find(&target, '@') < reader_left(&target))
			text_until(&target, '@');
	}
	return target;
}
