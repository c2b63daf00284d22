/*
 * WebSocket, shared by the files that read it, and by the HTTP dissector for its handshake: what
 * the two ends agreed on (RFC 6455 §4, RFC 7692 §7.1), and the messages that are put together out
 * of frames. Window sizes are left out of the terms: the largest reads them all.
 */
#ifndef SEEP_DISSECT_WEBSOCKET_H
#define SEEP_DISSECT_WEBSOCKET_H

#include "dissect/dissector.h"
#include "dissect/held.h"

#define WEBSOCKET_MESSAGE_MAX 65536 /* bytes of a message that are read */
#define WEBSOCKET_MESSAGES    512   /* put together at a time */
#define WEBSOCKET_WINDOWS     1024  /* decompressors at a time, one for each direction */

/* What the dissector remembers of a flow starts with these: the HTTP dissector writes them. */
struct websocket_terms {
	bool known;       /* there was a handshake, or these are guessed */
	bool mqtt;        /* the subprotocol (MQTT 5.0 §6) */
	bool from_opener; /* the client opened the flow, as far as the capture shows */
	bool deflate;     /* permessage-deflate */
	bool client_no_takeover, server_no_takeover; /* each message starts with an empty window */
};

/* A message of one direction, while it is put together. */
struct websocket_message {
	uint64_t in, out; /* of the decompressor */
	uint32_t length;  /* kept so far */
	uint8_t content;  /* enum content, as its ends agreed on */
	uint8_t owner;    /* enum signalling_owner: by who sends in this direction */
	bool open;        /* it began, and has not ended */
	bool deflated;
	bool dropped;  /* it is not read any more */
	bool keeps;    /* the window, to the next message */
	bool windowed; /* a window is held */
	bool lost;     /* it is gone: what is compressed cannot be read any more */
};

/* For the run. */
struct websocket_state {
	struct held messages, windows;
};

void websocket_message_begin(struct dissection *d, struct websocket_message *m, bool deflated);
void websocket_message_add(struct dissection *d, struct websocket_message *m, struct reader part);
/* It is complete: hands it on. */
void websocket_message_end(struct dissection *d, struct websocket_message *m);
/* Bytes are missing. */
void websocket_message_lose(struct dissection *d, struct websocket_message *m);

#endif
