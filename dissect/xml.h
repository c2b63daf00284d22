/*
 * XML text (W3C XML 1.0) a piece at a time, in place: tags, their attributes, text. Comments and
 * processing instructions are passed over. A document type breaks it: XMPP (RFC 6120 §11.1) and
 * UPnP's messages have none, and entities that a document defines are not for us.
 */
#ifndef SEEP_DISSECT_XML_H
#define SEEP_DISSECT_XML_H

#include "core/reader.h"

enum xml_token { XML_END, XML_BROKEN, XML_OPEN, XML_CLOSE, XML_TEXT };

struct xml {
	struct reader r;
	struct reader name;       /* of a tag, without its prefix ... */
	struct reader prefix;     /* ... and that; empty when there is none */
	struct reader attributes; /* of an opening tag */
	struct reader text;       /* as it stands there, entities and all */
	bool empty;               /* the tag closes itself: its XML_CLOSE comes next */
};

static inline struct xml xml_make(struct reader r)
{
	return (struct xml){.r = r};
}

enum xml_token xml_next(struct xml *x);

/* The next attribute, its prefix kept; false at the end and where there is none. */
bool xml_attribute(struct reader *attributes, struct reader *name, struct reader *value);

/* Text with the five entities of XML 1.0 §4.6 and numeric ones of ASCII (§4.1) undone, cut to
 * `size`; its length. It is never longer than the text was. */
size_t xml_unescape(struct reader text, uint8_t *out, size_t size);

#endif
