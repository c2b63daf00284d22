/*
 * Sockets to collectors. A Unix socket may be one for datagrams (as /dev/log is) or a stream: what
 * it is, connecting tells.
 */
#include "output/dial.h"

#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define PORT_MAX      65535
#define PORT_TEXT_MAX sizeof("65535")

static const struct carrier_row {
	const char *prefix;
	enum carrier carrier;
} carriers[] = {
	{"unix:", CARRIER_UNIX},
	{"udp:", CARRIER_UDP},
	{"tcp:", CARRIER_TCP},
	{"tls:", CARRIER_TLS},
};

static const struct carrier_row *carrier_find(const char *dest)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (strncmp(dest, carriers[i].prefix, strlen(carriers[i].prefix)) == 0)
			return &carriers[i];
	}
	return NULL;
}

bool dial_named(const char *dest)
{
	return carrier_find(dest) != NULL;
}

/* HOST:PORT or [ADDRESS]:PORT, taken apart. */
static bool place_split(const char *place, char host[DIAL_HOST_MAX], char port[PORT_TEXT_MAX])
{
	bool bracket = *place == '[';
	const char *end = bracket ? strchr(place, ']') : strrchr(place, ':');
	if (!end)
		return false;
	place += bracket;
	size_t length = (size_t)(end - place);
	end += bracket;
	if (!length || length >= DIAL_HOST_MAX || *end != ':')
		return false;
	if (!bracket && memchr(place, ':', length))
		return false;
	memcpy(host, place, length);
	host[length] = '\0';
	size_t digits = strspn(end + 1, "0123456789");
	unsigned long number = strtoul(end + 1, NULL, 10);
	if (!digits || digits >= PORT_TEXT_MAX || end[1 + digits] || !number || number > PORT_MAX)
		return false;
	memcpy(port, end + 1, digits + 1);
	return true;
}

bool dial_whole(const char *dest)
{
	char host[DIAL_HOST_MAX], port[PORT_TEXT_MAX];
	const struct carrier_row *row = carrier_find(dest);
	if (!row)
		return false;
	const char *place = dest + strlen(row->prefix);
	return row->carrier == CARRIER_UNIX ? *place != '\0' : place_split(place, host, port);
}

static bool unix_parse(struct dial *d, const char *path)
{
	struct sockaddr_un *to = (struct sockaddr_un *)(void *)&d->to[0].address;
	if (strlen(path) >= sizeof(to->sun_path)) {
		log_message("unix:%s: the path is too long for a socket", path);
		return false;
	}
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path, path, strlen(path) + 1);
	d->to[0].length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
	d->count = 1;
	return true;
}

static bool addresses_find(struct dial *d, const char *dest, const char *port)
{
	struct addrinfo *found = NULL;
	const struct addrinfo wanted = {
		.ai_socktype = d->carrier == CARRIER_UDP ? SOCK_DGRAM : SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	int why = getaddrinfo(d->host, port, &wanted, &found);
	if (why) {
		log_message("%s: %s", dest, gai_strerror(why));
		return false;
	}
	for (struct addrinfo *a = found; a && d->count < DIAL_ADDRESSES; a = a->ai_next) {
		memcpy(&d->to[d->count].address, a->ai_addr, a->ai_addrlen);
		d->to[d->count++].length = a->ai_addrlen;
	}
	freeaddrinfo(found);
	return d->count > 0;
}

bool dial_parse(struct dial *d, const char *dest)
{
	const struct carrier_row *row = carrier_find(dest);
	const char *place = dest + strlen(row->prefix);
	char port[PORT_TEXT_MAX];
	*d = (struct dial){.carrier = row->carrier};
	if (row->carrier == CARRIER_UNIX)
		return unix_parse(d, place);
	return place_split(place, d->host, port) && addresses_find(d, dest, port);
}

/* A socket of this kind, about to be connected; -1 with errno set. */
static int socket_start(const struct dial *d, int kind)
{
	const struct sockaddr *to = (const struct sockaddr *)&d->to[d->at].address;
	int fd = socket(to->sa_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, to, d->to[d->at].length) == 0 || errno == EINPROGRESS)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

int dial_start(struct dial *d, bool *datagram)
{
	*datagram = d->carrier == CARRIER_UDP || d->carrier == CARRIER_UNIX;
	int fd = socket_start(d, *datagram ? SOCK_DGRAM : SOCK_STREAM);
	if (fd < 0 && d->carrier == CARRIER_UNIX && errno == EPROTOTYPE) {
		*datagram = false;
		fd = socket_start(d, SOCK_STREAM);
	}
	int why = errno;
	d->at = (d->at + 1) % d->count;
	errno = why;
	return fd;
}
