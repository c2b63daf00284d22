/* Large pages matter: entries are met in random order, and finding the page would cost as much as
 * finding the entry. */
#include "core/pages.h"

#include <sys/mman.h>

void *pages_reserve(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages == MAP_FAILED)
		return NULL;
	madvise(pages, size, MADV_HUGEPAGE);
	return pages;
}

void pages_release(void *pages, size_t size)
{
	if (pages)
		munmap(pages, size);
}
