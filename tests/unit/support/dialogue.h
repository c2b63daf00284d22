/*
 * Two ends that talk over TCP: a script of who says what, said in whole segments, with one line of
 * it cut in two at every place, and byte by byte. What is observed must be the same each time.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_DIALOGUE_H
#define SEEP_TESTS_UNIT_SUPPORT_DIALOGUE_H

#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define TALK_SERVER  "192.0.2.80:80"
#define TALK_CLIENT  "192.168.77.10"
#define TALK_SEGMENT 8192 /* said at a time */
#define TCP_SIZE     20

/* A message whose reading shows, wherever it was found: SIP has observations of its own. */
#define SIP_MESSAGE "OPTIONS sip:echo@example.com SIP/2.0\r\nContent-Length: 0\r\n\r\n"

enum { TALK_FIN = 0x01, TALK_SYN = 0x02, TALK_ACK = 0x10 };

struct talk {
	struct watch *w;
	struct endpoint ends[2]; /* the client, the server */
	uint32_t sequence[2];
};

/* A line of a script: from the client, or back; NULL ends it. A length of 0 is that of the text. */
struct line {
	bool back;
	const char *bytes;
	size_t length;
};

static inline void talk_segment(
	struct talk *t, bool back, uint8_t flags, const void *bytes, size_t length)
{
	struct bytes b = {0};
	uint32_t sequence = t->sequence[back];
	bytes_u16(&b, t->ends[back].port);
	bytes_u16(&b, t->ends[!back].port);
	bytes_u32(&b, sequence);
	bytes_u32(&b, t->sequence[!back]);
	bytes_u8(&b, TCP_SIZE / 4 << 4);
	bytes_u8(&b, flags);
	bytes_zero(&b, 6);
	bytes_put(&b, bytes, length);
	packet_ipv4(&b, &t->ends[back].addr, &t->ends[!back].addr, PROTOCOL_TCP);
	watch_frame(t->w, b.at, b.length);
	t->sequence[back] += (uint32_t)length + ((flags & (TALK_SYN | TALK_FIN)) != 0);
}

/* Each port is a conversation of its own. */
static inline struct talk talk_begin(struct watch *w, uint16_t port)
{
	struct talk t = {.w = w, .ends = {end(TALK_CLIENT), end(TALK_SERVER)}, .sequence = {7, 9}};
	t.ends[0].port = port;
	talk_segment(&t, false, TALK_SYN, NULL, 0);
	talk_segment(&t, true, TALK_SYN | TALK_ACK, NULL, 0);
	return t;
}

static inline void talk_say(struct talk *t, bool back, const void *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += TALK_SEGMENT) {
		size_t n = length - at < TALK_SEGMENT ? length - at : TALK_SEGMENT;
		talk_segment(t, back, TALK_ACK, (const uint8_t *)bytes + at, n);
	}
}

static inline void talk_text(struct talk *t, bool back, const char *text)
{
	talk_say(t, back, text, strlen(text));
}

static inline void talk_end(struct talk *t)
{
	talk_segment(t, true, TALK_FIN | TALK_ACK, NULL, 0);
	talk_segment(t, false, TALK_FIN | TALK_ACK, NULL, 0);
}

static inline size_t line_length(const struct line *l)
{
	return l->length ? l->length : strlen(l->bytes);
}

/* The script, with line `cut` said in two segments, the first of `at` bytes, or with step 1 byte by
 * byte. */
static inline void script_say(struct watch *w, const struct line *script, uint16_t port, size_t cut,
	size_t at, size_t step)
{
	struct talk t = talk_begin(w, port);
	for (size_t i = 0; script[i].bytes; i++) {
		size_t length = line_length(&script[i]);
		size_t first = i == cut ? at : 0;
		talk_say(&t, script[i].back, script[i].bytes, first);
		for (size_t n = first; n < length; n += step ? step : length - first)
			talk_say(&t, script[i].back, script[i].bytes + n,
				step ? step : length - first);
	}
	talk_end(&t);
}

/* Said in whole segments; observations are left in the watch. */
static inline void script_run(struct watch *w, const struct line *script)
{
	script_say(w, script, 40000, SIZE_MAX, 0, 0);
}

static inline void script_same(const struct watch *w, const struct watch *expected, size_t at)
{
	if (w->count != expected->count)
		fail_msg("cut at %zu: %u observations, %u expected", at, w->count, expected->count);
	for (uint32_t i = 0; i < w->count; i++) {
		const struct observation *a = &w->seen[i], *b = &expected->seen[i];
		size_t size = observation_info[a->head.kind].size;
		if (a->head.kind != b->head.kind ||
			a->head.encapsulation != b->head.encapsulation ||
			memcmp(observation_body(a), observation_body(b), size) != 0)
			fail_msg("cut at %zu: observation %u differs", at, i);
	}
}

/* Every line cut at every place, and all of it byte by byte. */
static inline void script_cuts(const struct line *script)
{
	struct watch *expected = watch_new(LINK_RAW);
	struct watch *w = watch_new(LINK_RAW);
	uint16_t port = 10000;
	script_run(expected, script);
	for (size_t i = 0; script[i].bytes; i++) {
		for (size_t at = 1; at < line_length(&script[i]); at++) {
			watch_forget(w);
			script_say(w, script, port++, i, at, 0);
			script_same(w, expected, at);
		}
	}
	watch_forget(w);
	script_say(w, script, port, SIZE_MAX, 0, 1);
	script_same(w, expected, 0);
	watch_free(w);
	watch_free(expected);
}

static inline unsigned sip_seen(const struct watch *w)
{
	unsigned count = 0;
	for (unsigned i = 0; watch_seen(w, OBS_HTTP, i); i++)
		count += watch_seen(w, OBS_HTTP, i)->http.protocol == HTTP_SIP;
	return count;
}

#endif
