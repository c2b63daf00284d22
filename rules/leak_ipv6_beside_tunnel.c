/*
 * ipv6-beside-tunnel: a client whose tunnel is up spoke IPv6 with the Internet on its physical
 * interface. The tunnel takes IPv4 only, and every server that has an IPv6 address is reached
 * around it: it learns the client's own global address, which no NAT hides, and often the hardware
 * address in it (RFC 7359).
 *
 * Not the tunnel's own packets where its far end is reached by IPv6, nor what stays on the link
 * (neighbours, routers, multicast), nor IPv6 inside the tunnel. The IPv6 address is joined to its
 * host by the hardware address. Known false positive: a split tunnel that leaves IPv6 out on
 * purpose.
 */
#include "rules/around.h"
#include "rules/describe.h"

#include <string.h>

static bool takes(const struct outing *o)
{
	enum window window = o->watch.window;
	bool up = window == WINDOW_UP || window == WINDOW_DOUBT;
	return up && !o->older && !o->recognised && o->remote.addr.family == ADDR_V6;
}

static bool weigh(const struct judgement *j, struct around *m, struct alert *a, bool last)
{
	memcpy(a->leaked, m->leaked, sizeof(a->leaked));
	a->leaked_count = m->leaked_count;
	return around_weigh(j, m, a, last);
}

static const struct around_kind kind = {.takes = takes, .weigh = weigh};

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s sent IPv6 around its tunnel", names.client);
	if (a->leaked_count)
		describe_append(a->message, " from its own address %s", names.leaked);
	describe_append(a->message, ": ");
	describe_traffic(a);
	describe_append(a->remedy,
		"Use a VPN that carries IPv6, or turn IPv6 off on the physical interface while the "
		"VPN is on; a kill switch has to block IPv6, too (ip6tables, nftables inet).");
}

static const char *const references[] = {
	"RFC 7359 section 4",
	"RFC 7721 section 3",
	NULL,
};

extern const struct detection detection_ipv6_beside_tunnel;
const struct detection detection_ipv6_beside_tunnel = {
	.info =
		{
			.id = "ipv6-beside-tunnel",
			.signature_id = 380,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "IPv6 around the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D38",
			.why = "The tunnel carries IPv4 only, so that whatever has an IPv6 "
			       "address is reached around it. Each such server sees the client's "
			       "own global address: no NAT hides it, and it names one host.",
			.remedy = "Have the VPN carry IPv6, or block IPv6 outside the tunnel.",
			.false_positive = "A split tunnel that leaves IPv6 out on purpose. Of a "
					  "tunnel that is only seen from outside it is assumed, "
					  "unless nearly everything else goes inside.",
			.references = references,
		},
	.state_size = sizeof(struct around),
	.around = &kind,
	.outings = around_observe,
	.describe = describe,
	.finish = around_finish,
};
