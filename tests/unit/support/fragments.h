/*
 * A packet in pieces, to order: a STUN answer of ten times eight bytes whose second half is the
 * text of one attribute, so that it shows whose bytes were taken.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_FRAGMENTS_H
#define SEEP_TESTS_UNIT_SUPPORT_FRAGMENTS_H

#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define SOFTWARE     0x8022
#define TEXT_AT      (UDP_SIZE + STUN_HEADER + 4)
#define TEXT         "the text of a packet that came in several pieces"
#define TEXT_SIZE    (sizeof(TEXT) - 1)
#define WHOLE        (TEXT_AT + TEXT_SIZE)
#define GARBLED_SIZE 8
#define ID           0x1234
#define V4_ID        4
#define V4_FLAGS     6

_Static_assert(WHOLE == 80 && TEXT_AT == 32, "rows count on it");

enum garbled { AS_IT_IS, START, END };
enum last { LAST = 0, MORE_FOLLOW = 1 };
enum outcome { NOT_FOUND, FOUND, FOUND_GARBLED };

struct piece {
	uint16_t from, to;
	enum last more;
	enum garbled garbled;
};

static const char *const fragment_ends[2][2] = {{"192.0.2.10:3478", "192.168.77.10:50000"},
	{"[2001:db8:10::10]:3478", "[2001:db8:77::10]:50000"}};

static inline void packet_whole(struct bytes *b, bool v6)
{
	const struct endpoint src = end(fragment_ends[v6][0]), dst = end(fragment_ends[v6][1]);
	stun_begin(b, BINDING_SUCCESS, 1);
	stun_attribute(b, SOFTWARE, TEXT, TEXT_SIZE);
	packet_udp(b, &src, &dst);
}

/* An IP header with a fragment's place in front of its bytes. */
static inline void fragment_wrap(
	struct bytes *b, bool v6, uint8_t protocol, unsigned from, bool more)
{
	const struct addr src = ip(fragment_ends[v6][0]), dst = ip(fragment_ends[v6][1]);
	if (v6) {
		const uint8_t header[8] = {protocol, 0, (uint8_t)(from >> 8),
			(uint8_t)((from & 0xf8) | more), 0, 0, ID >> 8, ID & 0xff};
		bytes_front(b, header, sizeof(header));
		packet_ipv6(b, &src, &dst, 44);
		return;
	}
	packet_ipv4(b, &src, &dst, protocol);
	b->at[V4_ID] = ID >> 8;
	b->at[V4_ID + 1] = ID & 0xff;
	b->at[V4_FLAGS] = (uint8_t)((more ? 0x20 : 0) | from >> 11);
	b->at[V4_FLAGS + 1] = (uint8_t)(from >> 3);
}

static inline void fragment_send(
	struct watch *w, bool v6, uint8_t protocol, const struct piece *piece)
{
	struct bytes whole = {0}, b = {0};
	size_t size = piece->to - piece->from;
	packet_whole(&whole, v6);
	bytes_put(&b, whole.at + piece->from, size);
	size_t at = piece->garbled == END ? size - GARBLED_SIZE : 0;
	for (size_t i = 0; piece->garbled && i < GARBLED_SIZE; i++)
		b.at[at + i] ^= 0x20;
	fragment_wrap(&b, v6, protocol, piece->from, piece->more);
	watch_frame(w, b.at, b.length);
}

static inline enum outcome outcome_of(const struct watch *w)
{
	const struct observation *o = watch_seen(w, OBS_STUN_ATTRIBUTE, 0);
	if (!o || watch_count(w, OBS_STUN_MESSAGE) != 1)
		return NOT_FOUND;
	assert_int_equal(o->stun_attribute.text.length, TEXT_SIZE);
	bool same = memcmp(o->stun_attribute.text.bytes, TEXT, TEXT_SIZE) == 0;
	return same ? FOUND : FOUND_GARBLED;
}

static const struct piece piece_first = {0, 32, MORE_FOLLOW, AS_IT_IS};
static const struct piece piece_last = {32, 80, LAST, AS_IT_IS};

#endif
