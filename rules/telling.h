/*
 * What a client tells of itself in readable signalling: candidates, session descriptions, heads of
 * SIP. Whether its words are its own, who hears them, and what an address in them gives away.
 * Private to rules/.
 */
#ifndef SEEP_RULES_TELLING_H
#define SEEP_RULES_TELLING_H

#include "rules/detection.h"

/* Somebody to judge says something of itself to somebody outside its own network. */
struct telling {
	const struct addr *client, *listener;
	enum path path; /* of the signalling: how it got there changes nothing about what it says */
	bool phone;     /* in SIP, whose programs know of no mDNS names and tell all they have */
	bool stranger;  /* who hears it is not in a private network */
	bool inside;    /* seen within the tunnel: `client` is its address there */
	bool outside;   /* seen around tunnel and proxy: `client` is what others see */
	bool guessed;   /* that it is a client of ours, only the hop limit says */
	const struct knowledge *knowledge;
	const struct policy_terms *terms;
	struct expectation expected;
};

/* How much an address gives away; later is worse. */
enum given {
	GIVEN_NOTHING,
	GIVEN_INNER,    /* where it is in the tunnel */
	GIVEN_DOUBTFUL, /* a global address that may be an exit nobody declared */
	GIVEN_PRIVATE,  /* where it is in its own network */
	GIVEN_REAL,     /* where it is in the Internet */
};

/* False where a server, a peer or nobody to judge speaks, or where it stays in the LAN. For
 * CANDIDATE, SESSION and HTTP. */
bool telling_read(const struct judgement *j, const struct observation *o, struct telling *out);

/* Nothing, where nothing is expected of the client, or it was told the same by others before. */
enum given telling_given(const struct telling *t, const struct endpoint *told);

/* An alert about the address told (or none), with a severity to match. */
struct alert telling_alert(const struct judgement *j, const struct observation *o,
	const struct telling *t, const struct endpoint *told);

/* Raises it, if the address gives away anything. */
void telling_raise(const struct judgement *j, const struct observation *o, const struct telling *t,
	const struct endpoint *told);

/* To tell whether two words are the same without keeping them; never 0. */
uint32_t word_hash(const struct obs_word *word);

#endif
