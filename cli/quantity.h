/* Amounts as people write them in a policy: a number, with its unit where it has one. */
#ifndef SEEP_CLI_QUANTITY_H
#define SEEP_CLI_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/* Digits only, no larger than `most`. */
bool quantity_number(const char *text, uint64_t most, uint64_t *out);

/* 30s, 5m, 1h, 1d in nanoseconds, up to a year; never 0. */
bool quantity_time(const char *text, uint64_t *out_ns);

/* 4096B, 64KiB, 512MiB, 2GiB in bytes, up to 1024 GiB. */
bool quantity_size(const char *text, uint64_t *out);

#endif
