/* A process that opens files, and a pair of sockets to ask it by: unix(7), SCM_RIGHTS. */
#include "cli/helper.h"

#include "cli/privilege.h"
#include "cli/sandbox.h"
#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Outputs, and the policy. */
#define HELPER_FILES_MAX 32

/* Where the helper's socket lies; what is open above it is closed. */
#define HELPER_FD (STDERR_FILENO + 1)

struct helper_file {
	const char *path;
	int flags;
	mode_t mode;
};

struct helper {
	uint32_t count;
	struct helper_file file[HELPER_FILES_MAX];
	pid_t pid; /* 0: not started */
	int fd;
};

/* An answer: 0 with a descriptor beside it, or the reason that there is none. */
struct answer {
	int32_t error;
};

struct helper *helper_new(void)
{
	struct helper *h = calloc(1, sizeof(*h));
	if (h)
		h->fd = -1;
	return h;
}

void helper_add(struct helper *h, const char *path, int flags, mode_t mode)
{
	if (h->count < HELPER_FILES_MAX)
		h->file[h->count++] = (struct helper_file){path, flags, mode};
}

static int file_open(const struct helper_file *f)
{
	return open(f->path, f->flags | O_CLOEXEC, f->mode);
}

/* Room for one descriptor beside an answer, aligned as it must be. */
union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr head;
};

static bool answer_send(int socket, int fd)
{
	struct answer answer = {.error = fd < 0 ? errno : 0};
	struct iovec iov = {.iov_base = &answer, .iov_len = sizeof(answer)};
	union control control;
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	memset(&control, 0, sizeof(control));
	if (fd >= 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(socket, &m, MSG_NOSIGNAL) == (ssize_t)sizeof(answer);
}

static int answer_receive(int socket)
{
	struct answer answer = {0};
	struct iovec iov = {.iov_base = &answer, .iov_len = sizeof(answer)};
	union control control;
	struct msghdr m = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	ssize_t got;
	do
		got = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(answer)) {
		errno = got < 0 ? errno : EPIPE;
		return -1;
	}
	const struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	errno = answer.error;
	if (answer.error || !c || c->cmsg_type != SCM_RIGHTS)
		return -1;
	int fd;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* Until nobody asks any more. */
static void helper_serve(const struct helper *h, int socket)
{
	uint32_t row;
	struct iovec iov = {.iov_base = &row, .iov_len = sizeof(row)};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	for (ssize_t got; (got = recvmsg(socket, &m, 0)) != 0;) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got != (ssize_t)sizeof(row) || row >= h->count)
			return;
		int fd = file_open(&h->file[row]);
		bool sent = answer_send(socket, fd);
		if (fd >= 0)
			close(fd);
		if (!sent)
			return;
	}
}

/* Signals are the run's; the helper ends with it. */
static const int not_for_us[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT};

static void helper_run(const struct helper *h, int socket)
{
	for (size_t i = 0; i < sizeof(not_for_us) / sizeof(not_for_us[0]); i++)
		signal(not_for_us[i], SIG_IGN);
	prctl(PR_SET_NAME, "seep-helper");
	if (dup2(socket, HELPER_FD) != HELPER_FD)
		_exit(EXIT_FAILURE);
	close_range(HELPER_FD + 1, ~0U, 0);
	/* It must not keep a pipe open that others wait for the end of. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	privilege_narrow(PRIVILEGE_FILES);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	sandbox_lock(SANDBOX_OPEN);
	helper_serve(h, HELPER_FD);
	_exit(EXIT_SUCCESS);
}

bool helper_start(struct helper *h)
{
	int pair[2];
	if (!h->count)
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		log_message("no helper to open files again: %s", strerror(errno));
		return false;
	}
	h->pid = fork();
	if (h->pid == 0)
		helper_run(h, pair[1]);
	close(pair[1]);
	h->fd = pair[0];
	if (h->pid > 0)
		return true;
	log_message("no helper to open files again: %s", strerror(errno));
	h->pid = 0;
	return false;
}

int helper_open(void *helper, const char *path)
{
	const struct helper *h = helper;
	uint32_t row = 0;
	while (row < h->count && strcmp(h->file[row].path, path) != 0)
		row++;
	if (row == h->count) {
		errno = ENOENT;
		return -1;
	}
	if (!h->pid)
		return file_open(&h->file[row]);
	struct iovec iov = {.iov_base = &row, .iov_len = sizeof(row)};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	if (sendmsg(h->fd, &m, MSG_NOSIGNAL) != (ssize_t)sizeof(row))
		return -1;
	return answer_receive(h->fd);
}

void helper_free(struct helper *h)
{
	if (!h)
		return;
	if (h->fd >= 0)
		close(h->fd);
	if (h->pid)
		while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(h);
}
