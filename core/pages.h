/*
 * Memory that is reserved once and costs nothing until it is touched: what every bounded store is
 * made of, so that nothing has to be allocated per packet.
 */
#ifndef SEEP_CORE_PAGES_H
#define SEEP_CORE_PAGES_H

#include <stddef.h>

/* Zeroed; in large pages where the system has them. NULL without address space. */
void *pages_reserve(size_t size);

/* `pages` may be NULL. */
void pages_release(void *pages, size_t size);

#endif
