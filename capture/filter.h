/*
 * A capture filter: one BPF expression, compiled anew for each link type that frames come with.
 */
#ifndef SEEP_CAPTURE_FILTER_H
#define SEEP_CAPTURE_FILTER_H

#include "core/frame.h"

#include <stdbool.h>

struct filter;

/* Keeps `expression` by reference. NULL without memory. */
struct filter *filter_new(const char *expression);
bool filter_passes(struct filter *f, const struct frame *frame);
void filter_free(struct filter *f);

#endif
