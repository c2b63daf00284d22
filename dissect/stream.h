/*
 * TCP streams put in order (RFC 9293 §3.4), for the dissectors that read them. Bounded: a number of
 * streams, a number of buffers, one buffer a direction. A stream that nobody reads costs its flow's
 * look-up and nothing else, and a connection that never carries a byte costs no stream.
 *
 * Picks streams up in the middle. Where segments overlap the first bytes to come win, as they do in
 * Windows and BSD for the usual cases; a repetition that differs is counted. A hole is waited for
 * as long as the buffer has room and the receiver does not acknowledge it: what it has and the
 * capture has not will not come. It is then stepped over, and the dissector is told. One segment
 * far from all others is left out; two that follow one another are believed. A SYN with another
 * number is another connection; an RST counts only where the next byte would stand (RFC 5961 §3.2).
 */
#ifndef SEEP_DISSECT_STREAM_H
#define SEEP_DISSECT_STREAM_H

#include "core/pool.h"
#include "dissect/dissector.h"
#include "dissect/window.h"

#define STREAMS        65536              /* followed at a time */
#define STREAM_BUFFERS 1024               /* directions that hold bytes at a time */
#define STREAM_TRIES   4                  /* segments looked at before nobody reads the stream */
#define STREAM_START   16                 /* bytes that every protocol's shape can be told from */
#define STREAM_TURNS   4                  /* protocols that one segment can go through */
#define STREAM_AHEAD   (2 * WINDOW_BYTES) /* further from the bytes so far it is another place */
#define STREAM_BEHIND  (16 << 20)         /* and as far back no repetition any more */
#define STREAM_ACKS    2                  /* that say a hole was received before it is given up */
#define STREAM_PLACES  4096               /* of what is known about pairs of ports */

/* Flags of a TCP header, RFC 9293 §3.1. */
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

/* One direction. */
struct stream_side {
	struct window window;
	uint32_t buffer; /* number in the pool; 0: nothing is held */
	uint32_t far;    /* the sequence number behind a segment that was left out */
	uint32_t end;    /* `ended`: the sequence number of its FIN */
	uint8_t row;     /* of the dissector, + 1; 0: not known yet */
	uint8_t tries;
	bool synced;  /* window.base is known */
	bool started; /* from a SYN: nothing came before */
	bool ended;
	bool ignored; /* nobody reads it */
	bool gap;     /* bytes are missing before window.base */
	bool holey;   /* counted in streams.holes */
	uint8_t acks; /* of bytes behind its first hole */
	uint8_t reserved[3];
};

enum claimant { CLAIM_NONE, CLAIM_OPENER, CLAIM_OTHER };

struct stream {
	struct stream_side side[2]; /* from the opener, to the opener */
	uint32_t number;            /* its own in the pool */
	uint32_t claimed;           /* first byte of another connection, says a SYN ... */
	uint8_t claimant;           /* ... of this side; CLAIM_NONE: there was none */
	uint8_t wrapped;            /* mask of enum encapsulation: carried by a proxy */
	bool busy;                  /* its dissector is at work */
	bool gone;                  /* its flow went meanwhile */
	uint16_t place;             /* in streams.holes */
	uint8_t reserved[2];
};

struct streams {
	struct pool streams, buffers;
	uint32_t owner[STREAM_BUFFERS + 1]; /* of a buffer: stream number << 1 | side */
	uint32_t hand;                      /* the buffer that made way last */
	/* Directions with a hole, all and by their ports: elsewhere a segment that only
	 * acknowledges is not looked at. */
	uint32_t holey, holes[STREAM_PLACES];
};

/* Where streams between these ports are counted. */
static inline unsigned stream_place(uint16_t one, uint16_t other)
{
	return (one ^ other) % STREAM_PLACES;
}

bool streams_init(struct streams *s);
void streams_free(struct streams *s);

/* A segment without bytes: may it tell of a hole that it was received? */
bool stream_heard(const struct streams *s, const struct packet *p);

/* Takes the packet's segment into its stream and lets the dissector read what is in order now. */
void stream_segment(struct dissection *d);

/* The flow is gone: gives back what the stream held. */
void stream_forget(struct streams *s, uint32_t number);

#endif
