/*
 * What the attributes of a STUN message should say, and a message run over UDP to find out what
 * they do say.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_EXPECT_STUN_H
#define SEEP_TESTS_UNIT_SUPPORT_EXPECT_STUN_H

#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define EXPECT_CLIENT "192.168.77.10:50000"
#define EXPECT_SERVER "192.0.2.10:3478"

/* Members that are NULL or 0 should be empty; `has` says which there are. */
struct expected {
	uint16_t type, length;
	uint32_t has;
	const char *endpoint, *text;
	uint64_t value;
	uint16_t code;
	bool valid, malformed;
};

static inline void expect_attribute(
	const char *name, const struct obs_stun_attribute *a, const struct expected *e)
{
	char text[ENDPOINT_TEXT_MAX];
	const char *endpoint = e->endpoint ? e->endpoint : "-";
	size_t length = e->text ? strlen(e->text) : 0;
	if (a->type != e->type || a->length != e->length || a->has != e->has)
		fail_msg("%s: type 0x%04x, length %u, has 0x%x where 0x%04x, %u, 0x%x should be",
			name, a->type, a->length, a->has, e->type, e->length, e->has);
	if (strcmp(endpoint_text(&a->endpoint, text), endpoint) != 0)
		fail_msg("%s: 0x%04x is %s and should be %s", name, a->type, text, endpoint);
	if (a->text.length != length || memcmp(a->text.bytes, e->text ? e->text : "", length) != 0)
		fail_msg("%s: the text of 0x%04x", name, a->type);
	if (a->value != e->value || a->code != e->code || a->valid != e->valid)
		fail_msg("%s: 0x%04x: value %llx, code %u, valid %d", name, a->type,
			(unsigned long long)a->value, a->code, a->valid);
	if (a->malformed != e->malformed)
		fail_msg("%s: 0x%04x: malformed is %d", name, a->type, a->malformed);
}

/* The message in `b` from client to server, or back; `b` becomes the packet. */
static inline void expect_run(struct watch *w, struct bytes *b, bool back)
{
	const struct endpoint client = end(EXPECT_CLIENT), server = end(EXPECT_SERVER);
	packet_ip_udp(b, back ? &server : &client, back ? &client : &server);
	watch_frame(w, b->at, b->length);
}

/* The only message that was seen. */
static inline const struct obs_stun *expect_message(const struct watch *w)
{
	assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), 1);
	return &watch_seen(w, OBS_STUN_MESSAGE, 0)->stun;
}

static inline void expect_attributes(
	const char *name, const struct watch *w, const struct expected *rows, unsigned count)
{
	if (watch_count(w, OBS_STUN_ATTRIBUTE) != count)
		fail_msg("%s: %u attributes where %u should be", name,
			watch_count(w, OBS_STUN_ATTRIBUTE), count);
	assert_int_equal(watch_seen(w, OBS_STUN_MESSAGE, 0)->head.parts, count);
	for (unsigned i = 0; i < count; i++)
		expect_attribute(
			name, &watch_seen(w, OBS_STUN_ATTRIBUTE, i)->stun_attribute, &rows[i]);
}

#endif
