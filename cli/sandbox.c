/*
 * seccomp(2) by libseccomp, an allow-list; landlock(7) by raw system calls, because the C library
 * has none. Both are optional at run time: an old kernel has less.
 */
#include "cli/sandbox.h"

/* A sanitizer has calls of its own to make. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(SANITIZED)

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Memory, what is open already, time, and the end. */
static const int calls_always[] = {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(close), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(lseek), SCMP_SYS(ftruncate),
	SCMP_SYS(fcntl), SCMP_SYS(fsync), SCMP_SYS(fadvise64), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getrusage),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
	SCMP_SYS(wait4), SCMP_SYS(exit), SCMP_SYS(exit_group)};

static const int calls_capture[] = {SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(bind)};

static const int calls_sockets[] = {SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(recvfrom),
	SCMP_SYS(sendto), SCMP_SYS(sendmmsg), SCMP_SYS(shutdown)};

static const int calls_threads[] = {SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(sched_setaffinity), SCMP_SYS(tgkill)};

static const int calls_open[] = {SCMP_SYS(open), SCMP_SYS(openat)};

static const struct {
	unsigned right; /* 0: everybody */
	const int *calls;
	size_t count;
} allowed[] = {
	{0, calls_always, sizeof(calls_always) / sizeof(int)},
	{SANDBOX_CAPTURE, calls_capture, sizeof(calls_capture) / sizeof(int)},
	{SANDBOX_SOCKETS, calls_sockets, sizeof(calls_sockets) / sizeof(int)},
	{SANDBOX_THREADS, calls_threads, sizeof(calls_threads) / sizeof(int)},
	{SANDBOX_OPEN, calls_open, sizeof(calls_open) / sizeof(int)},
};

/* Is it a terminal, how wide, is an interface up, and what of a socket has not arrived: the ioctls
 * there are. */
static const unsigned long ioctls[] = {
	0x5401 /* TCGETS */, TIOCGWINSZ, TIOCOUTQ, 0x8913 /* SIOCGIFFLAGS */};

/* A call that an architecture has not is none that can be made. */
static bool call_allow(scmp_filter_ctx filter, int call)
{
	int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	return status == 0 || status == -EDOM || status == -EINVAL;
}

/* Memory that can be written must not become code. */
static bool memory_allow(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
		       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool filter_fill(scmp_filter_ctx filter, unsigned rights)
{
	bool good = memory_allow(filter, SCMP_SYS(mmap)) &&
		memory_allow(filter, SCMP_SYS(mprotect));
	for (size_t i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++)
		good = good &&
			seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				SCMP_A1(SCMP_CMP_EQ, ioctls[i], 0)) == 0;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (allowed[i].right && !(allowed[i].right & rights))
			continue;
		for (size_t k = 0; k < allowed[i].count; k++)
			good = good && call_allow(filter, allowed[i].calls[k]);
	}
	return good;
}

static bool seccomp_lock(unsigned rights)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool locked = filter && filter_fill(filter, rights) && seccomp_load(filter) == 0;
	if (filter)
		seccomp_release(filter);
	return locked;
}

/* As of Landlock's third version of its ABI, which the C library's headers may not have yet. */
struct ruleset {
	uint64_t fs, net, scoped;
};

#define FS_RIGHTS(abi) \
	((UINT64_C(1) << ((abi) >= 5 ? 16 : (abi) >= 3 ? 15 : (abi) >= 2 ? 14 : 13)) - 1)
#define NET_RIGHTS    UINT64_C(3) /* bind and connect, TCP; from version 4 on */
#define SCOPED_RIGHTS UINT64_C(3) /* abstract sockets and signals; from version 6 on */

static size_t ruleset_size(long abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
}

/* No rule is added: nothing that is handled is allowed. */
static bool landlock_lock(unsigned rights)
{
	long abi = syscall(
		SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1 || rights & SANDBOX_OPEN)
		return false;
	bool outside = rights & SANDBOX_SOCKETS;
	const struct ruleset handled = {
		.fs = FS_RIGHTS(abi),
		.net = abi >= 4 && !outside ? NET_RIGHTS : 0,
		.scoped = abi >= 6 && !outside ? SCOPED_RIGHTS : 0,
	};
	long fd = syscall(SYS_landlock_create_ruleset, &handled, ruleset_size(abi), 0);
	if (fd < 0)
		return false;
	bool locked = syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
	close((int)fd);
	return locked;
}

unsigned sandbox_lock(unsigned rights)
{
	unsigned layers = landlock_lock(rights) ? SANDBOX_LANDLOCK : 0; /* while it may be called */
	return layers | (seccomp_lock(rights) ? SANDBOX_SECCOMP : 0);
}

#else

unsigned sandbox_lock(unsigned rights)
{
	(void)rights;
	return 0;
}

#endif
