/*
 * A body that some message carried, handed to the content dissectors the way its carrier does it:
 * from an exact block, with sender and receiver, and what the carrier knows about it.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_CONTENT_H
#define SEEP_TESTS_UNIT_SUPPORT_CONTENT_H

#include "dissect/dissector.h"
#include "dissect/run.h"
#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define CONTENT_SENDER   "192.168.77.10:40000"
#define CONTENT_RECEIVER "198.51.100.80:80"

struct body {
	enum content content;
	uint8_t signalling, role; /* enum signalling, enum sdp_role: what the carrier knows */
	bool cut;
};

static inline void content_bytes(
	struct watch *w, const struct body *body, const void *bytes, size_t length)
{
	uint8_t *copy = heap_copy(bytes, length);
	struct frame frame = {.number = 1, .time_ns = WATCH_START_NS};
	struct packet packet = {.frame = &frame, .has_ip = true, .has_ports = true};
	packet.src = end(CONTENT_SENDER);
	packet.dst = end(CONTENT_RECEIVER);
	packet.protocol = PROTOCOL_TCP;
	struct dissection d = {
		.run = w->dissect,
		.stats = &w->stats,
		.packet = &packet,
		.signalling = body->signalling,
		.sdp_role = body->role,
	};
	struct reader r = reader_make(copy, length, body->cut);
	dissection_content(&d, body->content, &r);
	free(copy);
}

static inline void content_text(struct watch *w, enum content content, const char *text)
{
	const struct body body = {.content = content, .signalling = SIGNALLING_WEBSOCKET};
	content_bytes(w, &body, text, strlen(text));
}

/* Every proper prefix: cut by the snap length nothing may come out of it, and nothing may be read
 * too far in either case. Returns how many observations the prefixes gave that had really ended. */
static inline unsigned content_prefixes(enum content content, const char *text)
{
	struct watch *w = watch_new(LINK_RAW);
	struct body body = {.content = content};
	unsigned seen = 0;
	for (size_t n = 0; n < strlen(text); n++) {
		body.cut = true;
		content_bytes(w, &body, text, n);
		assert_int_equal(w->count, 0);
		body.cut = false;
		content_bytes(w, &body, text, n);
		seen += w->count;
		watch_forget(w);
	}
	watch_free(w);
	return seen;
}

/* What a candidate says, on one line; the order is that of the fields in a candidate line. */
static inline const char *content_candidate(const struct watch *w, unsigned n, char out[512])
{
	static const char *const types[] = {"unknown", "host", "srflx", "prflx", "relay"};
	static const char *const transports[] = {"udp", "tcp", "other"};
	static const char *const tcptypes[] = {"", " active", " passive", " so"};
	static const char *const roles[] = {"", " offer", " answer"};
	char address[ENDPOINT_TEXT_MAX], related[ENDPOINT_TEXT_MAX];
	const struct observation *o = watch_seen(w, OBS_CANDIDATE, n);
	if (!o)
		return "none";
	const struct obs_candidate *c = &o->candidate;
	endpoint_text(&c->address, address);
	int name = c->name.length;
	snprintf(out, 512,
		"%.*s %u %s %u %s%.*s%s %s%s related %s ufrag %.*s gen %u id %u cost %u%s",
		c->foundation.length, (const char *)c->foundation.bytes, c->component,
		transports[c->transport], c->priority, name ? "" : address, name,
		(const char *)c->name.bytes, c->mdns ? " mdns" : "", types[c->type],
		tcptypes[c->tcptype], endpoint_text(&c->related, related), c->ufrag.length,
		(const char *)c->ufrag.bytes, c->generation, c->network_id, c->network_cost,
		roles[c->role]);
	return out;
}

static inline void expect_candidate(const struct watch *w, unsigned n, const char *expected)
{
	char text[512];
	assert_string_equal(content_candidate(w, n, text), expected);
}

/* What a session description tells, there being one. */
static inline const struct obs_session *content_session(struct watch *w, const char *text)
{
	content_text(w, CONTENT_SDP, text);
	assert_int_equal(watch_count(w, OBS_SESSION), 1);
	return &watch_seen(w, OBS_SESSION, 0)->session;
}

static inline void expect_end(const struct endpoint *e, const char *expected)
{
	char text[ENDPOINT_TEXT_MAX];
	assert_string_equal(endpoint_text(e, text), expected);
}

static inline void expect_word(const struct obs_word *word, const char *expected)
{
	assert_int_equal(word->length, strlen(expected));
	assert_memory_equal(word->bytes, expected, word->length);
}

#endif
