/*
 * ICE sessions by the interfaces that their checks leave on: a session is known by its pair of
 * user fragments, which stay the same on every path (RFC 8445 §7.2.2).
 */
#ifndef SEEP_RULES_SPANS_H
#define SEEP_RULES_SPANS_H

#include "core/observation.h"
#include "core/table.h"

#define SPANS        16384
#define SPAN_WAYS    4
#define SPAN_LIFE_NS (60 * UINT64_C(1000000000)) /* a way not used for longer is left behind */

struct span_key {
	struct obs_word ufrag, peer_ufrag;
	uint8_t reserved[4];
};

/* One way of a session: an interface and the client's address there. */
struct span_way {
	uint64_t seen_ns, frame;
	uint16_t capture, interface;
	struct addr client;
	uint8_t reserved[3];
};

struct span {
	struct table_entry age;
	struct span_key key;
	uint64_t count;
	struct span_way way[SPAN_WAYS];
};

struct spans {
	struct table table;
};

bool spans_init(struct spans *s);
void spans_free(struct spans *s);

/* Takes in a check. */
void spans_learn(struct spans *s, const struct observation *o);

/* The session of this check; NULL when it is none, or its fragments are not known. */
const struct span *spans_find(const struct spans *s, const struct observation *o);

#endif
