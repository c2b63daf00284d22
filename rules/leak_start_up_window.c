/*
 * start-up-window: the client's link or its VPN was coming up, and until the tunnel carried
 * something, traffic that belongs in it went out in clear. What starts with the system (sync, mail,
 * updates, chats) tells its servers, and the network that was just joined, who is there.
 *
 * Not what a tunnel needs to come up: names, the time, captive portals. Without a declaration it is
 * judged in hindsight only: of a client that then puts nearly everything into the tunnel, and never
 * for one destination alone, which may be the VPN's own login. Known false positive: programs of
 * the VPN that speak to several servers of its provider before they connect.
 */
#include "rules/around.h"
#include "rules/describe.h"

#define STARTUP_MAX_NS (120 * UINT64_C(1000000000))

static bool takes(const struct outing *o)
{
	return o->watch.window == WINDOW_STARTING && !o->older &&
		(!o->recognised || o->recognised == RECOGNISED_MEDIA);
}

static bool weigh(const struct judgement *j, struct around *m, struct alert *a, bool last)
{
	const struct knowledge *k = j->knowledge;
	const struct life *life = life_of(&k->lives, &a->client);
	struct watch now;
	knowledge_watch(k, &a->client, &now);
	bool up = now.window == WINDOW_UP || now.window == WINDOW_DOUBT;
	a->provisional |= !up && !last;
	if (m->watch.declared)
		return true;
	if (!up || a->traffic.destinations < 2 || k->now_ns - m->from_ns > STARTUP_MAX_NS)
		return m->raised;
	a->confidence = CONFIDENCE_LOW;
	if (!m->watch.linked)
		a->severity = SEVERITY_MEDIUM;
	return now.visible || life_mostly_inside(life, last ? AROUND_FEW : AROUND_SURE);
}

static const struct around_kind kind = {.takes = takes, .weigh = weigh};

/* The tunnel came up: what went before has a name now. */
static void up_observe(const struct judgement *j, const struct obs_head *h)
{
	const struct knowledge *k = j->knowledge;
	const struct endpoint *near = tunnel_near(h);
	const uint8_t *mac = near == &h->src ? h->src_mac : h->dst_mac;
	const struct addr client = knowledge_host(k, &near->addr, h->has_macs ? mac : NULL);
	struct around *m = judgement_recall(j, &client);
	if (m && m->count && !m->over)
		around_raise(j, &kind, &client, m, false);
	if (m && m->raised)
		m->over = true;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_TUNNEL)
		up_observe(j, &o->head);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s sent in clear, before its tunnel was up, ", names.client);
	describe_traffic(a);
	describe_append(a->remedy,
		"Have the VPN start with the system and block everything until it is connected "
		"(always-on VPN with \"block connections without VPN\", or a firewall rule on the "
		"physical interface).");
}

static const char *const references[] = {
	"RFC 7359 section 1",
	NULL,
};

extern const struct detection detection_start_up_window;
const struct detection detection_start_up_window = {
	.info =
		{
			.id = "start-up-window",
			.signature_id = 430,
			.revision = 1,
			.severity = SEVERITY_HIGH,
			.title = "Traffic in clear before the tunnel was up",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D43",
			.why = "Between the link's and the tunnel's coming up everything that "
			       "starts with the system speaks in clear: to its servers with the "
			       "real address, and for the network just joined to read.",
			.remedy = "Block everything outside the tunnel from the start, not only "
				  "once it is connected.",
			.false_positive = "The VPN's own program, where it speaks to several "
					  "servers before it connects.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct around),
	.observe = observe,
	.around = &kind,
	.outings = around_observe,
	.describe = describe,
	.finish = around_finish,
};
