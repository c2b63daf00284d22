/*
 * What an alert says, as lists of words and as the ends of a connection: shared by the outputs that
 * are not EVE records. Names in it are as on the wire: whoever prints them cleans them.
 */
#ifndef SEEP_OUTPUT_FACTS_H
#define SEEP_OUTPUT_FACTS_H

#include "core/alert.h"
#include "output/format.h"

/* "198.51.100.23, host.example": addresses, then names. */
void facts_leaked(struct strip *s, const struct alert *a);

/* "203.0.113.7 and more (learned from this traffic)" */
void facts_expected(struct strip *s, const struct alert *a);

/* "a.pcap, frames 3, 4; b.pcap, frame 7" */
void facts_evidence(struct strip *s, const struct alert *a, const struct source_table *sources);

/* "high, stage gathered; may be taken back" */
void facts_grade(struct strip *s, const struct alert *a);

/* "12 packets, 1.2 KiB, to 3 addresses, 2026-11-21 00:11:32 to 00:11:40 UTC, 8.000 s" */
void facts_traffic(struct strip *s, const struct alert_traffic *traffic);

/* The name of the capture that the evidence lies in, or NULL. */
const char *facts_capture(const struct alert *a, const struct source_table *sources);

/* The interface it was seen on, or NULL where it has no name. */
const char *facts_interface(const struct alert *a, const struct source_table *sources);

/* Client and other side, whichever of them sent the packet that the alert points at. */
struct facts_ends {
	struct endpoint client, server;         /* without an address where not known */
	const uint8_t *client_mac, *server_mac; /* NULL where not known */
};
struct facts_ends facts_ends(const struct alert *a);

/* "udp" and so on, or NULL. */
const char *facts_transport(const struct alert *a);

#endif
