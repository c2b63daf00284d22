/*
 * Asking the kernel for its interfaces, addresses, rules and routes, and hearing of changes. A
 * change is a hint only: links are taken from it at once, so that a tunnel's first packets find it,
 * and everything is asked for anew.
 */
#include "capture/host.h"

#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define DUMP_TRIES  3 /* a table may change while it is read */

struct netlink {
	struct mnl_socket *ask, *hear;
	uint32_t sequence;
	uint8_t buffer[BUFFER_SIZE];
};

static ssize_t dump_receive(struct host *h)
{
	struct netlink *n = h->netlink;
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(n->ask, n->buffer, sizeof(n->buffer));
		if (got >= 0 || errno != EINTR)
			return got;
	}
}

static bool dump_request(struct netlink *n, uint16_t type)
{
	uint32_t space[(sizeof(struct nlmsghdr) + sizeof(struct ifinfomsg)) / sizeof(uint32_t)] = {
		0};
	struct nlmsghdr *m = mnl_nlmsg_put_header(space);
	m->nlmsg_type = type;
	m->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	m->nlmsg_seq = ++n->sequence;
	/* The longest head of them; nothing in it but the family, which is any. */
	mnl_nlmsg_put_extra_header(m, sizeof(struct ifinfomsg));
	return mnl_socket_sendto(n->ask, m, m->nlmsg_len) >= 0;
}

enum dump { DUMP_MORE, DUMP_DONE, DUMP_FAILED };

/* What a piece of an answer says of the whole; `*torn` when the table changed meanwhile. */
static enum dump dump_state(const struct netlink *n, size_t length, bool *torn)
{
	const struct nlmsghdr *m = (const void *)n->buffer;
	int left = (int)length;
	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		*torn |= m->nlmsg_flags & NLM_F_DUMP_INTR;
		if (m->nlmsg_type == NLMSG_ERROR)
			return DUMP_FAILED;
		if (m->nlmsg_type == NLMSG_DONE)
			return DUMP_DONE;
	}
	return DUMP_MORE;
}

static bool dump_one(struct host *h, uint16_t type, bool *torn)
{
	enum dump state = dump_request(h->netlink, type) ? DUMP_MORE : DUMP_FAILED;
	while (state == DUMP_MORE) {
		ssize_t got = dump_receive(h);
		if (got <= 0 || !host_messages(h, h->netlink->buffer, (size_t)got))
			return false;
		state = dump_state(h->netlink, (size_t)got, torn);
	}
	return state == DUMP_DONE;
}

/* Rules before routes: they say which tables count. */
static const uint16_t dumps[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETRULE, RTM_GETROUTE};

bool host_refresh(struct host *h)
{
	bool torn = true;
	for (int i = 0; torn && i < DUMP_TRIES; i++) {
		torn = false;
		host_begin(h);
		for (size_t k = 0; k < sizeof(dumps) / sizeof(dumps[0]); k++) {
			if (!dump_one(h, dumps[k], &torn))
				return false;
		}
	}
	host_decide(h);
	return true;
}

static struct mnl_socket *socket_open(unsigned groups)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (s && mnl_socket_bind(s, groups, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(s);
		s = NULL;
	}
	return s;
}

/* What there may be changes of. The rules' IPv6 group has no name of this kind. */
#define GROUP(number) (1U << ((number)-1))
#define GROUPS                                                                                     \
	(GROUP(RTNLGRP_LINK) | GROUP(RTNLGRP_IPV4_IFADDR) | GROUP(RTNLGRP_IPV6_IFADDR) |           \
		GROUP(RTNLGRP_IPV4_ROUTE) | GROUP(RTNLGRP_IPV6_ROUTE) | GROUP(RTNLGRP_IPV4_RULE) | \
		GROUP(RTNLGRP_IPV6_RULE))

bool host_listen(struct host *h)
{
	struct netlink *n = h->netlink = calloc(1, sizeof(*n));
	if (n && (n->hear = socket_open(GROUPS)) && (n->ask = socket_open(0)) &&
		fcntl(mnl_socket_get_fd(n->hear), F_SETFL, O_NONBLOCK) == 0 && host_refresh(h))
		return true;
	log_message("the kernel does not tell of interfaces (netlink): %s", strerror(errno));
	return false;
}

int host_fd(const struct host *h)
{
	return mnl_socket_get_fd(h->netlink->hear);
}

/* Links at once; the rest is asked for. */
static void links_hear(struct host *h, size_t length)
{
	const struct nlmsghdr *m = (const void *)h->netlink->buffer;
	int left = (int)length;
	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		if (m->nlmsg_type == RTM_NEWLINK || m->nlmsg_type == RTM_DELLINK)
			host_messages(h, m, m->nlmsg_len);
	}
}

bool host_follow(struct host *h)
{
	struct netlink *n = h->netlink;
	bool changed = false;
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(n->hear, n->buffer, sizeof(n->buffer));
		if (got < 0 && errno == EINTR)
			continue;
		/* ENOBUFS: so much changed that some of it was not told. */
		if (got <= 0 && !(got < 0 && errno == ENOBUFS))
			break;
		changed = true;
		if (got > 0)
			links_hear(h, (size_t)got);
	}
	if (changed)
		host_decide(h);
	return changed;
}

void host_free(struct host *h)
{
	if (!h)
		return;
	if (h->netlink && h->netlink->hear)
		mnl_socket_close(h->netlink->hear);
	if (h->netlink && h->netlink->ask)
		mnl_socket_close(h->netlink->ask);
	free(h->netlink);
	free(h);
}

bool capture_interfaces(void (*tell)(void *sink, const struct host_link *link), void *sink)
{
	struct host *h = host_new();
	bool known = h && host_listen(h);
	for (uint32_t i = 0; known && i < h->count; i++)
		tell(sink, &h->link[i]);
	host_free(h);
	return known;
}
