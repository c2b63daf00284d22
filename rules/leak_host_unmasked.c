/*
 * host-candidate-unmasked: a client whose host candidates had mDNS names tells the same signalling
 * server bare private addresses in a later gathering. That is what browsers do once the page may
 * use camera or microphone (RFC 8828 §5.2 takes that for consent): a tell, and the leak itself.
 *
 * Programs that never hid anything say nothing here, nor does a mixture within one gathering, nor
 * SIP. Known false positive: somebody who joins a call with camera, as meant.
 */
#include "rules/describe.h"
#include "rules/heard.h"
#include "rules/telling.h"

#include <string.h>
/* A page that is left open longer is hardly the same page. */
#define PAGE_NS (UINT64_C(3600) * 1000000000)

/* The last gathering with mDNS names. */
struct masked {
	uint64_t at_ns, frame;
	struct addr listener;
	uint8_t reserved[3];
	uint32_t ufrag; /* its hash */
};

static uint32_t ufrag_of(const struct observation *o)
{
	return o->candidate.ufrag.length ? word_hash(&o->candidate.ufrag) : 0;
}

static void mask_note(struct masked *m, const struct observation *o, const struct telling *t)
{
	m->at_ns = o->head.time_ns;
	m->frame = o->head.frame;
	m->listener = *t->listener;
	m->ufrag = ufrag_of(o);
}

/* Another gathering than the masked one, told to the same server not long after. */
static bool mask_fell(const struct masked *m, const struct observation *o, const struct telling *t)
{
	uint32_t ufrag = ufrag_of(o);
	bool later = ufrag && m->ufrag ? ufrag != m->ufrag : o->head.frame != m->frame;
	return m->at_ns && later && addr_equal(&m->listener, t->listener) &&
		o->head.time_ns - m->at_ns <= PAGE_NS;
}

static bool is_private(const struct addr *told)
{
	struct addr plain = addr_unmapped(told);
	enum addr_scope scope = addr_scope(&plain);
	return scope == SCOPE_PRIVATE || scope == SCOPE_LINK;
}

static void observe(const struct judgement *j, const struct observation *o)
{
	struct telling t;
	const struct obs_candidate *c = &o->candidate;
	bool bare = is_private(&c->address.addr);
	if (c->type != CANDIDATE_HOST || (!c->mdns && !bare) || !telling_read(j, o, &t))
		return;
	if (t.phone || !t.stranger)
		return;
	if (c->mdns) {
		mask_note(judgement_memory(j, t.client), o, &t);
		return;
	}
	const struct masked *m = judgement_recall(j, t.client);
	if (!m || !mask_fell(m, o, &t) || heard_before(&j->knowledge->heard, t.client, &c->address))
		return;
	struct alert a = telling_alert(j, o, &t, &c->address);
	finding_raise(j, &a);
}

static void describe(struct alert *a)
{
	describe_told(a, "a host candidate, which it had hidden behind an mDNS name before");
}

static const char *const references[] = {
	"RFC 8828 section 5.2",
	"draft-ietf-mmusic-mdns-ice-candidates section 3.1",
	NULL,
};

extern const struct detection detection_srflx_outside_egress;
extern const struct detection detection_host_unmasked;
const struct detection detection_host_unmasked = {
	.info =
		{
			.id = "host-candidate-unmasked",
			.signature_id = 140,
			.revision = 1,
			.severity = SEVERITY_MEDIUM,
			.title = "Host candidates lost their mDNS names",
			.category = "Potential Corporate Privacy Violation",
			.catalogue = "D14",
			.why = "The client hid its addresses behind mDNS names at first, and "
			       "in a later gathering told the same site the bare ones. "
			       "Browsers do so once a page may use camera or microphone: the "
			       "permission was asked for, and the network's inside came with "
			       "it. Sites ask for it for just that.",
			.remedy = "Take back camera and microphone permission of the page. In "
				  "Chromium, Chrome, Brave and Edge set the WebRTC IP handling "
				  "policy to disable_non_proxied_udp; in Firefox set "
				  "media.peerconnection.ice.proxy_only to true.",
			.false_positive =
				"Somebody who joins a call with camera, as meant; without an "
				"expectation it is exposure, at info.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_CANDIDATE),
	.grows = &detection_srflx_outside_egress,
	.state_size = sizeof(struct masked),
	.observe = observe,
	.describe = describe,
};
