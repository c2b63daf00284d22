/*
 * SIP messages (RFC 3261 §7), shared by the dissectors that meet them: in datagrams, in streams,
 * and in the messages of a WebSocket (RFC 7118).
 */
#ifndef SEEP_DISSECT_SIP_H
#define SEEP_DISSECT_SIP_H

#include "dissect/dissector.h"

#define SIP_BODY_MAX  24576 /* larger ones are stepped over */
#define SIP_ASKED_MAX 8     /* offers, or requests for one, that are remembered of a flow */

/* An INVITE or UPDATE: what its answers have to be read by. */
struct sip_asked {
	uint32_t hash; /* of the transaction; 0: none */
	bool offered;  /* it had a body */
};

/* What a dissector remembers of a flow; each starts its memory with it. */
struct sip_flow {
	struct endpoint external; /* told last, and when */
	uint64_t external_ns;
	struct sip_asked asked[SIP_ASKED_MAX]; /* the oldest makes way */
	uint8_t next;
};

/* A head; readers point into it. */
struct sip_head {
	bool request, broken, has_length, coded;
	uint16_t status;
	uint64_t length;
	struct reader method, uri, type;
	struct reader via;            /* the first: of who is answered */
	struct reader origin;         /* the last: who sent it first */
	struct reader contact;        /* the first */
	struct reader call, sequence; /* Call-ID, CSeq */
	unsigned vias;
};

/* Does a message start here? A start line that is whole has to be right to its end. */
bool sip_shape(struct reader r);

/* May byte `at` of a message, one of the first four, be this? */
bool sip_allows(unsigned at, uint8_t byte);

/* Reads a whole head; false when it is no SIP. */
bool sip_head_read(struct reader head, struct sip_head *h);

/* What the message says: emits, and hands its body on. `f` may be NULL. */
void sip_message(
	struct dissection *d, struct sip_flow *f, const struct sip_head *h, struct reader body);

/* A message that fills the reader, as in a datagram. */
enum verdict sip_whole(struct dissection *d, struct sip_flow *f, struct reader *r);

#endif
