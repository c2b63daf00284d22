/* The shared sentences. */
#include "rules/describe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A sentence names no more of a list; the records have all of it. */
#define NAMED_MAX 3

void describe_begin(struct alert *a, struct describe_names *names)
{
	a->message[0] = '\0';
	a->remedy[0] = '\0';
	addr_text(&a->client, names->client);
	addr_text(&a->leaked[0], names->leaked);
	endpoint_text(&a->server, names->server);
}

void describe_append(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + length, ALERT_TEXT_MAX - length, format, arguments);
	va_end(arguments);
}

static void describe_through(struct alert *a)
{
	static const char *const names[] = {
		[THROUGH_EITHER] = "tunnel or proxy",
		[THROUGH_TUNNEL] = "tunnel",
		[THROUGH_PROXY] = "proxy",
	};
	char at[ENDPOINT_TEXT_MAX];
	describe_append(
		a->message, "; its traffic should have gone through the %s", names[a->through]);
	if (a->through_at.addr.family != ADDR_NONE)
		describe_append(a->message, "%s %s", a->through == THROUGH_TUNNEL ? " to" : "",
			endpoint_text(&a->through_at, at));
}

void describe_expected(struct alert *a)
{
	if (a->expected_count == 0) {
		describe_through(a);
		return;
	}
	describe_append(a->message, "; its traffic should have come out of ");
	uint32_t named = a->expected_count < NAMED_MAX ? a->expected_count : NAMED_MAX;
	for (uint32_t i = 0; i < named; i++) {
		char text[PREFIX_TEXT_MAX];
		describe_append(
			a->message, "%s%s", i ? " or " : "", prefix_text(&a->expected[i], text));
	}
	if (a->expected_count > named || a->expected_cut)
		describe_append(a->message, " or others");
}

void describe_given_names(struct alert *a)
{
	uint32_t named = a->name_count < NAMED_MAX ? a->name_count : NAMED_MAX;
	for (uint32_t i = 0; i < named; i++) {
		const char *between = i + 1 < a->name_count ? ", " : " and ";
		describe_append(a->message, "%s%.*s", i ? between : "", a->names[i].length,
			(const char *)a->names[i].bytes);
	}
	if (named == 0)
		describe_append(a->message, "names");
	if (a->name_count > named)
		describe_append(a->message, " and others");
}

/* The settings that keep a browser from giving away addresses, by their current names. */
#define BROWSERS                                                                    \
	"In Chromium, Chrome, Brave and Edge set the WebRTC IP handling policy to " \
	"disable_non_proxied_udp; in Firefox set media.peerconnection.ice.proxy_only to true."

#define TUNNELS "Have the VPN carry all traffic, IPv6, too, and turn on its kill switch. "
#define PERMISSION                                                                        \
	"Browsers hide such addresses by themselves unless a page may use the camera or " \
	"microphone, or a setting says otherwise: take the permission back. "
#define PHONES                                                                     \
	"Have the phone use its address within the tunnel, and the provider hide " \
	"what it passes on (topology hiding)."

static const char *told_what(const struct alert *a, bool global, bool sure)
{
	if (global)
		return sure ? "its real address" : "the global address";
	bool inner = a->path == PATH_TUNNEL && addr_equal(&a->leaked[0], &a->client);
	return inner ? "its address within the tunnel" : "its private address";
}

void describe_told(struct alert *a, const char *where)
{
	struct describe_names names;
	bool global = addr_scope(&a->leaked[0]) == SCOPE_GLOBAL;
	bool sure = a->confidence != CONFIDENCE_LOW;
	bool proxied = a->path == PATH_PROXY;
	describe_begin(a, &names);
	describe_append(a->message, "%s told %s %s%s %s %s in %s", names.client,
		proxied ? "its peers, through proxy" : "signalling server", names.server,
		proxied ? "," : ", and through it its peers,", told_what(a, global, sure),
		names.leaked, where);
	if (!sure)
		describe_append(a->message, ", which is not known as an exit");
	if (global)
		describe_expected(a);
	if (!sure)
		describe_append(a->remedy,
			"If %s is one of your VPN's exits, declare it with --egress. ",
			names.leaked);
	if (a->detail == TELLER_PHONE)
		describe_append(a->remedy, PHONES);
	else
		describe_append(a->remedy, "%s" BROWSERS, global ? TUNNELS : PERMISSION);
}

void describe_remedy(struct alert *a)
{
	if (a->path == PATH_TUNNEL) {
		describe_append(a->remedy,
			"If this is one of your VPN's exits, declare it with --egress; if not, "
			"find out where the tunnel really ends.");
		return;
	}
	if (a->head.src.addr.family == ADDR_V6)
		describe_append(a->remedy,
			"The packets went out over IPv6: have the VPN carry IPv6, or block it "
			"outside the tunnel. ");
	describe_append(a->remedy, "%s",
		a->through == THROUGH_PROXY
			? "A proxy in a program's settings binds that program alone, and most "
			  "proxies carry no UDP: have the firewall let nothing out but what goes "
			  "to the proxy. "
			: "Turn on the VPN's kill switch so that nothing leaves outside the "
			  "tunnel. ");
	describe_append(a->remedy, "%s", BROWSERS);
}
