/*
 * What two packets of one flow have in common, whichever way they go: both endpoints, put in order,
 * and the protocol. And the number that a flow is known by in every record.
 */
#ifndef SEEP_CORE_FLOW_KEY_H
#define SEEP_CORE_FLOW_KEY_H

#include "core/addr.h"

struct flow_key {
	uint8_t low[16], high[16]; /* the endpoint that compares lower, and the other */
	uint16_t low_port, high_port;
	uint8_t family;    /* enum addr_family */
	uint8_t protocol;  /* IANA protocol number */
	uint16_t reserved; /* zero: a key is compared and hashed as bytes */
};

/* Writes the key; true when `src` is its high end. */
bool flow_key_make(struct flow_key *key, const struct endpoint *src, const struct endpoint *dst,
	uint8_t protocol);

/* 51 bits (larger integers lose digits in JavaScript and much JSON) from the key and the flow's
 * first packet time: the same in every run, and different when a 5-tuple is used again. */
uint64_t flow_id(const struct flow_key *key, uint64_t first_ns);

#endif
