/* Any bytes as a savefile, read to the end. */
#include "capture/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct capture_options options = {.filter = length & 1 ? "udp or arp" : NULL};
	struct stats stats = {0};
	struct source_table *sources = source_table_new();
	struct capture *c = capture_new(&options, sources, &stats);
	struct batch batch = {.count = 1};
	char name[32];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	if (write(fd, bytes, length) == (ssize_t)length && capture_add(c, name, ROLE_AUTO)) {
		while (batch.count)
			capture_next(c, &batch);
	}
	capture_free(c);
	free(sources);
	return close(fd);
}
