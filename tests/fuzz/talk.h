/*
 * For dissectors with a memory: one input is a talk of several messages, so that runs, states and
 * answers are reached. Each message is a byte of flags and a length in two bytes, then its bytes.
 */
#ifndef SEEP_TESTS_FUZZ_TALK_H
#define SEEP_TESTS_FUZZ_TALK_H

#include <stddef.h>
#include <stdint.h>

/* The messages as datagrams between two ends at port 4500, or as packets of this IP protocol. */
int talk_datagrams(uint8_t protocol, const uint8_t *data, size_t size);

/* The messages as segments of one TCP stream, which starts with its SYN. */
int talk_stream(const uint8_t *data, size_t size);

/* The messages as datagrams that a SOCKS proxy relays, behind the stream that asked it to. */
int talk_associated(const uint8_t *data, size_t size);

#endif
