/* Bodies inside messages: what they are, and who reads them. */
#include "dissect/run.h"
#include "dissect/text.h"

#define CONTENT_MAX     8              /* bodies within bodies */
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* which some writers of UTF-8 begin with */

/* What a body is, by how it starts. Digits are the framing of engine.io, "a[" is SockJS's. */
static enum content content_guess(struct reader r)
{
	uint8_t first = ' ';
	while (reader_left(&r) && (first == ' ' || (first >= '\t' && first <= '\r')))
		first = reader_u8(&r);
	uint8_t second = reader_left(&r) ? reader_u8(&r) : 0;
	switch (first) {
	case 0: /* engine.io 3 between bytes */
	case 1:
	case '{':
	case '[':
	case '"':
		return CONTENT_JSON;
	case '<':
		return CONTENT_XML;
	case 'a':
		return second == '[' ? CONTENT_JSON : CONTENT_SDP;
	case 'v':
	case 'm':
	case 'c':
		return CONTENT_SDP;
	default:
		return first >= '0' && first <= '9' ? CONTENT_JSON : CONTENT_UNKNOWN;
	}
}

void dissection_content(struct dissection *d, enum content content, const struct reader *r)
{
	bool guessed = content == CONTENT_UNKNOWN;
	struct reader body = *r;
	(void)text_step(&body, BYTE_ORDER_MARK);
	if (guessed)
		content = content_guess(body);
	unsigned row = d->run->route[CARRIER_CONTENT][content];
	if (row == 0)
		return;
	if (d->content_depth == CONTENT_MAX) {
		d->stats->too_many_layers++;
		return;
	}
	struct dissection inside = *d;
	inside.content_depth++;
	inside.row = row - 1;
	inside.state = d->run->state[inside.row];
	enum verdict verdict = d->run->rows[inside.row]->dissect(&inside, &body);
	d->stats->truncated_packets += verdict == TRUNCATED;
	d->stats->content_malformed += verdict == MALFORMED && !guessed;
}
