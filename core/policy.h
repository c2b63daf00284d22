/*
 * What the judged clients may do, as the user declared it: on the command line for everybody, in a
 * policy file for some. Read once, then const; what is learned from the wire lives in rules/.
 *
 * It is filled from the top: what is added before the first policy_entry_begin() is everybody's,
 * what follows is that entry's until its policy_entry_end(), which adds everybody's to it.
 */
#ifndef SEEP_CORE_POLICY_H
#define SEEP_CORE_POLICY_H

#include "core/addr.h"
#include "core/alert.h"
#include "core/source.h"

#include <stdbool.h>
#include <stdint.h>

#define POLICY_LIST_MAX        4096 /* of each kind of declaration, over all entries */
#define POLICY_ENTRIES_MAX     1024
#define POLICY_ALLOWS_MAX      1024
#define POLICY_SUPPRESSION_MAX 256
#define POLICY_WHY_MAX         128 /* bytes of a reason, with its NUL */

/* A tunnel is known by its interface's name, or by its far end. */
struct policy_tunnel {
	char interface[INTERFACE_NAME_MAX]; /* "" when it is an endpoint */
	struct endpoint far_end;            /* port 0: any */
};

/* Traffic that goes around the tunnel on purpose. */
struct policy_allow {
	struct prefix to;
	uint64_t protocols; /* a bit for each IANA number below 64; none: any protocol */
	char why[POLICY_WHY_MAX];
};

/* A part of one of the lists below. */
struct policy_span {
	uint32_t first, count;
};

/* What is expected of a client, or granted to it. */
struct policy_terms {
	struct policy_span egress, tunnel, proxy, resolver, allow;
	bool relay_only; /* only relayed candidates may be used */
};

enum policy_match_kind { MATCH_PREFIX, MATCH_MAC, MATCH_SELF };

/* Whom an entry is about. */
struct policy_match {
	uint8_t kind; /* enum policy_match_kind */
	uint8_t mac[6];
	struct prefix prefix;
	uint32_t entry;
};

/* At most `count` in each window of packet time, and one more for each that is graver than those; 0
 * is no limit. */
struct policy_limit {
	uint32_t count;
	uint64_t window_ns;
};

/* Findings the user does not want to hear of: those that all of its members are true of. */
struct policy_suppression {
	uint32_t signature_id;        /* 0: any detection */
	struct prefix client, leaked; /* no address: any */
	struct policy_limit limit;    /* what may be told nevertheless; 0: nothing */
};

enum policy_per { PER_CLIENT, PER_RUN };

struct policy {
	uint32_t egresses, tunnels, proxies, resolvers, allows;
	struct prefix egress[POLICY_LIST_MAX];
	struct policy_tunnel tunnel[POLICY_LIST_MAX];
	struct endpoint proxy[POLICY_LIST_MAX];
	struct endpoint resolver[POLICY_LIST_MAX];
	struct policy_allow allow[POLICY_ALLOWS_MAX];

	uint32_t clients; /* whom to judge and nobody else; empty: every local client seen */
	struct prefix client[POLICY_LIST_MAX];

	uint32_t entries, matches;
	struct policy_terms terms[POLICY_ENTRIES_MAX + 1]; /* the first is everybody's */
	struct policy_match match[POLICY_LIST_MAX];

	enum severity min_severity; /* findings below it are counted, not reported */
	uint64_t window_ns;         /* a repeated finding is reported again once per window */
	enum policy_per per;        /* whose findings the threshold counts together */
	struct policy_limit threshold;
	uint32_t suppressions;
	struct policy_suppression suppression[POLICY_SUPPRESSION_MAX];
};

/* Findings of a client reported in a window when the user says nothing: more than any program that
 * leaks raises, and few enough that a scanner does not bury another client's. */
#define POLICY_THRESHOLD 20
#define POLICY_WINDOW_NS (300 * UINT64_C(1000000000))

/* Add what the user wrote. False, with a reason in `*why` (static text), when it is no such thing
 * or the list is full. */
bool policy_add_egress(struct policy *p, const char *text, const char **why);
bool policy_add_tunnel(struct policy *p, const char *text, const char **why);
bool policy_add_proxy(struct policy *p, const char *text, const char **why);
bool policy_add_resolver(struct policy *p, const char *text, const char **why);
/* Whom to judge. */
bool policy_add_client(struct policy *p, const char *text, const char **why);

/* Starts an entry of its own, and ends it. */
bool policy_entry_begin(struct policy *p, const char **why);
bool policy_entry_end(struct policy *p, const char **why);

/* Back to what was declared before the first entry, and no suppressions and thresholds: for a file
 * that is read again. */
void policy_reset(struct policy *p);

/* Whom the entry is about: a prefix, a MAC address or "self", the host that captured. What another
 * match says already is refused. */
bool policy_add_match(struct policy *p, const char *text, const char **why);

/* A new row of its kind, zero, to be filled in; NULL when there is no room. */
struct policy_allow *policy_add_allow(struct policy *p);
struct policy_suppression *policy_add_suppression(struct policy *p);

/* A client, as far as it is known. */
struct policy_subject {
	const struct addr *addr;
	const uint8_t *mac; /* or NULL */
	bool self;          /* it is the host that captured */
};

/* The entry about this client, an index into `terms`; 0 when there is none. Of several the most
 * exact decides: a MAC address, then the longest prefix, then "self". */
uint32_t policy_entry_find(const struct policy *p, const struct policy_subject *who);

/* Do these terms let a client speak to this address with this protocol? */
bool policy_allows(const struct policy *p, const struct policy_terms *terms, const struct addr *to,
	uint8_t protocol);

#endif
