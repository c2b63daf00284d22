/*
 * HTTP/1.1 (RFC 9112), shared by the files that read it: a head, and what the dissector remembers
 * of a flow between segments.
 */
#ifndef SEEP_DISSECT_HTTP_H
#define SEEP_DISSECT_HTTP_H

#include "dissect/dissector.h"
#include "dissect/held.h"
#include "dissect/inflate.h"
#include "dissect/tunnel.h"
#include "dissect/websocket.h"

#define HTTP_BODY_MAX    65536 /* bytes collected of one body, as sent */
#define HTTP_BODIES      512   /* collected at a time */
#define HTTP_LINE_MAX    1024  /* of a chunk's size and its extensions */
#define HTTP_ANSWERS_MAX 32    /* pipelined requests whose answers are told apart */

#define HTTP_METHOD_SSTP "SSTP_DUPLEX_POST"

enum http_method {
	METHOD_OTHER,
	METHOD_HEAD,
	METHOD_CONNECT,
	METHOD_TUNNEL,
	METHOD_POST,
	METHOD_PATCH,
};

/* What a request asks for, besides what a proxy is asked. */
enum http_tunnel {
	HTTP_NO_TUNNEL,
	HTTP_SSTP,
	HTTP_ANYCONNECT,
	HTTP_CONNECT_UDP,
	HTTP_CONNECT_IP,
};

/* A head; readers point into it. */
struct http_head {
	bool request, broken;            /* framing that nobody may guess at */
	bool chunked, has_length, coded; /* coded: a transfer coding besides chunked */
	bool websocket;                  /* Upgrade: websocket */
	bool upgrade;                    /* Upgrade: anything */
	bool proxied;                    /* absolute-form or CONNECT */
	bool sdp;                        /* WHIP or WHEP ... */
	bool fragment;                   /* ... and no whole description (RFC 8840) */
	bool of_interest;                /* the body */
	uint8_t method;                  /* enum http_method */
	uint8_t tunnel;                  /* enum http_tunnel */
	uint8_t content;                 /* enum content */
	struct codings coding, transfer; /* of the body: what was done first, and then */
	uint16_t status;
	uint64_t length;
	struct reader method_name, target, host, content_type;
	struct endpoint forwarded;
	struct websocket_terms terms;
};

enum http_mode {
	HTTP_HEAD, /* a message is to start */
	HTTP_LENGTH,
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_END,
	HTTP_TRAILER,
	HTTP_CLOSE,  /* a body up to the end of the stream */
	HTTP_WAIT,   /* a client that asked for another protocol: what follows is in either */
	HTTP_LOST,   /* after a gap: until a message starts a segment */
	HTTP_TUNNEL, /* no HTTP any more, see http_tunnel.c */
};

/* One direction. */
struct http_side {
	uint64_t left;     /* of the body or the chunk */
	uint32_t searched; /* of a head that is not whole */
	uint32_t length;   /* collected of the body */
	uint16_t lines;    /* of the trailer */
	uint8_t mode;      /* enum http_mode */
	uint8_t content;   /* enum content */
	struct codings coding;
	uint8_t signalling; /* enum signalling, and what is known of the body by its message: */
	uint8_t role, owner;
	bool collect; /* the body is of interest, and all of it so far is there */
	bool streams; /* the body has no end: whole lines are handed on as they come */
	bool said;    /* a head of this direction was shown */
	bool lost;    /* a tunnel: its framing */
};

/* What its answer has to be read by. */
struct http_asked {
	uint8_t method; /* enum http_method */
	bool sdp;       /* it had a session description */
};

struct http_flow {
	struct http_side side[2];                  /* from the opener, to the opener */
	struct http_asked asked[HTTP_ANSWERS_MAX]; /* requests not answered, the oldest first */
	uint8_t asked_count;
	bool answered;   /* a response was seen */
	bool connecting; /* the last request was a CONNECT */
	uint16_t target_port;
	struct endpoint target; /* of the last CONNECT */
	struct obs_word target_name;
	struct tunnel_way way[2]; /* of the tunnel */
	uint8_t tunnel;           /* enum http_tunnel: asked for last */
	bool tunnel_opened;       /* by the flow's opener */
	bool down;                /* the tunnel's end was said */
};

/* For the run. */
struct http_state {
	struct held bodies;
	struct inflate inflate;
};

/* Does a request or a response start here? */
bool http_probe(struct reader r);

/* Reads a whole head; false when it is no HTTP/1 after all. */
bool http_head_read(struct reader head, struct http_head *h);

/* Who a proxy is asked for: the authority of the target, and its port where it has one. */
struct reader http_target(const struct http_head *h, uint16_t *port);

/* Takes what it can of a body off `r`. MORE when the bytes end, DONE when the body did or the mode
 * changed. */
enum verdict http_body_read(struct dissection *d, struct http_side *side, struct reader *r);

/* The body is complete: hands it on. */
void http_body_finish(struct dissection *d, struct http_side *side);

/* Bytes are missing: what was collected is worth nothing. */
void http_body_drop(struct dissection *d, struct http_side *side);

#endif
