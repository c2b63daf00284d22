/*
 * Connecting, sending, losing, connecting again. What a stream's other side has is known from
 * TIOCOUTQ, the bytes that its kernel has not acknowledged; what it had read when it died is not
 * known to anybody (RFC 6587 and RFC 5425 have no answer), so that a collector that is killed may
 * lose what was in its socket. Of datagrams it is known only that no error has come back.
 */
#include "output/link.h"

#include "core/log.h"
#include "output/dial.h"
#include "output/spool.h"
#include "output/tls.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINK_NAME_MAX 300
#define NS_PER_MS     UINT64_C(1000000)
#define BACKOFF_FIRST (100 * NS_PER_MS)
#define BACKOFF_MOST  (30000 * NS_PER_MS)
#define WAIT_MS       20  /* between two looks at a connection */
#define WAIT_ROUNDS   150 /* looks without progress until it is given up: three seconds */
#define PREFIX_MAX    24

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_HANDSHAKE, LINK_UP };

struct link {
	struct link_options options;
	char name[LINK_NAME_MAX];
	struct dial dial;
	struct spool spool;
	struct tls *tls; /* NULL but for tls: */
	enum link_state state;
	int fd;
	bool datagram;
	size_t offset;    /* bytes of the next record that are written */
	uint64_t written; /* by this connection, without TLS */
	uint64_t now_ns, retry_ns, backoff_ns;
	bool complained; /* that it is away was said */
	bool hopeless;   /* waiting brought nothing last time */
};

/* The connection is gone, or did not come about. */
static void link_lose(struct link *l, const char *why)
{
	if (!l->complained)
		log_message("%s: no connection, trying again: %s", l->name, why);
	l->complained = true;
	l->options.stats->collector_lost++;
	if (l->tls)
		tls_end(l->tls);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->state = LINK_DOWN;
	l->offset = 0;
	spool_rewind(&l->spool);
	l->retry_ns = l->now_ns + l->backoff_ns;
	l->backoff_ns = 2 * l->backoff_ns < BACKOFF_MOST ? 2 * l->backoff_ns : BACKOFF_MOST;
}

static void link_lose_errno(struct link *l)
{
	link_lose(l, l->tls && l->state >= LINK_HANDSHAKE ? tls_why(l->tls) : strerror(errno));
}

static void link_works(struct link *l)
{
	if (l->complained)
		log_message("%s: connected", l->name);
	l->complained = l->hopeless = false;
}

/* That datagrams can be sent does not mean that anybody is there. */
static void link_up(struct link *l)
{
	if (!l->datagram)
		link_works(l);
	l->state = LINK_UP;
	l->written = 0;
	l->offset = 0;
}

static void link_connect(struct link *l)
{
	l->fd = dial_start(&l->dial, &l->datagram);
	l->state = LINK_CONNECTING;
	if (l->fd < 0)
		link_lose_errno(l);
}

struct link *link_open(const char *dest, const struct link_options *options)
{
	struct link *l = calloc(1, sizeof(*l));
	if (!l) {
		log_message("%s: out of memory", dest);
		return NULL;
	}
	l->options = *options;
	l->fd = -1;
	l->backoff_ns = BACKOFF_FIRST;
	snprintf(l->name, sizeof(l->name), "%s", dest);
	bool good = dial_parse(&l->dial, dest);
	if (good && l->dial.carrier == CARRIER_TLS) {
		l->tls = tls_new(l->dial.host);
		good = l->tls != NULL;
	}
	if (good) {
		link_connect(l); /* now: later there may be no right to reach a Unix socket */
		return l;
	}
	free(l);
	return NULL;
}

static void link_connected(struct link *l)
{
	struct pollfd wait = {.fd = l->fd, .events = POLLOUT};
	socklen_t size = sizeof(errno);
	if (poll(&wait, 1, 0) < 1)
		return;
	int why = 0;
	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0 || why) {
		errno = why;
		link_lose_errno(l);
	} else if (!l->tls) {
		link_up(l);
	} else if (tls_start(l->tls, l->fd)) {
		l->state = LINK_HANDSHAKE;
	} else {
		link_lose(l, "out of memory");
	}
}

static void link_handshake(struct link *l)
{
	enum tls_step step = tls_handshake(l->tls);
	if (step == TLS_DONE)
		link_up(l);
	else if (step == TLS_FAILED)
		link_lose_errno(l);
}

static uint64_t link_written(const struct link *l)
{
	return l->tls ? tls_written(l->tls) : l->written;
}

/* Releases what the other side has. */
static void link_acknowledge(struct link *l)
{
	int waiting = 0;
	if (l->datagram && l->spool.sent) {
		spool_arrived(&l->spool, UINT64_MAX);
		link_works(l);
		l->backoff_ns = BACKOFF_FIRST;
	} else if (l->spool.sent && ioctl(l->fd, TIOCOUTQ, &waiting) == 0)
		spool_arrived(&l->spool, link_written(l) - (uint64_t)waiting);
}

/* Collectors say nothing: what can be read is the end, or an error that came back. */
static bool link_alive(struct link *l)
{
	char bytes[PREFIX_MAX];
	ssize_t n;
	if (l->tls)
		return tls_alive(l->tls);
	do
		n = recv(l->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	while (n > 0);
	if (n == 0)
		errno = ECONNRESET;
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static ssize_t link_write(struct link *l, const struct spool_record *record)
{
	const char *at = record->bytes + l->offset;
	size_t length = record->length - l->offset;
	if (l->tls)
		return tls_write(l->tls, at, length);
	/* A line feed ends a record in a stream; a datagram has an end of its own. */
	if (l->datagram && at[length - 1] == '\n')
		length--;
	return send(l->fd, at, length, MSG_NOSIGNAL);
}

/* False when there is nothing more to do now. */
static bool link_send(struct link *l)
{
	struct spool_record *record = spool_next(&l->spool);
	if (!record)
		return false;
	ssize_t n = link_write(l, record);
	if (n < 0 && errno == EMSGSIZE) {
		log_message("%s: a record is too long for a datagram", l->name);
		l->options.stats->write_errors++;
		spool_drop(&l->spool);
		return true;
	}
	if (n < 0) {
		if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			link_lose_errno(l);
		return false;
	}
	l->written += (uint64_t)n;
	l->offset += (size_t)n;
	if (l->datagram || l->offset == record->length) {
		spool_wrote(&l->spool, link_written(l));
		l->offset = 0;
		if (!l->datagram)
			l->backoff_ns = BACKOFF_FIRST;
	}
	return true;
}

static void link_pump(struct link *l)
{
	if (l->state == LINK_DOWN && l->spool.count && l->now_ns >= l->retry_ns)
		link_connect(l);
	if (l->state == LINK_CONNECTING)
		link_connected(l);
	if (l->state == LINK_HANDSHAKE)
		link_handshake(l);
	if (l->state != LINK_UP)
		return;
	bool alive = link_alive(l);
	int why = errno;
	if (alive || !l->datagram)
		link_acknowledge(l);
	errno = why;
	if (!alive) {
		link_lose_errno(l);
		return;
	}
	while (link_send(l))
		;
	/* Datagrams: not before the next look has found no error that came back. */
	if (l->state == LINK_UP && !l->datagram)
		link_acknowledge(l);
}

void link_tick(struct link *l, uint64_t now_ns)
{
	if (now_ns > l->now_ns)
		l->now_ns = now_ns;
	link_pump(l);
}

void link_retry(struct link *l)
{
	l->retry_ns = 0;
	l->backoff_ns = BACKOFF_FIRST;
	link_pump(l);
}

/* Until something can be done; the clock stands still meanwhile, so it is set forward. */
static void link_wait(struct link *l)
{
	struct pollfd wait = {.fd = l->fd, .events = POLLIN};
	if (l->state == LINK_CONNECTING || (l->state == LINK_UP && spool_next(&l->spool)))
		wait.events |= POLLOUT;
	poll(&wait, l->fd >= 0, WAIT_MS);
	l->now_ns += WAIT_MS * NS_PER_MS;
	link_pump(l);
}

/* Waits until no more than `count` records are held; false when nothing moves any more. */
static bool link_drain(struct link *l, unsigned count)
{
	for (unsigned round = 0; l->spool.count > count && round < WAIT_ROUNDS; round++) {
		unsigned held = l->spool.count, sent = l->spool.sent;
		size_t offset = l->offset;
		link_wait(l);
		if (l->spool.count < held || l->spool.sent > sent || l->offset > offset)
			round = 0;
	}
	l->hopeless = l->spool.count > count;
	return !l->hopeless;
}

/* The record as it goes into a stream: its length before it, or a line feed behind it. */
static bool link_frame(struct link *l, const void *record, size_t length)
{
	const char *bytes = record;
	char prefix[PREFIX_MAX] = "";
	bool stream = l->dial.carrier == CARRIER_TCP || l->dial.carrier == CARRIER_TLS;
	if (length && bytes[length - 1] == '\n')
		length--;
	bool counted = stream && l->options.counted;
	if (counted)
		snprintf(prefix, sizeof(prefix), "%zu ", length);
	const struct spool_piece pieces[] = {
		{prefix, strlen(prefix)}, {record, length}, {"\n", !counted}};
	return spool_put(&l->spool, pieces, sizeof(pieces) / sizeof(pieces[0]));
}

bool link_put(struct link *l, const void *record, size_t length)
{
	bool kept = link_frame(l, record, length);
	if (!kept && l->options.patient && !l->hopeless && l->spool.count) {
		link_drain(l, l->spool.count / 2);
		kept = link_frame(l, record, length);
	}
	link_pump(l);
	return kept;
}

uint64_t link_close(struct link *l)
{
	link_drain(l, 0);
	uint64_t lost = l->spool.count;
	if (l->tls)
		tls_end(l->tls);
	if (l->fd >= 0)
		close(l->fd);
	tls_free(l->tls);
	spool_free(&l->spool);
	free(l);
	return lost;
}
