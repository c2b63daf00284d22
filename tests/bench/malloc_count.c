/*
 * Preloaded into a program, counts its heap allocations and prints the number on stderr when it
 * ends: a run over ten times the packets must not need more of them. Uses the names under which
 * glibc exports its own allocator, so that no look-up can allocate before the first count.
 *
 * The counter is the one mutable static that cannot be avoided: a preloaded function has nowhere
 * else to keep it.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);

static atomic_ullong allocations;

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	allocations++;
	return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	allocations++;
	return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	*out = aligned_alloc(alignment, size);
	return *out ? 0 : ENOMEM;
}

__attribute__((destructor)) static void allocations_print(void)
{
	char line[64];
	int n = snprintf(line, sizeof line, "allocations %llu\n", allocations);
	if (n > 0)
		(void)!write(STDERR_FILENO, line, (size_t)n);
}
