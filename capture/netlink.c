/*
 * What rtnetlink(7) messages say of links, addresses, policy rules and routes. Of routes only those
 * matter here that lead to the outside: default routes, and routes through a gateway. Halves and
 * quarters of the address space, by which VPN programs go before the default route, count as
 * default routes.
 */
#include "capture/host.h"

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

/* Longest prefix that stands for a part of everything: OpenVPN uses /1 to /4. */
#define DEFAULT_BITS_MAX 4

/* The attributes of a message by their type; those beyond are of no interest here. */
#define ATTRS_MAX 32

struct attrs {
	const struct nlattr *at[ATTRS_MAX];
};

static int attr_note(const struct nlattr *a, void *sink)
{
	struct attrs *attrs = sink;
	uint16_t type = mnl_attr_get_type(a);
	if (type < ATTRS_MAX)
		attrs->at[type] = a;
	return MNL_CB_OK;
}

static struct attrs attrs_of(const struct nlmsghdr *m, size_t head)
{
	struct attrs attrs = {{NULL}};
	mnl_attr_parse(m, (unsigned)head, attr_note, &attrs);
	return attrs;
}

static void attr_text(const struct nlattr *a, char *to, size_t size)
{
	size_t length = a ? mnl_attr_get_payload_len(a) : 0;
	if (length > size - 1)
		length = size - 1;
	if (length)
		length = strnlen(mnl_attr_get_payload(a), length);
	if (length)
		memcpy(to, mnl_attr_get_payload(a), length);
	to[length] = '\0';
}

/* What there is of `size` bytes; the rest is 0. */
static void attr_bytes(const struct nlattr *a, void *to, size_t size)
{
	size_t length = a ? mnl_attr_get_payload_len(a) : 0;
	memset(to, 0, size);
	if (length)
		memcpy(to, mnl_attr_get_payload(a), length < size ? length : size);
}

static uint32_t attr_u32(const struct nlattr *a)
{
	uint32_t value;
	attr_bytes(a, &value, sizeof(value));
	return value;
}

static void link_attributes(struct host_link *l, const struct attrs *attrs)
{
	struct rtnl_link_stats64 stats;
	struct attrs info = {{NULL}};
	const struct nlattr *mac = attrs->at[IFLA_ADDRESS];
	if (attrs->at[IFLA_LINKINFO])
		mnl_attr_parse_nested(attrs->at[IFLA_LINKINFO], attr_note, &info);
	attr_text(attrs->at[IFLA_IFNAME], l->name, sizeof(l->name));
	attr_text(info.at[IFLA_INFO_KIND], l->kind, sizeof(l->kind));
	l->master = attr_u32(attrs->at[IFLA_MASTER]);
	l->has_mac = mac && mnl_attr_get_payload_len(mac) == sizeof(l->mac);
	attr_bytes(mac, l->mac, sizeof(l->mac));
	if (!attrs->at[IFLA_STATS64])
		return;
	attr_bytes(attrs->at[IFLA_STATS64], &stats, sizeof(stats));
	l->dropped = stats.rx_missed_errors + stats.rx_fifo_errors;
}

static void link_message(struct host *h, const struct nlmsghdr *m)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(m);
	/* A bridge tells of its ports in messages of its own. */
	if (mnl_nlmsg_get_payload_len(m) < sizeof(*info) || info->ifi_family == AF_BRIDGE ||
		info->ifi_index <= 0)
		return;
	struct host_link *l = host_find(h, (uint32_t)info->ifi_index);
	if (m->nlmsg_type == RTM_DELLINK) {
		if (l)
			l->gone = true;
		return;
	}
	if (!l && !(l = host_add(h, (uint32_t)info->ifi_index)))
		return;
	l->gone = false;
	l->hardware = info->ifi_type;
	l->up = info->ifi_flags & IFF_UP;
	l->loopback = info->ifi_flags & IFF_LOOPBACK;
	const struct attrs attrs = attrs_of(m, sizeof(*info));
	link_attributes(l, &attrs);
}

static struct addr attr_addr(const struct nlattr *a, unsigned family)
{
	const uint8_t *bytes = a ? mnl_attr_get_payload(a) : NULL;
	size_t length = a ? mnl_attr_get_payload_len(a) : 0;
	if (family == AF_INET && length == 4)
		return addr_v4(bytes);
	if (family == AF_INET6 && length == 16)
		return addr_v6(bytes);
	return (struct addr){.family = ADDR_NONE};
}

static void addr_message(struct host *h, const struct nlmsghdr *m)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(m);
	if (mnl_nlmsg_get_payload_len(m) < sizeof(*info))
		return;
	struct host_link *l = host_find(h, info->ifa_index);
	const struct attrs attrs = attrs_of(m, sizeof(*info));
	/* With a peer, IFA_ADDRESS is the peer's and IFA_LOCAL ours. */
	const struct nlattr *own = attrs.at[IFA_LOCAL] ? attrs.at[IFA_LOCAL]
						       : attrs.at[IFA_ADDRESS];
	struct prefix p = {
		.addr = attr_addr(own, info->ifa_family),
		.bits = info->ifa_prefixlen,
	};
	if (!l || p.addr.family == ADDR_NONE)
		return;
	if (l->addrs < HOST_ADDRS_MAX)
		l->addr[l->addrs] = p;
	l->addrs++;
}

static void rule_message(struct host *h, const struct nlmsghdr *m)
{
	const struct fib_rule_hdr *info = mnl_nlmsg_get_payload(m);
	if (mnl_nlmsg_get_payload_len(m) < sizeof(*info) || info->action != FR_ACT_TO_TBL)
		return;
	const struct attrs attrs = attrs_of(m, sizeof(*info));
	uint32_t table = attrs.at[FRA_TABLE] ? attr_u32(attrs.at[FRA_TABLE]) : info->table;
	for (uint32_t i = 0; i < h->tables; i++) {
		if (h->table[i] == table)
			return;
	}
	if (h->tables < HOST_TABLES_MAX)
		h->table[h->tables++] = table;
	else
		h->refused++;
}

struct route {
	uint8_t family; /* enum host_route */
	bool wide;      /* a default route, or one of the parts of one */
	bool gateway;
	bool ruled; /* not in the main table */
};

static void route_use(struct host *h, uint32_t index, const struct route *r)
{
	struct host_link *l = host_find(h, index);
	if (!l)
		return;
	if (r->gateway)
		l->gateways |= r->family;
	if (!r->wide)
		return;
	if (r->ruled && !(l->defaults & r->family))
		l->by_rule |= r->family;
	if (!r->ruled)
		l->by_rule &= (uint8_t)~r->family;
	l->defaults |= r->family;
}

static void route_hops(struct host *h, const struct nlattr *hops, const struct route *r)
{
	const uint8_t *at = mnl_attr_get_payload(hops);
	size_t left = mnl_attr_get_payload_len(hops);
	struct rtnexthop hop;
	while (left >= sizeof(hop)) {
		memcpy(&hop, at, sizeof(hop));
		size_t length = (hop.rtnh_len + (size_t)RTNH_ALIGNTO - 1) &
			~((size_t)RTNH_ALIGNTO - 1);
		if (hop.rtnh_len < sizeof(hop) || length > left)
			return;
		struct route one = *r;
		one.gateway |= hop.rtnh_len > sizeof(hop); /* all that may follow is a gateway */
		route_use(h, (uint32_t)hop.rtnh_ifindex, &one);
		at += length;
		left -= length;
	}
}

static bool table_used(const struct host *h, uint32_t table)
{
	for (uint32_t i = 0; i < h->tables; i++) {
		if (h->table[i] == table)
			return true;
	}
	return false;
}

/* 224.0.0.0/4 is as wide and leads nowhere. */
static bool route_multicast(const struct rtmsg *info, const struct nlattr *to)
{
	const uint8_t *first = to ? mnl_attr_get_payload(to) : NULL;
	return first && info->rtm_family == AF_INET && mnl_attr_get_payload_len(to) == 4 &&
		*first >> 4 == 0xe;
}

static void route_message(struct host *h, const struct nlmsghdr *m)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(m);
	if (mnl_nlmsg_get_payload_len(m) < sizeof(*info) || info->rtm_type != RTN_UNICAST ||
		info->rtm_flags & RTM_F_CLONED)
		return;
	const struct attrs attrs = attrs_of(m, sizeof(*info));
	const struct nlattr *const *at = attrs.at;
	uint32_t table = at[RTA_TABLE] ? attr_u32(at[RTA_TABLE]) : info->rtm_table;
	struct route r = {
		.family = info->rtm_family == AF_INET ? HOST_ROUTE_V4 : HOST_ROUTE_V6,
		.gateway = at[RTA_GATEWAY] || at[RTA_VIA],
	};
	r.ruled = table != RT_TABLE_MAIN;
	r.wide = info->rtm_dst_len <= DEFAULT_BITS_MAX && !route_multicast(info, at[RTA_DST]);
	if (table == RT_TABLE_LOCAL || (r.ruled && !table_used(h, table)))
		return;
	route_use(h, attr_u32(at[RTA_OIF]), &r);
	if (at[RTA_MULTIPATH])
		route_hops(h, at[RTA_MULTIPATH], &r);
}

static bool host_message(struct host *h, const struct nlmsghdr *m)
{
	switch (m->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		link_message(h, m);
		break;
	case RTM_NEWADDR:
		addr_message(h, m);
		break;
	case RTM_NEWRULE:
		rule_message(h, m);
		break;
	case RTM_NEWROUTE:
		route_message(h, m);
		break;
	case NLMSG_ERROR:
		return false;
	default:
		break;
	}
	return true;
}

bool host_messages(struct host *h, const void *bytes, size_t length)
{
	const struct nlmsghdr *m = bytes;
	int left = (int)length;
	while (mnl_nlmsg_ok(m, left)) {
		/* libmnl reads on to the end of the padding, which the kernel always writes. */
		uint32_t padding = -m->nlmsg_len % MNL_ALIGNTO;
		if (padding > (uint32_t)left - m->nlmsg_len || !host_message(h, m))
			return false;
		m = mnl_nlmsg_next(m, &left);
	}
	return left == 0;
}
