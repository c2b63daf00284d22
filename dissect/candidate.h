/*
 * One ICE candidate, put together from words: the same values stand in an SDP line (RFC 8839 §5.1)
 * and in the attributes of a Jingle element (XEP-0176, XEP-0371).
 */
#ifndef SEEP_DISSECT_CANDIDATE_H
#define SEEP_DISSECT_CANDIDATE_H

#include "dissect/dissector.h"

/* Those up to PART_PORT stand in this order in an SDP line. */
enum candidate_part {
	PART_FOUNDATION,
	PART_COMPONENT,
	PART_TRANSPORT,
	PART_PRIORITY,
	PART_ADDRESS,
	PART_PORT,
	PART_TYPE,
	PART_RELATED_ADDRESS,
	PART_RELATED_PORT,
	PART_TCPTYPE,
	PART_GENERATION,
	PART_UFRAG,
	PART_NETWORK_ID,
	PART_NETWORK_COST,
};

/* A name of a part; lists of them end with a NULL name. */
struct candidate_name {
	const char *name;
	enum candidate_part part;
};

/* False when the word is no value of this part; then the candidate is as it was. */
bool candidate_set(struct obs_candidate *c, enum candidate_part part, struct reader word);

/* The same by name; names that are not in the list are passed over: true. */
bool candidate_set_named(struct obs_candidate *c, const struct candidate_name *names,
	struct reader name, struct reader word);

/* What follows "candidate:". False when it breaks the grammar before its extensions. */
bool candidate_read(struct obs_candidate *c, struct reader line);

/* Carrier and role are filled in from the dissection, and the user name fragment where the
 * candidate has none. */
void candidate_emit(const struct dissection *d, const struct obs_candidate *c, uint8_t role,
	const struct obs_word *ufrag);

/* Does a text start as one that may hold candidates: a description, a candidate line, or JSON? */
bool candidate_text(struct reader text);

#endif
