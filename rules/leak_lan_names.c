/*
 * lan-names: a client that should be behind a tunnel or proxy told the LAN around it names: its own
 * (DHCP host name, what mDNS announces), or those of hosts it looks for (LLMNR, NetBIOS). They are
 * meant for the LAN, and say who is there to everybody in it: "anna-laptop" beside a VPN.
 *
 * Expected everywhere, hence info and never more; without an expectation nothing is said. Names
 * that hide a candidate are hidden-host-announced's; mDNS questions, and services that a device
 * offers, are left alone. A DHCP client that has no address yet is known by its hardware address,
 * if it was seen before. Known false positive: as a leak, every host at home.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/names.h"

#define PORT_MDNS 5353

static void raise(const struct judgement *j, const struct observation *o, const struct addr *client,
	const uint8_t *name, size_t length)
{
	struct expectation expected;
	knowledge_expect(j->knowledge, client, &expected);
	if (!expected.tunnel && !expected.proxy)
		return;
	struct alert a = alert_draft(j, o, client);
	a.path = PATH_LAN;
	alert_add_name(&a, name, length);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

/* A lease is for who asks; nobody has its address before that. */
static const struct addr *lease_client(const struct knowledge *k, const struct obs_dhcp *dhcp)
{
	if (addr_scope(&dhcp->client) > SCOPE_SPECIAL)
		return &dhcp->client;
	if (addr_scope(&dhcp->your) > SCOPE_SPECIAL)
		return &dhcp->your;
	return hosts_main(&k->hosts, dhcp->client_mac);
}

static bool asks_lan(const struct observation *o)
{
	return o->head.kind == OBS_DNS && !o->dns.response && o->dns.name.length &&
		(o->dns.transport == DNS_LLMNR || o->dns.transport == DNS_NBNS);
}

static bool announces_itself(const struct observation *o)
{
	const struct obs_text *name = &o->dns_record.name;
	return o->head.kind == OBS_DNS_RECORD && o->head.src.port == PORT_MDNS &&
		addr_equal(&o->head.src.addr, &o->dns_record.addr) &&
		!name_is_hidden_host(name->bytes, name->length);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_head *h = &o->head;
	if (h->kind == OBS_DHCP) {
		const struct addr *client = lease_client(j->knowledge, &o->dhcp);
		if (client && o->dhcp.host_name.length)
			raise(j, o, client, o->dhcp.host_name.bytes, o->dhcp.host_name.length);
		return;
	}
	if (!knowledge_judges(j->knowledge, h))
		return;
	if (asks_lan(o))
		raise(j, o, &h->src.addr, o->dns.name.bytes, o->dns.name.length);
	else if (announces_itself(o))
		raise(j, o, &h->src.addr, o->dns_record.name.bytes, o->dns_record.name.length);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s said ", names.client);
	describe_given_names(a);
	describe_append(a->message,
		" in clear in the LAN, beside its tunnel or proxy: everybody there can tell whose "
		"machine it is, or which hosts it looks for");
	describe_append(a->remedy,
		"In a network that is not trusted: turn off LLMNR and NetBIOS over TCP/IP, do not "
		"send the host name with DHCP (NetworkManager: dhcp-send-hostname=false), and stop "
		"the mDNS responder.");
}

static const char *const references[] = {
	"RFC 4795 section 5",
	"RFC 6762 section 21",
	"RFC 7844 section 3.7",
	NULL,
};

extern const struct detection detection_lan_names;
const struct detection detection_lan_names = {
	.info =
		{
			.id = "lan-names",
			.signature_id = 540,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Host names told to the LAN beside a VPN",
			.category = "Not Suspicious Traffic",
			.catalogue = "D54",
			.why = "A tunnel hides a client from the Internet, not from the network it "
			       "is in. There its machine's name, and those of hosts it looks for, "
			       "go in clear to everybody, and often name its owner or employer.",
			.remedy = "In networks that are not trusted, turn off LLMNR, NetBIOS, mDNS "
				  "and the host name in DHCP.",
			.false_positive = "As a leak: every host in its own home. Hence info, and "
					  "never more.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS) | INTEREST_IN(OBS_DNS_RECORD) | INTEREST_IN(OBS_DHCP),
	.observe = observe,
	.describe = describe,
};
