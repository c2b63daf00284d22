/*
 * A SIP message: who answers for which address (Via's received and rport, RFC 3261 §18.2.1,
 * RFC 3581), who it comes from and wants to be reached at, and its body, with whose it is and
 * whether it offers or answers.
 */
#include "dissect/sip.h"

#include "dissect/head.h"
#include "dissect/media_type.h"
#include "dissect/text.h"

#define VERSION      "SIP/2.0"
#define START_ANSWER "SIP/2.0 "
#define REPEAT_NS    (60 * UINT64_C(1000000000)) /* the same address is told again then */

/* What a start line begins with. */
static const char *const start_words[] = {"INVITE ", "ACK ", "BYE ", "CANCEL ", "REGISTER ",
	"OPTIONS ", "PRACK ", "SUBSCRIBE ", "NOTIFY ", "PUBLISH ", "INFO ", "REFER ", "MESSAGE ",
	"UPDATE ", START_ANSWER};

#define START_WORDS (sizeof(start_words) / sizeof(start_words[0]))

bool sip_allows(unsigned at, uint8_t byte)
{
	_Static_assert(STARTS <= sizeof("ACK ") - 1, "no word is shorter");
	for (size_t i = 0; i < START_WORDS; i++) {
		if (text_same_letter((uint8_t)start_words[i][at], byte))
			return true;
	}
	return false;
}

static bool method_take(struct reader *r)
{
	for (size_t i = 0; i < START_WORDS - 1; i++) {
		if (!text_starts(*r, start_words[i]))
			continue;
		reader_skip(r, strlen(start_words[i]));
		return true;
	}
	return false;
}

bool sip_shape(struct reader r)
{
	if (text_starts(r, START_ANSWER))
		return true;
	struct reader line;
	if (!method_take(&r))
		return false;
	if (!text_starts(r, "sip:") && !text_starts(r, "sips:") && !text_starts(r, "tel:") &&
		!text_starts(r, "urn:"))
		return false;
	if (reader_find(&r, '\n') == reader_left(&r))
		return true;
	return head_line(&r, &line) && text_ends(line, " " VERSION);
}

static bool start_read(struct reader line, struct sip_head *h)
{
	uint64_t status;
	h->request = !text_starts(line, START_ANSWER);
	h->method = text_until(&line, ' ');
	if (h->request) {
		h->uri = text_until(&line, ' ');
		return text_is(line, VERSION);
	}
	h->method = (struct reader){0};
	if (!text_number(text_until(&line, ' '), &status) || status < 100 || status > 699)
		return false;
	h->status = (uint16_t)status;
	return true;
}

static void via_read(struct sip_head *h, struct reader value)
{
	for (unsigned i = 0; i < HEAD_FIELDS_MAX && reader_left(&value); i++) {
		h->origin = text_item(&value, ',');
		if (h->vias++ == 0)
			h->via = h->origin;
	}
}

static void length_read(struct sip_head *h, struct reader value)
{
	uint64_t length = 0;
	h->broken |= !text_number(value, &length) || (h->has_length && length != h->length);
	h->has_length = true;
	h->length = length;
}

/* Long and compact names (RFC 3261 §7.3.3). */
static void field_read(struct sip_head *h, struct reader name, struct reader value)
{
	if (text_is(name, "content-length") || text_is(name, "l"))
		length_read(h, value);
	else if (text_is(name, "content-type") || text_is(name, "c"))
		h->type = value;
	else if (text_is(name, "content-encoding") || text_is(name, "e"))
		h->coded |= reader_left(&value) && !text_is(value, "identity");
	else if (text_is(name, "via") || text_is(name, "v"))
		via_read(h, value);
	else if ((text_is(name, "contact") || text_is(name, "m")) && !reader_left(&h->contact))
		h->contact = text_item(&value, ',');
	else if (text_is(name, "call-id") || text_is(name, "i"))
		h->call = value;
	else if (text_is(name, "cseq"))
		h->sequence = value;
}

bool sip_head_read(struct reader head, struct sip_head *h)
{
	struct reader line, name, value;
	*h = (struct sip_head){0};
	if (!head_line(&head, &line) || !start_read(line, h))
		return false;
	while (head_field(&head, &name, &value))
		field_read(h, name, value);
	return true;
}

/* host:port of sip:user@host:port;parameters. */
static struct reader uri_authority(struct reader uri)
{
	text_until(&uri, ':');
	struct reader authority = text_until(&uri, ';');
	authority = text_until(&authority, '?');
	if (reader_find(&authority, '@') < reader_left(&authority))
		text_until(&authority, '@');
	return text_trim(authority);
}

/* "Name" <sip:...>;parameters, or the URI alone. */
static struct reader contact_uri(struct reader contact)
{
	if (text_starts(contact, "\"")) {
		text_until(&contact, '"');
		text_until(&contact, '"');
	}
	if (reader_find(&contact, '<') == reader_left(&contact))
		return text_until(&contact, ';');
	text_until(&contact, '<');
	return text_until(&contact, '>');
}

/* sent-by of SIP/2.0/UDP host:port;parameters. */
static struct reader via_sent_by(struct reader via)
{
	struct reader words = text_item(&via, ';'), last = words;
	for (unsigned i = 0; i < HEAD_FIELDS_MAX && reader_left(&words); i++)
		last = text_item(&words, ' ');
	return last;
}

static void head_emit(struct dissection *d, const struct sip_head *h)
{
	struct observation o;
	uint16_t port = 0;
	dissection_observe(d, OBS_HTTP, &o);
	o.http.kind = h->request ? HTTP_REQUEST : HTTP_RESPONSE;
	o.http.protocol = HTTP_SIP;
	o.http.status = h->status;
	obs_word_set(&o.http.method, h->method);
	obs_word_set(&o.http.host, text_authority(uri_authority(h->uri), &port));
	obs_word_set(&o.http.content_type, h->type);
	text_endpoint(via_sent_by(h->origin), &o.http.forwarded);
	text_endpoint(uri_authority(contact_uri(h->contact)), &o.http.contact);
	dissection_emit(d, &o);
}

/* A server tells a client where its request came from. */
static void external_emit(struct dissection *d, struct sip_flow *f, const struct sip_head *h)
{
	struct reader value;
	struct endpoint external;
	uint64_t port, now = d->packet->frame->time_ns;
	if (h->request || !media_type_parameter(h->via, "received", &value) ||
		!text_endpoint(value, &external))
		return;
	if (media_type_parameter(h->via, "rport", &value) && text_number(value, &port) &&
		port <= UINT16_MAX)
		external.port = (uint16_t)port;
	bool again = f && endpoint_equal(&f->external, &external);
	if (again && now < f->external_ns + REPEAT_NS)
		return;
	if (f) {
		f->external = external;
		f->external_ns = now;
	}
	struct observation o;
	dissection_observe(d, OBS_EXTERNAL, &o);
	o.external.protocol = EXTERNAL_SIP;
	o.external.addr = external;
	dissection_emit(d, &o);
}

/* Offer or answer (RFC 3264 §5, RFC 3261 §13.2.1): the answer to an INVITE without an offer makes
 * one, and its ACK answers that. A PRACK may be either. */
static enum sdp_role request_role(const struct sip_head *h)
{
	if (text_is(h->method, "INVITE") || text_is(h->method, "UPDATE"))
		return SDP_OFFER;
	return text_is(h->method, "ACK") ? SDP_ANSWER : SDP_ROLE_UNKNOWN;
}

/* What a request and its answers have in common (RFC 3261 §17.1.3, §8.1.1.4); FNV-1a, which is
 * enough for a handful that one flow has open. Never 0. */
static uint32_t transaction_hash(const struct sip_head *h)
{
	struct reader parts[] = {h->call, h->sequence};
	uint32_t hash = 2166136261U;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		while (reader_left(&parts[i]))
			hash = (hash ^ reader_u8(&parts[i])) * 16777619U;
	}
	return hash | 1;
}

static enum sdp_role message_role(struct sip_flow *f, const struct sip_head *h, bool described)
{
	if (!f)
		return h->request ? request_role(h) : SDP_ROLE_UNKNOWN;
	uint32_t hash = transaction_hash(h);
	if (h->request) {
		enum sdp_role role = request_role(h);
		if (role != SDP_OFFER)
			return role;
		f->asked[f->next] = (struct sip_asked){hash, described};
		f->next = (uint8_t)((f->next + 1) % SIP_ASKED_MAX);
		return role;
	}
	for (unsigned i = 0; i < SIP_ASKED_MAX; i++) {
		if (f->asked[i].hash == hash)
			return f->asked[i].offered ? SDP_ANSWER : SDP_OFFER;
	}
	return SDP_ROLE_UNKNOWN;
}

/* A request that went through nobody (one Via) and an answer whose Contact is where it comes from
 * are the sender's own; the others may have been passed on. */
static enum signalling_owner message_owner(const struct dissection *d, const struct sip_head *h)
{
	struct endpoint contact;
	if (h->request)
		return h->vias == 1 ? OWNER_SENDER : OWNER_BEYOND;
	bool own = text_endpoint(uri_authority(contact_uri(h->contact)), &contact) &&
		addr_equal(&contact.addr, &d->packet->src.addr);
	return own ? OWNER_SENDER : OWNER_BEYOND;
}

static void body_hand_on(struct dissection *d, const struct sip_head *h, struct reader body)
{
	enum content content;
	if (h->coded || !reader_left(&body) || !media_type_content(h->type, &content))
		return;
	d->signalling = SIGNALLING_SIP;
	dissection_content(d, content, &body);
}

void sip_message(
	struct dissection *d, struct sip_flow *f, const struct sip_head *h, struct reader body)
{
	d->stats->sip++;
	head_emit(d, h);
	external_emit(d, f, h);
	d->sdp_role = (uint8_t)message_role(f, h, reader_left(&body) != 0);
	d->owner = (uint8_t)message_owner(d, h);
	body_hand_on(d, h, body);
}

enum verdict sip_whole(struct dissection *d, struct sip_flow *f, struct reader *r)
{
	struct reader head;
	struct sip_head h;
	uint32_t searched = 0;
	enum head_status status = head_take(r, &searched, &head);
	if (status == HEAD_PART && r->cut)
		return TRUNCATED;
	if (status != HEAD_WHOLE || !sip_head_read(head, &h))
		return NOT_MINE;
	bool short_body = h.has_length && h.length > reader_left(r);
	if (!h.broken && r->cut && (short_body || !h.has_length))
		return TRUNCATED;
	if (h.broken || short_body) {
		d->stats->sip_malformed++;
		return MALFORMED;
	}
	if (h.has_length)
		reader_limit(r, (size_t)h.length);
	sip_message(d, f, &h, *r);
	return DONE;
}
