/*
 * What the judged clients may do, as the user declared it. Read once, then const; what is learned
 * from the wire lives in rules/.
 */
#ifndef SEEP_CORE_POLICY_H
#define SEEP_CORE_POLICY_H

#include "core/addr.h"
#include "core/alert.h"
#include "core/source.h"

#include <stdbool.h>
#include <stdint.h>

#define POLICY_LIST_MAX 256

/* A tunnel is known by its interface's name, or by its far end. */
struct policy_tunnel {
	char interface[INTERFACE_NAME_MAX]; /* "" when it is an endpoint */
	struct endpoint far_end;            /* port 0: any */
};

struct policy {
	uint32_t egresses, tunnels, proxies, clients;
	struct prefix egress[POLICY_LIST_MAX];
	struct policy_tunnel tunnel[POLICY_LIST_MAX];
	struct endpoint proxy[POLICY_LIST_MAX];
	struct prefix client[POLICY_LIST_MAX]; /* empty: every local client seen */
	enum severity min_severity;            /* findings below it are counted, not reported */
	uint64_t window_ns; /* a repeated finding is reported again once per window */
};

#define POLICY_WINDOW_NS (300 * UINT64_C(1000000000))

/* Add what the user wrote. False, with a reason in `*why` (static text), when it is no such thing
 * or the list is full. */
bool policy_add_egress(struct policy *p, const char *text, const char **why);
bool policy_add_tunnel(struct policy *p, const char *text, const char **why);
bool policy_add_proxy(struct policy *p, const char *text, const char **why);
bool policy_add_client(struct policy *p, const char *text, const char **why);

#endif
