/*
 * Who was locked down tries to get out: each attempt in a process of its own, by the functions that
 * the program uses. As root it is another user, too.
 */
#include "cli/helper.h"
#include "cli/privilege.h"
#include "cli/sandbox.h"
#include "tests/unit/support/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child's exit status says. */
enum { HELD = 0, ESCAPED = 1, NOT_LOCKED = 2, RIGHTS_LEFT = 3 };

#define PATH_NEW "/tmp/seep-test-sandbox"

/* Opened before the lock, as a program's own files and sockets are. */
struct before {
	int udp, file, readable;
};

static bool try_open(const struct before *b)
{
	(void)b;
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool try_create(const struct before *b)
{
	(void)b;
	return open(PATH_NEW, O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool try_openat2(const struct before *b)
{
	uint64_t how[3] = {O_RDONLY, 0, 0};
	(void)b;
	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof(how)) >= 0;
}

static bool try_unlink(const struct before *b)
{
	(void)b;
	return unlink("/tmp") == 0 || errno != EPERM;
}

static bool try_connect(const struct before *b)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(b->udp, (const struct sockaddr *)(const void *)&to, sizeof(to)) == 0;
}

static bool try_send(const struct before *b)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sendto(b->udp, "x", 1, 0, (const struct sockaddr *)(const void *)&to, sizeof(to)) ==
		1;
}

static bool try_socket(const struct before *b)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET};
	bool any = false;
	(void)b;
	for (size_t i = 0; i < ROWS(families); i++)
		any |= socket(families[i], SOCK_DGRAM, 0) >= 0;
	return any;
}

static bool try_exec(const struct before *b)
{
	char *const none[] = {NULL};
	(void)b;
	execve("/bin/true", none, none);
	return errno != EPERM;
}

static bool try_exec_file(const struct before *b)
{
	syscall(SYS_execveat, b->file, "", NULL, NULL, AT_EMPTY_PATH);
	return errno != EPERM;
}

static bool try_fork(const struct before *b)
{
	(void)b;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return child > 0;
}

static bool try_setuid(const struct before *b)
{
	(void)b;
	return setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0;
}

static bool try_kill(const struct before *b)
{
	(void)b;
	return kill(getppid(), 0) == 0;
}

static bool try_trace(const struct before *b)
{
	(void)b;
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool try_code(const struct before *b)
{
	(void)b;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0) != MAP_FAILED;
}

static bool try_code_later(const struct before *b)
{
	(void)b;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return page == MAP_FAILED || mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool try_mode(const struct before *b)
{
	return fchmod(b->file, 0666) == 0;
}

static bool try_tty(const struct before *b)
{
	char key = '\n';
	(void)b;
	syscall(SYS_ioctl, STDIN_FILENO, 0x5412L /* TIOCSTI: types for the user */, &key);
	return errno != EPERM;
}

/* Ways around an allow-list that was written as a list of what is forbidden. */
static bool try_others(const struct before *b)
{
	static const long calls[] = {SYS_io_uring_setup, SYS_bpf, SYS_unshare, SYS_mount,
		SYS_chroot, SYS_keyctl, SYS_process_vm_readv, SYS_perf_event_open, SYS_userfaultfd,
		SYS_memfd_create, SYS_prctl, SYS_personality, SYS_open_by_handle_at, SYS_capset,
		SYS_setns, SYS_pidfd_open, SYS_init_module, SYS_rename, SYS_mkdir, SYS_link};
	bool any = false;
	(void)b;
	for (size_t i = 0; i < ROWS(calls); i++)
		any |= syscall(calls[i], 0, 0, 0, 0, 0) >= 0 || errno != EPERM;
	return any;
}

/* And what must go on. */
static bool fails_to_work(const struct before *b)
{
	char byte;
	void *memory = malloc(1 << 22);
	bool works = memory && write(b->file, "x", 1) == 1 && lseek(b->file, 0, SEEK_SET) == 0 &&
		read(b->readable, &byte, 1) == 1 && isatty(b->file) == 0;
	free(memory);
	return !works;
}

static const struct {
	const char *name;
	bool (*escapes)(const struct before *b);
	unsigned but; /* the rights with which it is allowed */
} attempts[] = {
	{"open a file", try_open, SANDBOX_OPEN},
	{"create a file", try_create, SANDBOX_OPEN},
	{"open a file by openat2", try_openat2, 0},
	{"remove a file", try_unlink, 0},
	{"connect", try_connect, SANDBOX_SOCKETS},
	{"send to an address", try_send, SANDBOX_SOCKETS | SANDBOX_CAPTURE},
	{"make a socket", try_socket, SANDBOX_SOCKETS},
	{"run a program", try_exec, 0},
	{"run an open file", try_exec_file, 0},
	{"fork", try_fork, SANDBOX_THREADS},
	{"become root", try_setuid, 0},
	{"send a signal", try_kill, 0},
	{"be traced", try_trace, 0},
	{"make code", try_code, 0},
	{"make code of memory", try_code_later, 0},
	{"change a mode", try_mode, 0},
	{"type into the terminal", try_tty, 0},
	{"other ways", try_others, 0},
	{"work", fails_to_work, 0},
};

static struct before before_open(void)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	return (struct before){
		.udp = socket(AF_INET, SOCK_DGRAM, 0),
		.file = fileno(file),
		.readable = open("/dev/zero", O_RDONLY),
	};
}

/* Rights as the kernel has them, before the last door closes. */
static bool rights_left(const struct privilege *user, bool root)
{
	char line[256];
	bool left = root &&
		(getuid() != user->uid || geteuid() != user->uid || getgid() != user->gid ||
			getgroups(0, NULL) != 0);
	FILE *status = fopen("/proc/self/status", "re");
	while (status && fgets(line, sizeof(line), status)) {
		bool set = strncmp(line, "CapEff:", 7) == 0 || strncmp(line, "CapPrm:", 7) == 0 ||
			strncmp(line, "CapInh:", 7) == 0 || strncmp(line, "CapAmb:", 7) == 0 ||
			(root && strncmp(line, "CapBnd:", 7) == 0);
		left |= set && strtoull(line + 7, NULL, 16) != 0;
		left |= strncmp(line, "NoNewPrivs:", 11) == 0 && strtoull(line + 11, NULL, 10) != 1;
	}
	if (status)
		fclose(status);
	return left;
}

static void child_run(size_t row, unsigned rights)
{
	struct before b = before_open();
	struct privilege user;
	bool root = geteuid() == 0;
	if (!privilege_find(NULL, &user))
		_exit(RIGHTS_LEFT);
	privilege_narrow(PRIVILEGE_OPENING);
	if (!privilege_drop(&user) || rights_left(&user, root))
		_exit(RIGHTS_LEFT);
	if (!(sandbox_lock(rights) & SANDBOX_SECCOMP))
		_exit(NOT_LOCKED);
	errno = 0;
	_exit(attempts[row].escapes(&b) ? ESCAPED : HELD);
}

static int child_status(size_t row, unsigned rights)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		child_run(row, rights);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void nothing_gets_out(void **state)
{
	static const unsigned rights[] = {0, SANDBOX_CAPTURE, SANDBOX_OPEN, SANDBOX_SOCKETS};
	(void)state;
	for (size_t i = 0; i < ROWS(attempts); i++) {
		for (size_t k = 0; k < ROWS(rights); k++) {
			if (attempts[i].but & rights[k])
				continue;
			int status = child_status(i, rights[k]);
			if (status == NOT_LOCKED) {
				print_message("no seccomp here, or a sanitizer\n");
				skip();
			}
			if (status != HELD)
				fail_msg("%s, with rights %u: %d", attempts[i].name, rights[k],
					status);
		}
	}
}

/* What is given is there; else the tests above could not fail. */
static void rights_are_given(void **state)
{
	(void)state;
	if (child_status(0, 0) == NOT_LOCKED)
		skip();
	for (size_t i = 0; i < ROWS(attempts); i++) {
		if (attempts[i].but & SANDBOX_SOCKETS)
			assert_int_equal(child_status(i, SANDBOX_SOCKETS), ESCAPED);
	}
	assert_int_equal(child_status(0, SANDBOX_OPEN), ESCAPED);
}

static void helper_opens_what_is_listed(void **state)
{
	char path[] = "/tmp/seep-test-helper-XXXXXX", moved[sizeof(path) + 2];
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "old", 3), 3);
	struct helper *h = helper_new();
	helper_add(h, path, O_WRONLY | O_APPEND | O_CREAT, 0640);
	assert_true(helper_start(h));
	snprintf(moved, sizeof(moved), "%s.1", path);
	assert_int_equal(rename(path, moved), 0);
	int again = helper_open(h, path);
	assert_true(again >= 0);
	assert_int_equal(write(again, "new", 3), 3);
	struct stat there;
	assert_int_equal(stat(path, &there), 0);
	assert_int_equal(there.st_size, 3);
	assert_int_equal(there.st_mode & 0777, 0640);
	assert_int_equal(fcntl(again, F_GETFD), FD_CLOEXEC);
	/* Nothing beyond the list, and the reason where it fails. */
	assert_int_equal(helper_open(h, "/etc/passwd"), -1);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(helper_open(h, path), -1);
	assert_int_equal(errno, EISDIR);
	rmdir(path);
	unlink(moved);
	close(again);
	close(fd);
	helper_free(h);
}

static void no_such_user(void **state)
{
	struct privilege user;
	(void)state;
	assert_true(privilege_find(NULL, &user));
	assert_false(privilege_find("no such user", &user));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_gets_out),
		cmocka_unit_test(rights_are_given),
		cmocka_unit_test(helper_opens_what_is_listed),
		cmocka_unit_test(no_such_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
