/*
 * XML messages with addresses in them: ICE candidates of Jingle (XEP-0176, XEP-0371, and XEP-0177's
 * without ICE), wherever their transport element stands, and what a gateway answers to
 * GetExternalIPAddress (UPnP WANIPConnection:2 §2.5.18). Emits CANDIDATE, and EXTERNAL. Text that
 * starts as JSON or a session description, as in a chat message's body, is handed on.
 *
 * Elements go by their local names, transports by their namespace, or by a prefix where that was
 * declared elsewhere, be it in the stream's header. The role is that of the Jingle
 * action: an initiator's "offer" or a responder's "answer"; transport-info may come from either.
 * Document types and whether closing tags match are left alone. Whose candidates: see proto_sdp.c.
 * The answer goes to who asked the gateway.
 */
#include "core/arena.h"
#include "dissect/candidate.h"
#include "dissect/text.h"
#include "dissect/xml.h"

#define BYTES_MAX      262144 /* of one message */
#define CANDIDATES_MAX 256    /* emitted of one message */
#define ATTRIBUTES_MAX 32     /* read of one tag */
#define VALUE_MAX      256    /* bytes of an attribute or text */
#define TEXTS_MAX      64     /* handed on of one message */
#define NESTED_MAX     4      /* texts unescaped at a time, one within the other */
#define PEEK_SIZE      32     /* of a text, to tell what it is */

/* One way through a message. Depths are those of the open element; 0: it is not open. */
struct walk {
	const struct dissection *d;
	bool emits; /* the message was read to its end before */
	unsigned depth, jingle, transport, response, address;
	uint8_t role;
	struct obs_word ufrag; /* of the transport */
	unsigned good, bad, externals, texts;
};

static const struct candidate_name names[] = {
	{"foundation", PART_FOUNDATION},
	{"component", PART_COMPONENT},
	{"protocol", PART_TRANSPORT},
	{"priority", PART_PRIORITY},
	{"ip", PART_ADDRESS},
	{"port", PART_PORT},
	{"type", PART_TYPE},
	{"rel-addr", PART_RELATED_ADDRESS},
	{"rel-port", PART_RELATED_PORT},
	{"tcptype", PART_TCPTYPE},
	{"generation", PART_GENERATION},
	{"network", PART_NETWORK_ID},
	{NULL, 0},
};

static const char *const transports[] = {
	"urn:xmpp:jingle:transports:ice-udp:1",
	"urn:xmpp:jingle:transports:ice:0",
	"urn:xmpp:jingle:transports:raw-udp:1",
};

/* The value of an attribute, unescaped into `bytes`; empty when there is none. */
static struct reader attribute_find(
	struct reader attributes, const char *wanted, uint8_t bytes[VALUE_MAX])
{
	struct reader name, value;
	for (unsigned i = 0; i < ATTRIBUTES_MAX && xml_attribute(&attributes, &name, &value); i++) {
		if (text_is(name, wanted))
			return reader_make(bytes, xml_unescape(value, bytes, VALUE_MAX), false);
	}
	return (struct reader){0};
}

static void jingle_open(struct walk *w, struct reader attributes)
{
	uint8_t bytes[VALUE_MAX];
	struct reader action = attribute_find(attributes, "action", bytes);
	w->jingle = w->depth;
	if (text_is(action, "session-initiate") || text_is(action, "content-add"))
		w->role = SDP_OFFER;
	else if (text_is(action, "session-accept") || text_is(action, "content-accept"))
		w->role = SDP_ANSWER;
	else
		w->role = w->d->sdp_role;
}

/* A transport that declares the namespace of one with candidates, as its default or as a prefix. */
static void transport_open(struct walk *w, struct reader prefix, struct reader attributes)
{
	uint8_t bytes[VALUE_MAX];
	if (w->jingle && reader_left(&prefix))
		w->transport = w->depth;
	struct reader all = attributes, name, value;
	for (unsigned i = 0; i < ATTRIBUTES_MAX && xml_attribute(&all, &name, &value); i++) {
		if (!text_step(&name, "xmlns"))
			continue;
		for (size_t t = 0; t < sizeof(transports) / sizeof(transports[0]); t++) {
			if (text_is(value, transports[t]))
				w->transport = w->depth;
		}
	}
	w->ufrag = (struct obs_word){0};
	obs_word_set(&w->ufrag, attribute_find(attributes, "ufrag", bytes));
}

static bool candidate_read_element(struct obs_candidate *c, struct reader attributes)
{
	uint8_t bytes[VALUE_MAX];
	struct reader name, value;
	for (unsigned i = 0; i < ATTRIBUTES_MAX && xml_attribute(&attributes, &name, &value); i++) {
		value = reader_make(bytes, xml_unescape(value, bytes, VALUE_MAX), false);
		if (!candidate_set_named(c, names, name, value))
			return false;
	}
	return c->address.port && (c->address.addr.family != ADDR_NONE || c->name.length);
}

static void candidate_open(struct walk *w, struct reader attributes)
{
	struct obs_candidate c = {0};
	bool good = candidate_read_element(&c, attributes);
	if (w->emits && good && w->good < CANDIDATES_MAX)
		candidate_emit(w->d, &c, w->role, &w->ufrag);
	w->good += good;
	w->bad += !good;
}

static void element_open(struct walk *w, const struct xml *x)
{
	w->depth++;
	if (text_is(x->name, "jingle"))
		jingle_open(w, x->attributes);
	else if (text_is(x->name, "transport"))
		transport_open(w, x->prefix, x->attributes);
	else if (text_is(x->name, "candidate") && w->transport)
		candidate_open(w, x->attributes);
	else if (text_is(x->name, "GetExternalIPAddressResponse"))
		w->response = w->depth;
	else if (text_is(x->name, "NewExternalIPAddress") && w->response)
		w->address = w->depth;
}

static void element_close(struct walk *w)
{
	if (w->jingle == w->depth)
		w->jingle = 0;
	if (w->transport == w->depth)
		w->transport = 0;
	if (w->response == w->depth)
		w->response = 0;
	if (w->address == w->depth)
		w->address = 0;
	w->depth--;
}

/* Text that is another content; unescaped into memory that is kept for that. */
static void text_hand_on(struct walk *w, struct reader text)
{
	uint8_t start[PEEK_SIZE];
	struct arena *memory = w->d->state;
	struct dissection inside = *w->d;
	size_t used = memory->used, size = reader_left(&text);
	text_trim_start(&text);
	if (!candidate_text(reader_make(start, xml_unescape(text, start, sizeof(start)), false)))
		return;
	w->texts++;
	uint8_t *bytes = w->emits && w->texts <= TEXTS_MAX ? arena_take(memory, size) : NULL;
	if (!bytes)
		return;
	struct reader r = reader_make(bytes, xml_unescape(text, bytes, size), false);
	dissection_content(&inside, CONTENT_UNKNOWN, &r);
	memory->used = used;
}

static void address_text(struct walk *w, struct reader text)
{
	struct observation o;
	struct addr addr;
	if (w->address != w->depth || w->depth == 0 || !text_addr(text_word(&text), &addr))
		return;
	w->externals++;
	w->address = 0; /* one is enough */
	if (!w->emits)
		return;
	dissection_observe(w->d, OBS_EXTERNAL, &o);
	o.external.protocol = EXTERNAL_UPNP;
	o.external.addr.addr = addr;
	dissection_emit(w->d, &o);
}

/* Through all of it. A stream's opening tag (RFC 6120 §4.2) stands alone, everything else is
 * closed. */
static bool message_walk(struct walk *w, struct reader r)
{
	struct xml x = xml_make(r);
	unsigned open = 0; /* of the stream, left open */
	enum xml_token token = xml_next(&x);
	for (; token != XML_END && token != XML_BROKEN; token = xml_next(&x)) {
		if (token == XML_OPEN) {
			element_open(w, &x);
			open += w->depth == 1 && text_is(x.name, "stream");
		} else if (token == XML_CLOSE && w->depth) {
			element_close(w);
			open = w->depth ? open : 0;
		} else if (token == XML_CLOSE && !text_is(x.name, "stream")) {
			return false;
		} else if (token == XML_TEXT) {
			address_text(w, x.text);
			text_hand_on(w, x.text);
		}
	}
	return token == XML_END && w->depth == open;
}

static enum verdict xml_dissect(struct dissection *d, struct reader *r)
{
	struct dissection inside = *d;
	if (!inside.signalling)
		inside.signalling = SIGNALLING_XMPP;
	struct walk w = {.d = &inside, .role = d->sdp_role};
	struct walk again = w;
	text_trim_start(r);
	if (text_peek(*r) != '<')
		return NOT_MINE;
	if (r->cut)
		return TRUNCATED;
	if (reader_left(r) > BYTES_MAX) {
		d->stats->content_cut++;
		return NOT_MINE;
	}
	if (!message_walk(&w, *r))
		return MALFORMED;
	again.emits = true;
	d->stats->candidates += w.good;
	d->stats->candidates_malformed += w.bad;
	d->stats->content_cut += w.good > CANDIDATES_MAX || w.texts > TEXTS_MAX;
	if (w.good || w.externals || w.texts)
		(void)message_walk(&again, *r);
	reader_skip(r, reader_left(r));
	return DONE;
}

static void *memory_open(const struct dissect_options *options)
{
	(void)options;
	return arena_new((size_t)NESTED_MAX * BYTES_MAX);
}

static void memory_close(void *state)
{
	arena_delete(state);
}

extern const struct dissector dissector_xml;
const struct dissector dissector_xml = {
	.info = {"xml", "XEP-0176, XEP-0371"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_XML},
	.number_count = 1,
	.open = memory_open,
	.close = memory_close,
	.dissect = xml_dissect,
};
