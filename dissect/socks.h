/*
 * The addresses that SOCKS names targets by (RFC 1928 §5), in streams and in relayed datagrams.
 */
#ifndef SEEP_DISSECT_SOCKS_H
#define SEEP_DISSECT_SOCKS_H

#include "dissect/dissector.h"

struct socks_target {
	struct endpoint address; /* none when it is a name */
	struct obs_word name;
	uint16_t port;
};

/* Type, address or name, port. A type that does not exist fails the reader. */
void socks_target_read(struct reader *r, struct socks_target *target);

#endif
