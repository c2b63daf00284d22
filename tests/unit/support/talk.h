/*
 * Two ends that talk over UDP, TCP or straight in IP, and what was seen of it written down in
 * words: "wireguard asks 1, wireguard answers 2". Each packet comes a tenth of a second after the
 * one before.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_TALK_H
#define SEEP_TESTS_UNIT_SUPPORT_TALK_H

#include "tests/unit/support/packet.h"
#include "tests/unit/support/watch.h"

#define TALK_TEXT_MAX 2048
#define TALK_STEP_NS  (SECOND_NS / 10)

enum { FROM_CLIENT = 0, FROM_SERVER = 1 };
enum { TALK_FIN = 1, TALK_SYN = 2, TALK_RST = 4, TALK_ACK = 16 };

struct talk {
	struct watch *w;
	struct endpoint end[2]; /* client, server */
	uint32_t sequence[2];
	bool open; /* TCP: the handshake was sent */
	char text[TALK_TEXT_MAX];
};

static inline struct talk *talk_new(const char *client, const char *server)
{
	struct talk *t = calloc(1, sizeof(*t));
	assert_non_null(t);
	t->w = watch_new(LINK_RAW);
	t->end[FROM_CLIENT] = end(client);
	t->end[FROM_SERVER] = end(server);
	return t;
}

static inline void talk_free(struct talk *t)
{
	watch_free(t->w);
	free(t);
}

static inline void talk_send(struct talk *t, const struct bytes *b)
{
	watch_frame(t->w, b->at, b->length);
	t->w->next.time_ns += TALK_STEP_NS;
}

/* Turns the payload in `b` into the packet, and sends it. */
static inline void talk_udp(struct talk *t, int from, struct bytes *b)
{
	packet_ip_udp(b, &t->end[from], &t->end[!from]);
	talk_send(t, b);
}

static inline void talk_ip(struct talk *t, int from, uint8_t protocol, struct bytes *b)
{
	packet_ipv4(b, &t->end[from].addr, &t->end[!from].addr, protocol);
	talk_send(t, b);
}

static inline void talk_segment(
	struct talk *t, int from, unsigned flags, const void *payload, size_t length)
{
	struct bytes b = {0};
	bytes_u16(&b, t->end[from].port);
	bytes_u16(&b, t->end[!from].port);
	bytes_u32(&b, t->sequence[from]);
	bytes_u32(&b, t->sequence[!from]);
	bytes_u16(&b, 5U << 12 | flags);
	bytes_zero(&b, 6); /* window, checksum, urgent */
	bytes_put(&b, payload, length);
	t->sequence[from] += (uint32_t)length + ((flags & TALK_SYN) ? 1 : 0);
	packet_ipv4(&b, &t->end[from].addr, &t->end[!from].addr, PROTOCOL_TCP);
	talk_send(t, &b);
}

/* A segment of a stream; before the first the handshake. */
static inline void talk_tcp(struct talk *t, int from, const void *payload, size_t length)
{
	if (!t->open) {
		t->open = true;
		talk_segment(t, FROM_CLIENT, TALK_SYN, NULL, 0);
		talk_segment(t, FROM_SERVER, TALK_SYN | TALK_ACK, NULL, 0);
	}
	talk_segment(t, from, TALK_ACK, payload, length);
}

/* The same, a byte in each segment. */
static inline void talk_tcp_bytewise(struct talk *t, int from, const void *payload, size_t length)
{
	for (size_t i = 0; i < length; i++)
		talk_tcp(t, from, (const uint8_t *)payload + i, 1);
}

static inline const char *talk_label(
	enum observation_kind kind, const char *field, const void *body)
{
	for (const struct field *f = observation_info[kind].fields; f->name; f++) {
		if (strcmp(f->name, field) == 0)
			return f->label(((const uint8_t *)body)[f->offset]);
	}
	return NULL;
}

static inline void talk_write(struct talk *t, const char *text)
{
	size_t length = strlen(t->text);
	assert_true(length + strlen(text) < sizeof(t->text));
	memcpy(t->text + length, text, strlen(text) + 1);
}

static inline void talk_write_tunnel(struct talk *t, const struct obs_tunnel *o)
{
	char text[80];
	snprintf(text, sizeof(text), "%s %s %u", talk_label(OBS_TUNNEL, "kind", o),
		talk_label(OBS_TUNNEL, "event", o), o->message);
	talk_write(t, text);
	if (o->repeated) {
		snprintf(text, sizeof(text), " again %u", o->repeated);
		talk_write(t, text);
	}
}

static inline void talk_write_proxy(struct talk *t, const struct obs_proxy *o)
{
	char text[160], target[ENDPOINT_TEXT_MAX];
	snprintf(text, sizeof(text), "%s %s %u %u ", talk_label(OBS_PROXY, "kind", o),
		talk_label(OBS_PROXY, "event", o), o->command, o->status);
	talk_write(t, text);
	if (o->target_name.length)
		snprintf(text, sizeof(text), "%.*s:%u", o->target_name.length,
			(const char *)o->target_name.bytes, o->target_port);
	else
		snprintf(text, sizeof(text), "%s", endpoint_text(&o->target, target));
	talk_write(t, text);
}

/* What was seen since the last time, in words. */
static inline const char *talk_heard(struct talk *t)
{
	t->text[0] = '\0';
	for (uint32_t i = 0; i < t->w->count; i++) {
		const struct observation *o = &t->w->seen[i];
		if (o->head.kind != OBS_TUNNEL && o->head.kind != OBS_PROXY)
			continue;
		talk_write(t, t->text[0] ? ", " : "");
		if (o->head.kind == OBS_TUNNEL)
			talk_write_tunnel(t, &o->tunnel);
		else
			talk_write_proxy(t, &o->proxy);
	}
	watch_forget(t->w);
	return t->text;
}

#define talk_expect(t, text) assert_string_equal(talk_heard(t), text)

#endif
