/*
 * Writes records, and survives what happens to their destination: interrupted and partial writes
 * are completed, a full disk is counted and said once, and a reader of standard output that went
 * away (`| head`) ends the output quietly. Files are opened O_NOFOLLOW: seep may run as root, and
 * a link that somebody else planted must not choose the file. Sockets are link.c's.
 */
#include "output/sink.h"

#include "core/log.h"
#include "output/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0640

/* What lies in /dev is not planted by others, and /dev/stdout is a link. */
static int file_flags(const char *dest, bool anew)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | (anew ? O_TRUNC : 0);
	return strncmp(dest, "/dev/", strlen("/dev/")) == 0 ? flags : flags | O_NOFOLLOW;
}

struct output_file sink_file(const struct sink *s)
{
	if (s->standard || s->link)
		return (struct output_file){.path = NULL};
	return (struct output_file){s->dest, file_flags(s->dest, s->anew), FILE_MODE};
}

static bool link_start(struct sink *s, const char *dest, const struct sink_options *options)
{
	const struct link_options how = {
		.counted = options->counted, .patient = options->patient, .stats = s->stats};
	s->fd = -1;
	s->dest = NULL;
	s->link = link_open(dest, &how);
	return s->link != NULL;
}

bool sink_open(
	struct sink *s, const char *dest, const struct sink_options *options, struct stats *stats)
{
	*s = (struct sink){
		.stats = stats, .fd = STDOUT_FILENO, .dest = dest, .anew = options->anew};
	s->standard = strcmp(dest, "-") == 0;
	snprintf(s->name, sizeof(s->name), "%s", s->standard ? "standard output" : dest);
	if (dial_named(dest))
		return link_start(s, dest, options);
	if (!s->standard) {
		s->fd = open(dest, file_flags(dest, options->anew), FILE_MODE);
		if (s->fd < 0) {
			log_message("%s: cannot write there: %s", s->name,
				errno == ELOOP ? "it is a symbolic link" : strerror(errno));
			return false;
		}
	}
	s->terminal = isatty(s->fd);
	return true;
}

void sink_retry(struct sink *s)
{
	link_retry(s->link);
}

void sink_reopen(struct sink *s, int fd)
{
	if (fd < 0) {
		log_message("%s: cannot be opened again, going on with the old file: %s", s->name,
			strerror(errno));
		return;
	}
	close(s->fd);
	s->fd = fd;
	s->torn = false;
}

/* A descriptor shared with another program may have been made non-blocking by it. */
static bool write_may_go_on(int fd)
{
	if (errno == EINTR)
		return true;
	if (errno != EAGAIN)
		return false;
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

/* How many bytes could be written; errno is set when they are fewer. */
static size_t write_all(int fd, const char *at, size_t length)
{
	size_t done = 0;
	while (done < length) {
		ssize_t n = write(fd, at + done, length - done);
		if (n >= 0)
			done += (size_t)n;
		else if (!write_may_go_on(fd))
			break;
	}
	return done;
}

void sink_fail(struct sink *s, const char *why)
{
	s->stats->write_errors++;
	if (!s->failed)
		log_message("%s: a record could not be written: %s", s->name, why);
	s->failed = true;
}

/* Half a record at the end of a file is cut off again; a pipe has it for good. */
static bool record_take_back(int fd, size_t done)
{
	struct stat status;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	return ftruncate(fd, status.st_size - (off_t)done) == 0;
}

void sink_write(struct sink *s, const void *record, size_t length)
{
	if (s->gone)
		return;
	if (s->link) {
		if (!link_put(s->link, record, length))
			sink_fail(s, "the collector does not take them fast enough");
		return;
	}
	/* What follows half a record must not become part of it. */
	if (s->torn && write_all(s->fd, "\n", 1) == 1)
		s->torn = false;
	size_t done = s->torn ? 0 : write_all(s->fd, record, length);
	if (done == length)
		return;
	int why = errno;
	if (done)
		s->torn = !record_take_back(s->fd, done);
	errno = why;
	s->gone = s->standard && errno == EPIPE;
	if (!s->gone)
		sink_fail(s, strerror(errno));
}

void sink_tick(struct sink *s, uint64_t now_ns)
{
	if (s->link)
		link_tick(s->link, now_ns);
}

static void sink_close_link(struct sink *s)
{
	uint64_t lost = link_close(s->link);
	if (!lost)
		return;
	s->stats->write_errors += lost;
	s->failed = true;
	log_message("%s: %" PRIu64 " records did not arrive there", s->name, lost);
}

void sink_close(struct sink *s)
{
	if (s->link) {
		sink_close_link(s);
		return;
	}
	/* Network file systems tell of a lost write only here. */
	if (!s->standard && close(s->fd) != 0 && errno != EINTR)
		sink_fail(s, strerror(errno));
}
