/*
 * Sentences that several detections share, so that one fact is always said in the same words.
 */
#ifndef SEEP_RULES_DESCRIBE_H
#define SEEP_RULES_DESCRIBE_H

#include "core/alert.h"

/* Who told what to whom, as text; "-" for what the alert does not have. */
struct describe_names {
	char client[ADDR_TEXT_MAX], leaked[ADDR_TEXT_MAX], server[ENDPOINT_TEXT_MAX];
};

/* What every `describe` starts with: both texts empty, and the names that go into them. */
void describe_begin(struct alert *a, struct describe_names *names);

/* Appends to a text of ALERT_TEXT_MAX bytes; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) void describe_append(char *text, const char *format, ...);

/* "; its traffic should have come out of A or B" or what is known instead. */
void describe_expected(struct alert *a);

/* "a, b and c": the names given away, or "names" where none is known. */
void describe_given_names(struct alert *a);
/* Who told it, as a->detail of what describe_told describes. */
enum teller { TELLER_PAGE, TELLER_PHONE };

/* What a client said of itself in signalling, `where` in it ("a host candidate"), and what to do.
 */
void describe_told(struct alert *a, const char *where);

/* What to do about UDP that goes around a tunnel or proxy, for the address family that was seen. */
void describe_remedy(struct alert *a);

#endif
