/*
 * flow-older-than-tunnel: a conversation that began before the tunnel came up goes on outside it.
 * Routes decide when a connection is made; one that exists keeps its way, for hours if it is a push
 * channel or a download. Its other end keeps the client's real address, and so does everybody on
 * the way.
 *
 * A moment's grace and a goodbye are no leak. The tunnel's own conversation is older than the
 * tunnel by nature. Known false positive: split tunnelling of a tunnel that was declared.
 */
#include "rules/around.h"
#include "rules/describe.h"

static bool takes(const struct outing *o)
{
	return o->older && !o->recognised;
}

static const struct around_kind kind = {.takes = takes};

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message,
		"%s goes on outside its tunnel with what it began before that was up: ",
		names.client);
	describe_traffic(a);
	describe_append(a->remedy,
		"Use a VPN that cuts existing connections when it comes up, turn on its kill "
		"switch, or restart the programs (on a phone, aeroplane mode off and on) once it "
		"is connected.");
}

static const char *const references[] = {
	"RFC 7359 section 1",
	NULL,
};

extern const struct detection detection_older_than_tunnel;
const struct detection detection_older_than_tunnel = {
	.info =
		{
			.id = "flow-older-than-tunnel",
			.signature_id = 440,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Connection older than the tunnel goes on outside",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D44",
			.why = "A connection made before the VPN was up keeps its way: its other "
			       "end still sees the real address, and what it says still goes "
			       "over the provider's network, while the user believes to be "
			       "behind the VPN.",
			.remedy = "Have the VPN cut existing connections, turn on its kill "
				  "switch, or restart the programs.",
			.false_positive = "Split tunnelling on purpose.",
			.references = references,
		},
	.state_size = sizeof(struct around),
	.around = &kind,
	.outings = around_observe,
	.describe = describe,
	.finish = around_finish,
};
