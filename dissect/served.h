/*
 * What clients asked a proxy of their own host for, and the flow by which that proxy then goes
 * there. Private to dissect/.
 */
#ifndef SEEP_DISSECT_SERVED_H
#define SEEP_DISSECT_SERVED_H

#include "core/observation.h"
#include "dissect/dissector.h"

#define SERVED_MAX     64                          /* asked for lately */
#define SERVED_LIFE_NS (10 * UINT64_C(1000000000)) /* a proxy that is slower has given up */

struct served_ask {
	uint64_t time_ns;
	uint64_t flow; /* the client's, as in records; 0: not in use */
	struct obs_proxy proxy;
	uint32_t random; /* of the hello that the client sent through it; 0: none yet */
};

struct served {
	struct served_ask ask[SERVED_MAX];
	unsigned next, used;
};

/* PROXY was said: a client asked for something. */
void served_proxy(struct dissection *d, const struct observation *o);

/* A client's hello, and an HTTP request to `host`, of whatever flow. */
struct hello;
void served_hello(struct dissection *d, const struct hello *hello);
void served_http(struct dissection *d, const struct obs_word *host);

#endif
