/*
 * Flows that another flow announced: an endpoint, and the dissector that reads the datagrams to and
 * from it although no shape tells (SOCKS UDP ASSOCIATE, RFC 1928 §7). Bounded, oldest out first; an
 * announcement is forgotten when nothing came for EXPECT_LIFE_NS.
 */
#ifndef SEEP_DISSECT_EXPECT_H
#define SEEP_DISSECT_EXPECT_H

#include "core/addr.h"
#include "core/table.h"
#include "dissect/served.h"

#define EXPECT_MAX     4096
#define EXPECT_LIFE_NS (300 * UINT64_C(1000000000)) /* as long as an idle flow lives */

struct expect {
	struct table table;
	struct served served; /* flows that proxies of this host will open */
};

bool expect_init(struct expect *e);
void expect_free(struct expect *e);

/* From now on `at` is read by this row; a later announcement replaces an earlier one. */
void expect_add(struct expect *e, const struct endpoint *at, unsigned row, uint64_t now_ns);

/* The row + 1 that reads datagrams to or from `at`, or 0; asking keeps the announcement alive. */
unsigned expect_row(struct expect *e, const struct endpoint *at, uint64_t now_ns);

#endif
