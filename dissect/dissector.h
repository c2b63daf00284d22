/*
 * What a dissector is, and what it sees while it works on one packet. Private to dissect/.
 *
 * Dissectors never call each other. A layer hands what it carries back to the trampoline, naming
 * the carrier and the number that selects the next layer. Over UDP and in TCP streams a dissector
 * is found by the shape of the payload, never by a port. To add one: proto_x.c and a row in
 * dissectors.h.
 */
#ifndef SEEP_DISSECT_DISSECTOR_H
#define SEEP_DISSECT_DISSECTOR_H

#include "core/interest.h"
#include "core/observation.h"
#include "core/packet.h"
#include "dissect/dissect.h"

/* What a protocol can be carried by. */
enum carrier {
	CARRIER_LINK,      /* selected by LINKTYPE_ value */
	CARRIER_ETHERTYPE, /* by EtherType */
	CARRIER_IPPROTO,   /* by IANA protocol number */
	CARRIER_CONTENT,   /* by enum content */
	CARRIER_UDP,       /* by shape, a datagram at a time */
	CARRIER_STREAM,    /* by shape, TCP bytes in order */
	CARRIER_FLOW,      /* the layer that names it, again, with its flow: it has no ports */
};

#define CARRIERS_ROUTED CARRIER_UDP /* those before it select by number */

/* Bodies inside other protocols. */
enum content {
	CONTENT_UNKNOWN, /* look what it is */
	CONTENT_SDP,     /* application/sdp; trickle-ice-sdpfrag is a part of one */
	CONTENT_JSON,
	CONTENT_XML,
	CONTENT_SIP, /* a whole SIP message; who hands it on knows its shape */
	CONTENT_MULTIPART,
	CONTENT_EVENTS, /* text/event-stream */
	CONTENT_FORM,   /* application/x-www-form-urlencoded */
	CONTENT_MQTT,   /* packets in a WebSocket's message */
	CONTENT_DNS,    /* application/dns-message (RFC 8484 §6) */
};

enum verdict {
	NOT_MINE,  /* another dissector may try */
	MORE,      /* a layer: handed on by dissection_next; a stream: more bytes are needed */
	DONE,      /* read to the end; only now may anything be emitted */
	MALFORMED, /* breaks its own rules: counted */
	TRUNCATED, /* the snap length cut it: not its fault */
};

struct flow;
struct stream;
struct dissector;

/* One packet on its way up. */
struct dissection {
	struct dissect *run;
	struct stats *stats;
	struct packet *packet;
	struct flow *flow;     /* of the packet, once it has one */
	struct stream *stream; /* of the flow, for a dissector in a stream */
	void *state;           /* what the dissector's `open` made */
	unsigned row;          /* of the dissector at work */
	enum carrier carrier;  /* set by dissection_next: what comes next ... */
	uint16_t number;       /* ... and the number that selects it */
	uint8_t signalling; /* enum signalling: what a content was found in; its carrier sets it */
	uint8_t sdp_role;   /* enum sdp_role, where what a content was found in says it */
	uint8_t owner;      /* enum signalling_owner, likewise */
	const struct obs_word *ufrag; /* of the candidates in a content, likewise; or NULL */
	uint8_t content_depth;
	bool gap;  /* a stream: bytes are missing before these */
	bool last; /* a stream: nothing follows these bytes */
};

#define DISSECTOR_NUMBERS_MAX 6

#define STARTS 4 /* bytes of a payload that tell whom to ask */

struct dissector {
	struct dissector_info info;
	enum carrier carrier;
	uint16_t numbers[DISSECTOR_NUMBERS_MAX]; /* those of the carrier that select it */
	uint8_t number_count;
	/* For the life of the run; NULL where it needs nothing. `open` returns NULL without memory.
	 */
	void *(*open)(const struct dissect_options *options);
	void (*close)(void *state);
	bool emits; /* a layer that emits: it ends the packet's way up, and is asked in its turn */
	size_t state_size; /* bytes it remembers of a flow, see dissection_flow_state; 0: none */
	/* By shape: the kinds of observation that all its work is for, a mask; where nobody wants
	 * one of them it is not asked. 0: it opens what others read, and is always asked. */
	uint32_t tells;
	/* By shape: the first bytes its payload may start with (RFC 7983 shares them out among the
	 * protocols of one flow), and whether a payload that does has its shape. Cheap: every
	 * datagram, and every stream's start, that begins so is asked about. */
	uint8_t first_min, first_max;
	/* Or NULL. Whether the payload's byte `at`, one of the first STARTS, may be this. Asked
	 * once for each byte there is, so that what it rules out costs no call of `probe`. */
	bool (*allows)(unsigned at, uint8_t byte);
	bool (*probe)(struct reader r);
	/* Over UDP, or NULL: the shape of what only means something in a flow that is known already
	 * (a QUIC short header says nothing by itself). It opens no flow. Asked where `probe` says
	 * no. */
	bool (*follows)(struct reader r);
	/* Over UDP the reader holds a datagram. In a stream it holds the bytes so far, in order:
	 * the dissector takes whole messages and leaves the rest, which comes again with more
	 * behind it; packet->from_opener tells the direction; NOT_MINE gives the stream up. */
	enum verdict (*dissect)(struct dissection *d, struct reader *r);
	/* Over UDP, or NULL: a datagram of the flow did not arrive (ICMP). Asked about every such
	 * flow; the packet at work has the ends of one that comes back. */
	void (*refused)(struct dissection *d);
	/* In a stream, or NULL: the sender is done, and all that it sent has been read. */
	void (*end)(struct dissection *d);
	/* In a stream, or NULL: it was reset by the sender of the packet at work. */
	void (*reset)(struct dissection *d);
};

/* For a layer: hands what is left of its reader on. */
static inline enum verdict dissection_next(
	struct dissection *d, enum carrier carrier, uint16_t number)
{
	d->carrier = carrier;
	d->number = number;
	return MORE;
}

/* What a failed reader means. */
static inline enum verdict reader_verdict(const struct reader *r)
{
	if (!r->failed)
		return DONE;
	return r->cut ? TRUNCATED : MALFORMED;
}

/* For a layer with IP in it: what was the IP header so far becomes the outer one. */
static inline void dissection_enter_ip(struct dissection *d)
{
	struct packet *p = d->packet;
	if (p->has_ip && p->outer_src.family == ADDR_NONE) {
		p->outer_src = p->src.addr;
		p->outer_dst = p->dst.addr;
	}
	p->has_ip = true;
	p->ip_depth = p->depth;
}

/* For an IP layer: keeps a fragment. True when it completes its packet, which is then in *r, and
 * f->protocol is what it carries. */
struct fragment;
bool dissection_defrag(struct dissection *d, struct fragment *f, struct reader *r);

/* What this dissector remembers of this flow, both directions alike: `state_size` bytes, zero at
 * first, gone with the flow; or before, when all are taken and the flow was quiet for a while. NULL
 * when no other flow was: do without. Both are counted. */
void *dissection_flow_state(struct dissection *d);

/* The same where it was asked for before; else NULL, and nothing is taken. */
void *dissection_flow_known(struct dissection *d);

/* Announces datagrams to and from `at`: the row named `name` will read them, whatever their shape.
 * Bounded, and forgotten when nothing came for a while. */
void dissection_expect(struct dissection *d, const struct endpoint *at, const char *name);

/* Was `at` announced for the dissector at work? */
bool dissection_expected(const struct dissection *d, const struct endpoint *at);

/* Dissects a whole packet inside this one's payload, from the named layer on. */
void dissection_inner(struct dissection *d, enum encapsulation wrapped, enum carrier carrier,
	uint16_t number, const struct reader *r);

/* Dissects a datagram that was relayed in this one's payload, as if it went from `src` to `dst`. */
void dissection_relayed(struct dissection *d, enum encapsulation wrapped,
	const struct endpoint *src, const struct endpoint *dst, const struct reader *r);

/* Dissects a body found inside a message; CONTENT_UNKNOWN is told by its shape. Bounded in depth.
 */
void dissection_content(struct dissection *d, enum content content, const struct reader *r);

/* From here on the stream, in both directions, speaks another protocol: that of the row named
 * `name`, or with NULL one that is to be found out anew (what a proxy carries). */
void dissection_become(struct dissection *d, const char *name, enum encapsulation wrapped);

/* After dissection_become with a name: what that dissector will remember of the flow, for what it
 * has to be told. NULL as with dissection_flow_state. */
void *dissection_become_state(struct dissection *d);

/* Packet time so far: late frames do not turn it back. */
uint64_t dissection_now(const struct dissection *d);

/* Does anybody want observations of this kind? */
bool dissection_wants(const struct dissection *d, enum observation_kind kind);

/* An empty observation of this kind with its head filled from the packet; and the way out. */
void dissection_observe(
	const struct dissection *d, enum observation_kind kind, struct observation *o);
void dissection_emit(const struct dissection *d, const struct observation *o);

/* Makes of what was emitted an empty part of this kind to follow it: its head stays. */
void dissection_part(struct observation *o, enum observation_kind kind);

/* Puts wire bytes into an observation, cut to what it holds. */
void obs_text_set(struct obs_text *out, struct reader r);
void obs_word_set(struct obs_word *out, struct reader r);

#endif
