/*
 * kill-switch-window: the tunnel broke, and until it is up again the client's traffic went out in
 * clear. Whoever it speaks to sees the real address at the very moment when the user relies on
 * being hidden; calls go on to the same peer from another address.
 *
 * The tunnel is down when its handshakes stay unanswered or its far end resets it, or when a
 * conversation that was inside goes on outside. Silence is no sign: an idle WireGuard says nothing
 * for hours. Nor is what the user ends. Only what began after the break counts, whatever it says,
 * but for STUN alone, which has its own detections. Known false positive: a user who pulls the
 * tunnel's interface down on purpose in the middle of a call.
 */
#include "rules/around.h"
#include "rules/describe.h"

#include <string.h>

#define NS_PER_MS 1000000

static bool takes(const struct outing *o)
{
	return o->watch.window == WINDOW_DOWN && o->recognised != RECOGNISED_STUN &&
		o->recognised != RECOGNISED_TUNNEL && o->recognised != RECOGNISED_PROBE;
}

/* The figures are of the window: from when the tunnel broke to when it was back. */
static bool weigh(const struct judgement *j, struct around *m, struct alert *a, bool last)
{
	struct watch now;
	if (!m->watch.carrier_known && !m->handed)
		return false;
	knowledge_watch(j->knowledge, &a->client, &now);
	a->traffic.from_ns = m->watch.since_ns;
	if (now.window == WINDOW_UP && m->over)
		a->traffic.until_ns = m->until_ns;
	return around_weigh(j, m, a, last);
}

static const struct around_kind kind = {.takes = takes, .weigh = weigh};

static void name_note(struct around *m, const struct obs_text *name)
{
	struct obs_word word = {
		.length = (uint8_t)(name->length > OBS_WORD_MAX ? OBS_WORD_MAX : name->length),
		.cut = name->length > OBS_WORD_MAX};
	memcpy(word.bytes, name->bytes, word.length);
	for (uint32_t i = 0; i < m->name_count; i++) {
		if (memcmp(&m->names[i], &word, sizeof(word)) == 0)
			return;
	}
	if (word.length && m->name_count < ALERT_NAMES_MAX)
		m->names[m->name_count++] = word;
}

/* A question for a name while the tunnel is down. */
static void name_observe(const struct judgement *j, const struct observation *o)
{
	const struct knowledge *k = j->knowledge;
	const struct obs_head *h = &o->head;
	struct watch now;
	const struct addr client = knowledge_host(k, &h->src.addr, h->has_macs ? h->src_mac : NULL);
	if (o->dns.response || o->dns.transport > DNS_TCP ||
		knowledge_role(k, &h->src.addr, h->interface) == ROLE_TUNNEL)
		return;
	knowledge_watch(k, &client, &now);
	if (now.window == WINDOW_DOWN && knowledge_judges(k, h))
		name_note(judgement_memory(j, &client), &o->dns.name);
}

/* The tunnel is back: the window has its end. */
static void back_observe(const struct judgement *j, const struct obs_head *h)
{
	const struct knowledge *k = j->knowledge;
	struct watch now;
	const struct endpoint *near = tunnel_near(h);
	const uint8_t *mac = near == &h->src ? h->src_mac : h->dst_mac;
	const struct addr client = knowledge_host(k, &near->addr, h->has_macs ? mac : NULL);
	struct around *m = judgement_recall(j, &client);
	if (!m || !m->raised || m->over)
		return;
	knowledge_watch(k, &client, &now);
	if (now.window != WINDOW_UP)
		return;
	m->over = true;
	m->until_ns = h->time_ns;
	around_raise(j, &kind, &client, m, false);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	if (o->head.kind == OBS_DNS)
		name_observe(j, o);
	else if (o->head.kind == OBS_TUNNEL)
		back_observe(j, &o->head);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	uint64_t ms = (a->traffic.until_ns - a->traffic.from_ns) / NS_PER_MS;
	describe_begin(a, &names);
	describe_append(a->message, "the tunnel of %s broke, and within %llu ms it sent in clear ",
		names.client, (unsigned long long)ms);
	describe_traffic(a);
	for (uint32_t i = 0; i < a->name_count; i++)
		describe_append(a->message, "%s%.*s",
			i ? ", " : "; names asked for: ", (int)a->names[i].length,
			(const char *)a->names[i].bytes);
	describe_append(a->remedy,
		"Turn on the VPN's kill switch, or block everything but the tunnel's own packets "
		"and DHCP on the physical interface with a firewall rule that stays when the "
		"tunnel does not.");
}

static const char *const references[] = {
	"RFC 7359 section 1",
	NULL,
};

extern const struct detection detection_kill_switch_window;
const struct detection detection_kill_switch_window = {
	.info =
		{
			.id = "kill-switch-window",
			.signature_id = 420,
			.revision = 1,
			.severity = SEVERITY_CRITICAL,
			.title = "Traffic in clear while the tunnel was down",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D42",
			.why = "When a tunnel breaks, the system's ordinary route takes over, "
			       "unless something stops it. Calls go on with the same peer, names "
			       "are asked of the provider, and all of them see the real address "
			       "while the user believes to be hidden.",
			.remedy = "Turn on the VPN's kill switch.",
			.false_positive = "Whoever takes the tunnel's interface down on purpose "
					  "in the middle of a conversation.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS) | INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct around),
	.observe = observe,
	.around = &kind,
	.outings = around_observe,
	.describe = describe,
	.finish = around_finish,
};
