/*
 * TCP streams put in order (RFC 9293 §3.4), for the dissectors that read them. Bounded: a number of
 * streams, a number of buffers, one buffer a direction; a stream that nobody reads costs its flow's
 * look-up and nothing else.
 *
 * Picks streams up in the middle. Where segments overlap the first bytes to come win, as they do in
 * Windows and BSD for the usual cases; a repetition that differs is counted. A hole is waited for
 * as long as the buffer has room, then stepped over, and the dissector is told.
 */
#ifndef SEEP_DISSECT_STREAM_H
#define SEEP_DISSECT_STREAM_H

#include "core/pool.h"
#include "dissect/dissector.h"

#define STREAMS        65536 /* followed at a time */
#define STREAM_BUFFERS 1024  /* directions that hold bytes at a time */
#define STREAM_BYTES   65536 /* held of one direction */
#define STREAM_RANGES  8     /* runs of bytes behind holes */
#define STREAM_TRIES   4     /* segments looked at before nobody reads the stream */
#define STREAM_START   16    /* bytes that every protocol's shape can be told from */

/* Bytes beyond a hole, as offsets from the side's base. */
struct stream_range {
	uint32_t from, to;
};

/* One direction. */
struct stream_side {
	uint32_t base;   /* sequence number of the first byte not yet consumed */
	uint32_t have;   /* bytes from base on that the buffer holds without a hole */
	uint32_t buffer; /* number in the pool; 0: nothing is held */
	uint8_t row;     /* of the dissector, + 1; 0: not known yet */
	uint8_t tries;
	uint8_t ranges;
	bool synced;                              /* base is known */
	bool started;                             /* from a SYN: nothing came before */
	bool ignored;                             /* nobody reads it */
	bool gap;                                 /* bytes are missing before base */
	struct stream_range range[STREAM_RANGES]; /* ascending, apart */
};

struct stream {
	struct stream_side side[2]; /* from the opener, to the opener */
	uint8_t wrapped;            /* mask of enum encapsulation: carried by a proxy */
	uint8_t reserved[7];
};

struct streams {
	struct pool streams, buffers;
};

bool streams_init(struct streams *s);
void streams_free(struct streams *s);

/* Takes the packet's segment into its stream and lets the dissector read what is in order now. */
void stream_segment(struct dissection *d);

/* The flow is gone: gives back what the stream held. */
void stream_forget(struct streams *s, uint32_t number);

#endif
