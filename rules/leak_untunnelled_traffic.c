/*
 * untunnelled-traffic: a client that should be in a tunnel spoke to the Internet beside it while
 * the tunnel was up. Whoever it spoke to, and everybody on the way, has its real address; what it
 * said is as clear as without a VPN. The catch-all: STUN, DNS, media, IPv6 and what is older than
 * the tunnel are told by detections that know more.
 *
 * Judged by the interface and by what the tunnel's own packets are. Known false positive: split
 * tunnelling on purpose, of a client whose tunnel was declared or is in the capture.
 */
#include "rules/around.h"
#include "rules/describe.h"

static bool takes(const struct outing *o)
{
	enum window window = o->watch.window;
	bool up = window == WINDOW_UP || window == WINDOW_DOUBT;
	return up && !o->older && !o->recognised && o->remote.addr.family == ADDR_V4;
}

static const struct around_kind kind = {.takes = takes};

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s sent beside its tunnel ", names.client);
	describe_traffic(a);
	describe_append(a->remedy,
		"Find the program that sent it (on the client: ss -tunp, or its like) and the "
		"route that it took: a split-tunnel list, a route more exact than the VPN's, or "
		"a program that binds to the physical interface. Turn on the VPN's kill switch; "
		"if it is meant to be so, allow the destination in the policy.");
}

static const char *const references[] = {
	"RFC 7359 section 1",
	"RFC 8828 section 5.1",
	NULL,
};

extern const struct detection detection_untunnelled_traffic;
const struct detection detection_untunnelled_traffic = {
	.info =
		{
			.id = "untunnelled-traffic",
			.signature_id = 370,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Traffic beside the tunnel",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D37",
			.why = "The client's tunnel is up, and it spoke to somebody on the "
			       "Internet without it. That host and everybody on the way see the "
			       "client's real address, and the Internet provider sees what the "
			       "tunnel should hide from it.",
			.remedy = "Turn on the kill switch, and look for split-tunnel lists, more "
				  "exact routes and programs bound to the physical interface. "
				  "Allow in the policy what is meant to go beside.",
			.false_positive = "Split tunnelling on purpose. Of a tunnel that is only "
					  "seen from outside it is assumed, and the finding stays "
					  "at info, unless nearly everything else goes inside.",
			.references = references,
		},
	.state_size = sizeof(struct around),
	.around = &kind,
	.outings = around_observe,
	.describe = describe,
	.finish = around_finish,
};
