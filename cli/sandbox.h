/*
 * What the program may still ask of the system while it reads what others wrote: no file by its
 * name (Landlock), and few system calls (seccomp), of which those beyond reading, writing and
 * memory must be asked for here. What is not allowed fails with EPERM.
 *
 * Under a sanitizer, and on other systems than Linux, this is a null implementation.
 */
#ifndef SEEP_CLI_SANDBOX_H
#define SEEP_CLI_SANDBOX_H

#include <stdbool.h>

enum sandbox_right {
	SANDBOX_CAPTURE = 1 << 0, /* sockets opened before, of interfaces and netlink */
	SANDBOX_SOCKETS = 1 << 1, /* new sockets, for outputs that connect again */
	SANDBOX_THREADS = 1 << 2,
	SANDBOX_OPEN = 1 << 3, /* files by name: the helper */
};

/* What holds from then on, a mask. */
enum sandbox_layer { SANDBOX_SECCOMP = 1 << 0, SANDBOX_LANDLOCK = 1 << 1 };

/* For good. Returns the layers that the system has. */
unsigned sandbox_lock(unsigned rights);

#endif
