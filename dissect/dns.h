/*
 * DNS messages (RFC 1035 §4), for the dissectors that carry them: over UDP, and over TCP with a
 * length in front. Private to these.
 */
#ifndef SEEP_DISSECT_DNS_H
#define SEEP_DISSECT_DNS_H

#include "dissect/dissector.h"

#define DNS_HEADER_SIZE 12
#define DNS_LABEL_MAX   63
#define DNS_POINTER     0xc0 /* both upper bits of a label's length: the rest is an offset */
#define DNS_NAME_MAX    255  /* bytes on the wire, the root's included */
#define DNS_JUMPS_MAX   64   /* compression pointers followed for one name */
#define DNS_RECORDS_MAX 32   /* address records told of one message */

/* Does a message start like this? `length` is that of the whole message, of which a stream may not
 * have all yet. What the snap length cut must hold the first name, type and class. */
bool dns_shape(struct reader r, size_t length);

/* May the third byte of a message be this? It holds the operation. */
bool dns_opcode_known(uint8_t byte);

/* Reads a whole message and emits it. */
enum verdict dns_message_dissect(
	struct dissection *d, const struct reader *message, enum dns_transport transport);

/* Steps over a name. False where the bytes are none; when they only end too soon, the reader has
 * failed. */
bool dns_name_skip(struct reader *r);

/* The name at `at` within the message `whole`, with dots between its labels. Each compression
 * pointer must point lower than the name's bytes so far (RFC 1035 §4.1.4: "a prior occurrence"), so
 * no name is walked in a circle. False where it is no name. */
bool dns_name_read(const struct reader *whole, struct reader at, struct obs_text *out);

/* Is the name an encoded NetBIOS name (RFC 1001 §14.1)? If so, the name in its place, without the
 * padding and the suffix. */
bool dns_name_is_netbios(const struct obs_text *name);
void dns_name_decode_netbios(struct obs_text *name);

#endif
