/*
 * connectivity-check: a client whose tunnel is up asked its maker's server, beside the tunnel,
 * whether there is a network or a captive portal. Systems do so on each link by design, because a
 * tunnel cannot come up through a portal: the maker learns the real address and that somebody is
 * there, no more. A class of its own at info, so that the catch-all can be read without it.
 *
 * Told by the name in the request (HTTP Host, TLS server name), never by port. Known false
 * positive: none as a fact.
 */
#include "rules/around.h"
#include "rules/describe.h"

static bool takes(const struct outing *o)
{
	return o->watch.window != WINDOW_NONE && o->recognised == RECOGNISED_PROBE;
}

static bool weigh(const struct judgement *j, struct around *m, struct alert *a, bool last)
{
	(void)j;
	(void)m;
	(void)a;
	(void)last;
	return true;
}

static const struct around_kind kind = {.takes = takes, .weigh = weigh};

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s checked its network beside its tunnel: ", names.client);
	describe_traffic(a);
	describe_append(a->remedy,
		"Nothing, unless the maker of the system is to learn nothing either: then turn "
		"its connectivity check off, and know that captive portals will not be found.");
}

static const char *const references[] = {
	"RFC 8952 section 2",
	NULL,
};

extern const struct detection detection_connectivity_check;
const struct detection detection_connectivity_check = {
	.info =
		{
			.id = "connectivity-check",
			.signature_id = 371,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Connectivity check beside the tunnel",
			.category = "Not Suspicious Traffic",
			.catalogue = "D37",
			.why = "Systems ask a server of their maker on each link whether it leads "
			       "anywhere, beside the tunnel by design. The maker learns the real "
			       "address, and when somebody is online.",
			.remedy = "Turn the system's connectivity check off, if that is too much.",
			.false_positive = "None as a fact; as a leak, nearly every system.",
			.references = references,
		},
	.state_size = sizeof(struct around),
	.around = &kind,
	.outings = around_observe,
	.describe = describe,
	.finish = around_finish,
};
