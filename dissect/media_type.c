/* The media types of signalling. */
#include "dissect/media_type.h"

#include "dissect/text.h"

#define PARAMETERS_MAX 16

bool media_type_content(struct reader type, enum content *content)
{
	static const struct {
		const char *name;
		enum content content;
	} types[] = {
		{"application/sdp", CONTENT_SDP},
		{"application/trickle-ice-sdpfrag", CONTENT_SDP}, /* RFC 8840 */
		{"application/dns-message", CONTENT_DNS},
		{"message/sip", CONTENT_SIP}, /* RFC 3261 §27.5 */
		{"text/xml", CONTENT_XML},
		{"application/xml", CONTENT_XML},
		{"text/plain", CONTENT_UNKNOWN},
		{"text/event-stream", CONTENT_EVENTS},
		{"application/octet-stream", CONTENT_UNKNOWN}, /* engine.io 3 between bytes */
		{"application/x-www-form-urlencoded", CONTENT_FORM},
	};
	struct reader name = text_trim(text_until(&type, ';'));
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		*content = types[i].content;
		if (text_is(name, types[i].name))
			return true;
	}
	*content = CONTENT_MULTIPART;
	if (text_starts(name, "multipart/"))
		return true;
	*content = CONTENT_XML;
	if (text_ends(name, "+xml"))
		return true;
	*content = CONTENT_JSON;
	return text_ends(name, "/json") || text_ends(name, "+json");
}

bool media_type_script(struct reader type)
{
	struct reader name = text_trim(text_until(&type, ';'));
	return text_is(name, "application/javascript") || text_is(name, "text/javascript");
}

bool media_type_parameter(struct reader type, const char *name, struct reader *value)
{
	text_item(&type, ';');
	for (unsigned i = 0; i < PARAMETERS_MAX && reader_left(&type); i++) {
		*value = text_item(&type, ';');
		struct reader key = text_until(value, '=');
		if (text_is(text_trim(key), name)) {
			*value = text_unquote(text_trim(*value));
			return true;
		}
	}
	return false;
}
