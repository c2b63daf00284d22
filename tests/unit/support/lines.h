/*
 * A protocol for tests of streams: messages are lines, and the first begins with "L". What was read
 * stands in a log, a line like ">text;" for each message of the opener and "<text;" for the other
 * end; "!" says that bytes were missing before it, "$" that nothing followed, "*" that it was read
 * by the second dissector, which the line "other" calls for. "anew" has the protocol found out
 * anew, and "quit" is no line.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_LINES_H
#define SEEP_TESTS_UNIT_SUPPORT_LINES_H

#include "tests/stream_rig.h"
#include "tests/unit/support/unit.h"

#define LINES_LOG 4096

struct lines {
	struct rig rig;
	uint32_t calls;
	size_t length;
	char log[LINES_LOG];
};

static inline bool lines_probe(struct reader r)
{
	return reader_u8(&r) == 'L' && reader_u8(&r) == ':';
}

static inline void lines_log(struct lines *l, const void *text, size_t length)
{
	assert_true(length < LINES_LOG - l->length);
	memcpy(l->log + l->length, text, length);
	l->length += length;
	l->log[l->length] = '\0';
}

static inline bool line_is(const uint8_t *line, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(line, word, length) == 0;
}

static inline enum verdict lines_take(
	struct lines *l, struct dissection *d, struct reader *r, const char *mark)
{
	l->calls++;
	for (bool gap = d->gap; reader_left(r); gap = false) {
		const uint8_t *end = memchr(r->at, '\n', reader_left(r));
		if (!end && !d->last)
			return MORE;
		size_t length = end ? (size_t)(end - r->at) : reader_left(r);
		const uint8_t *line = reader_take(r, length);
		if (line_is(line, length, "quit"))
			return NOT_MINE;
		reader_skip(r, end ? 1 : 0);
		lines_log(l, d->packet->from_opener ? ">" : "<", 1);
		lines_log(l, mark, strlen(mark));
		lines_log(l, "!", gap);
		lines_log(l, line, length < 40 ? length : 40);
		lines_log(l, "$", d->last && !reader_left(r));
		lines_log(l, ";", 1);
		if (line_is(line, length, "anew") || line_is(line, length, "other")) {
			dissection_become(d, line[0] == 'o' ? "stun" : NULL, 0);
			return DONE;
		}
	}
	return DONE;
}

static inline enum verdict lines_read(struct dissection *d, struct reader *r)
{
	return lines_take(d->state, d, r, "");
}

static inline enum verdict lines_read_other(struct dissection *d, struct reader *r)
{
	d->state = d->run->state[RIG_ROW];
	return lines_take(d->state, d, r, "*");
}

static const struct dissector lines_dissector = {
	.carrier = CARRIER_STREAM,
	.first_min = 'L',
	.first_max = 'L',
	.probe = lines_probe,
	.dissect = lines_read,
};

static const struct dissector lines_other = {
	.carrier = CARRIER_STREAM, .dissect = lines_read_other};

static inline struct lines *lines_open(void)
{
	struct lines *l = calloc(1, sizeof(*l));
	assert_non_null(l);
	rig_open(&l->rig, &lines_dissector, l);
	unsigned stun = 0;
	while (strcmp(dissector_info(stun)->name, "stun") != 0)
		stun++;
	l->rig.run->rows[stun] = &lines_other;
	return l;
}

static inline void lines_free(struct lines *l)
{
	rig_close(&l->rig);
	free(l);
}

static inline void lines_send(struct lines *l, uint32_t sequence, const char *text)
{
	rig_segment(&l->rig, true, TCP_ACK, sequence, text, strlen(text));
}

static inline void lines_answer(struct lines *l, uint32_t sequence, const char *text)
{
	rig_segment(&l->rig, false, TCP_ACK, sequence, text, strlen(text));
}

static inline void lines_flags(struct lines *l, bool from_client, unsigned flags, uint32_t sequence)
{
	rig_segment(&l->rig, from_client, flags, sequence, "", 0);
}

/* SYN and SYN-ACK: the first bytes are 1001 and 5001. */
/* The server's SYN, in answer to the client's with the number `asked`. */
static inline void lines_accept(struct lines *l, uint32_t asked, uint32_t sequence)
{
	uint32_t acknowledged = l->rig.acknowledged;
	l->rig.acknowledged = asked + 1;
	lines_flags(l, false, TCP_SYN | TCP_ACK, sequence);
	l->rig.acknowledged = acknowledged;
}

static inline void lines_connect(struct lines *l)
{
	lines_flags(l, true, TCP_SYN, 1000);
	lines_accept(l, 1000, 5000);
}

#endif
