/*
 * XMPP streams (RFC 6120 §4): <stream:stream>, then stanzas, each handed on as XML when it is
 * complete. Emits nothing itself. After <proceed/> the stream is whatever it is found to be (TLS,
 * §5.4.2.3); a new stream header (§4.3.3) starts over.
 *
 * XML is only followed as far as it takes to see where a stanza ends; comments and document types,
 * which XMPP forbids (§11.1), are not told from CDATA. A stanza that is too long is stepped over;
 * after a gap nothing tells where one starts, and the direction is given up.
 */
#include "dissect/dissector.h"
#include "dissect/text.h"
#include "dissect/xml.h"

#define STANZA_MAX     32768
#define DEPTH_MAX      64
#define ATTRIBUTES_MAX 32 /* read of a stream's header */

/* Where in the XML the next byte stands. */
enum place {
	IN_TEXT,
	AFTER_LESS, /* < */
	IN_OPEN,    /* <name ... */
	IN_CLOSE,   /* </name ... */
	IN_PI,      /* <?xml ... */
	IN_CDATA,   /* <![CDATA[ ... ]]> */
};

struct xmpp_side {
	uint32_t scanned; /* of the item that the reader starts with */
	uint8_t place;    /* enum place */
	uint8_t depth;    /* elements open; 1 is the stream */
	uint8_t quote;    /* the one that a value in a tag is in, or 0 */
	uint8_t last;     /* byte, for /> ?> and ]> */
	bool opened;      /* the item's first tag was read */
	bool dropped;     /* the stanza is too long */
};

struct xmpp_flow {
	bool clients; /* of a client with its server */
	struct xmpp_side side[2];
};

static bool xmpp_probe(struct reader r)
{
	return text_starts(r, "<?xml ") || text_starts(r, "<stream:stream");
}

static enum place place_after_less(uint8_t c)
{
	switch (c) {
	case '/':
		return IN_CLOSE;
	case '?':
		return IN_PI;
	case '!':
		return IN_CDATA;
	default:
		return IN_OPEN;
	}
}

/* A byte of a tag; true when it ends it. */
static bool tag_byte(struct xmpp_side *side, uint8_t c)
{
	if (side->quote) {
		side->quote = c == side->quote ? 0 : side->quote;
		return false;
	}
	if (c == '"' || c == '\'')
		side->quote = c;
	return c == '>';
}

/* A byte; true when it ends a tag, an instruction or a section. */
static bool place_byte(struct xmpp_side *side, uint8_t c)
{
	switch (side->place) {
	case IN_TEXT:
		side->place = c == '<' ? AFTER_LESS : IN_TEXT;
		return false;
	case AFTER_LESS:
		side->place = (uint8_t)place_after_less(c);
		return false;
	case IN_PI:
		return c == '>' && side->last == '?';
	case IN_CDATA:
		return c == '>' && side->last == ']';
	default:
		return tag_byte(side, c);
	}
}

/* What a tag's end does to the depth. */
static enum verdict tag_end(struct xmpp_side *side, enum place place)
{
	if (place == IN_OPEN && side->last != '/')
		side->depth++;
	if (place == IN_CLOSE && side->depth-- == 0)
		return MALFORMED;
	return side->depth > DEPTH_MAX ? MALFORMED : DONE;
}

/* A client's stream (RFC 6120 §4.8.3); servers speak for others to each other. */
static bool header_of_client(struct reader header)
{
	struct xml x = xml_make(header);
	struct reader name, value;
	if (xml_next(&x) != XML_OPEN)
		return false;
	for (unsigned i = 0; i < ATTRIBUTES_MAX && xml_attribute(&x.attributes, &name, &value);
		i++) {
		if (text_is(name, "xmlns"))
			return text_is(value, "jabber:client");
	}
	return false;
}

/* The item that ends here starts the reader: text between stanzas, a stream header, a stanza. */
static enum verdict item_read(
	struct dissection *d, struct xmpp_side *side, bool root, struct reader item)
{
	struct xmpp_flow *f = dissection_flow_known(d);
	item = text_trim(item);
	if (!f)
		return NOT_MINE;
	if (text_starts(item, "<stream:stream")) {
		side->depth = 1;
		f->clients = header_of_client(item);
		return DONE;
	}
	if (text_starts(item, "<?xml") || text_starts(item, "</"))
		return DONE;
	if (root || side->depth == 0) /* it is another protocol's */
		return NOT_MINE;
	d->stats->xmpp++;
	d->signalling = SIGNALLING_XMPP;
	d->owner = f->clients && d->packet->from_opener ? OWNER_SENDER : OWNER_BEYOND;
	dissection_content(d, CONTENT_XML, &item);
	if (text_starts(item, "<compressed"))
		return NOT_MINE;
	if (text_starts(item, "<proceed"))
		dissection_become(d, NULL, 0);
	return text_starts(item, "<proceed") ? MORE : DONE;
}

/* Is what was scanned a whole item? A stream header opens an element and is one nevertheless. */
static bool item_whole(struct xmpp_side *side, enum place place, struct reader item)
{
	bool first = place == IN_OPEN && !side->opened;
	side->opened |= place == IN_OPEN;
	if (side->depth <= 1)
		return true;
	return first && text_starts(text_trim(item), "<stream:stream");
}

static enum verdict item_end(struct dissection *d, struct xmpp_side *side, struct reader *r)
{
	struct reader item = *r;
	enum place place = side->place;
	side->place = IN_TEXT;
	enum verdict verdict = tag_end(side, place);
	reader_limit(&item, side->scanned);
	if (verdict != DONE || !item_whole(side, place, item))
		return verdict;
	bool dropped = side->dropped;
	bool root = place == IN_OPEN && side->depth == 1 && side->last != '/';
	reader_skip(r, side->scanned);
	side->scanned = 0;
	side->dropped = false;
	side->opened = false;
	return dropped ? DONE : item_read(d, side, root, item);
}

static enum verdict xmpp_scan(struct dissection *d, struct xmpp_side *side, struct reader *r)
{
	struct reader scan = *r;
	enum verdict verdict = DONE;
	reader_skip(&scan, side->scanned);
	while (verdict == DONE && reader_left(&scan)) {
		uint8_t c = reader_u8(&scan);
		uint32_t before = side->scanned++;
		if (place_byte(side, c))
			verdict = item_end(d, side, r);
		side->last = c;
		if (before && side->scanned == 0)
			return verdict;
	}
	return verdict == DONE ? MORE : verdict;
}

/* Frees the stream's buffer of a stanza that is not wanted any more. */
static void stanza_limit(struct xmpp_side *side, struct reader *r)
{
	if (side->scanned <= STANZA_MAX)
		return;
	side->dropped = true;
	reader_skip(r, side->scanned);
	side->scanned = 0;
}

static enum verdict xmpp_dissect(struct dissection *d, struct reader *r)
{
	struct xmpp_flow *f = dissection_flow_state(d);
	if (!f || d->gap)
		return NOT_MINE;
	struct xmpp_side *side = &f->side[d->packet->from_opener ? 0 : 1];
	enum verdict verdict = DONE;
	while (verdict == DONE && reader_left(r))
		verdict = xmpp_scan(d, side, r);
	if (verdict == MORE)
		stanza_limit(side, r);
	d->stats->xmpp_malformed += verdict == MALFORMED;
	return verdict;
}

extern const struct dissector dissector_xmpp;
const struct dissector dissector_xmpp = {
	.info = {"xmpp", "RFC 6120"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_SIGNALLING,
	.state_size = sizeof(struct xmpp_flow),
	.first_min = '<',
	.first_max = '<',
	.probe = xmpp_probe,
	.dissect = xmpp_dissect,
};
