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
	describe_append(a->remedy,
		"In Chromium, Chrome, Brave and Edge set the WebRTC IP handling policy to "
		"disable_non_proxied_udp; in Firefox set media.peerconnection.ice.proxy_only to "
		"true.");
}
