/*
 * What a host name alone tells: whether it means anything outside the LAN, or is one that systems
 * look up by themselves. Names come as they were on the wire, dots between labels, in any case.
 */
#ifndef SEEP_RULES_NAMES_H
#define SEEP_RULES_NAMES_H

#include "core/obs_text.h"

#include <stddef.h>

/* Equal as names: without regard to case (RFC 4343). */
bool name_equal(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);

/* Of the LAN or the company: a single label, a zone that the Internet does not have (RFC 6762,
 * RFC 8375 ...), or the reverse of a private address. Its own resolver is who should know it. */
bool name_is_local(const uint8_t *name, size_t length);

/* Asked by the system before anybody does anything: is there a captive portal, what time is it. */
bool name_is_probe(const uint8_t *name, size_t length);

/* <uuid>.local, as browsers hide host candidates (draft-ietf-mmusic-mdns-ice-candidates §3.1.1). */
bool name_is_hidden_host(const uint8_t *name, size_t length);

#endif
