/*
 * The parts of SOCKS that have a shape: greetings, SOCKS 4 requests, and the addresses that targets
 * are named by (RFC 1928 §5), in streams and in relayed datagrams.
 */
#ifndef SEEP_DISSECT_SOCKS_H
#define SEEP_DISSECT_SOCKS_H

#include "dissect/dissector.h"

enum { SOCKS_4 = 4, SOCKS_5 = 5, SOCKS_AUTHENTICATION = 1 };
enum { SOCKS_CONNECT = 1, SOCKS_BIND = 2, SOCKS_ASSOCIATE = 3 };

struct socks_target {
	struct endpoint address; /* none when it is a name */
	struct obs_word name;
	uint16_t port;
};

/* A SOCKS 5 greeting, alone or with what a client that does not wait sends right behind. */
bool socks_greeting_shape(struct reader r);

/* All of a SOCKS 4 request and nothing else; or the start of a long one, cut in two. */
bool socks_request4_shape(struct reader r);

/* A SOCKS 4 or 4a request. MORE when it is not all there, NOT_MINE when it is none. */
enum verdict socks_request4_read(struct reader *r, struct socks_target *target, uint8_t *command);

/* Do these bytes start as requests and replies do behind their code: a reserved byte, then a type
 * of address that there is, and no empty name? */
bool socks_target_starts(struct reader r);

/* Type, address or name, port. A type that does not exist fails the reader. */
void socks_target_read(struct reader *r, struct socks_target *target);

#endif
