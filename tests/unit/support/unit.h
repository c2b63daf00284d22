/* What every test program needs before it can say anything: cmocka and the headers it wants. */
#ifndef SEEP_TESTS_UNIT_SUPPORT_UNIT_H
#define SEEP_TESTS_UNIT_SUPPORT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#define SECOND_NS UINT64_C(1000000000)

/* A copy in a block of exactly this size, so that a sanitizer sees the first byte read too far.
 * free() it. */
static inline uint8_t *heap_copy(const void *bytes, size_t length)
{
	uint8_t *copy = malloc(length);
	assert_true(copy != NULL || length == 0);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

#endif
