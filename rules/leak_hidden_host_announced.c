/*
 * hidden-host-announced: a browser hid a client's address in its host candidates behind a name
 * <uuid>.local, and announced by mDNS which address that is. Everybody in the LAN who hears it can
 * tell whose call it is; with the candidate seen in signalling, from which host it came, too.
 *
 * That is how the names work, and no leak beyond the LAN: noted at info, so that candidates can be
 * joined to hosts. Known false positive: none as a fact.
 */
#include "rules/describe.h"
#include "rules/detection.h"
#include "rules/hidden_hosts.h"

static void raise(const struct judgement *j, const struct observation *o, const struct addr *host,
	const struct obs_word *name, enum stage stage)
{
	struct alert a = alert_draft(j, o, host);
	a.stage = stage;
	a.path = stage == STAGE_NONE ? PATH_LAN : PATH_UNKNOWN;
	alert_add_leaked(&a, host);
	alert_add_name(&a, name->bytes, name->length);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	finding_raise(j, &a);
}

static void announced(const struct judgement *j, const struct observation *o)
{
	const struct obs_text *text = &o->dns_record.name;
	if (!hidden_host_announced(o) || !knowledge_judges(j->knowledge, &o->head))
		return;
	struct obs_word name = {.length = (uint8_t)text->length}; /* of its kind: 42 bytes */
	memcpy(name.bytes, text->bytes, name.length);
	raise(j, o, &o->dns_record.addr, &name, STAGE_NONE);
}

static void observe(const struct judgement *j, const struct observation *o)
{
	const struct obs_word *name = &o->candidate.name;
	if (o->head.kind == OBS_DNS_RECORD) {
		announced(j, o);
		return;
	}
	const struct addr *host = hidden_hosts_find(
		&j->knowledge->hidden_hosts, name->bytes, name->length);
	if (host)
		raise(j, o, host, name, STAGE_SIGNALLED);
}

static void describe(struct alert *a)
{
	struct describe_names names;
	describe_begin(a, &names);
	describe_append(a->message, "%s announced in the LAN that it is ", names.client);
	describe_given_names(a);
	describe_append(a->message,
		a->stage == STAGE_SIGNALLED
			? ", and a candidate of that name was signalled: who hears both knows "
			  "which host makes the call"
			: ", a name that hides an address in a call: who hears it can tell whose "
			  "call it is");
	describe_append(a->remedy,
		"Nothing in a LAN that is trusted. Elsewhere, keep mDNS (UDP 5353) from leaving "
		"the host; calls then go without host candidates.");
}

static const char *const references[] = {
	"draft-ietf-mmusic-mdns-ice-candidates section 5.4",
	"RFC 6762 section 8.3",
	NULL,
};

extern const struct detection detection_hidden_host_announced;
const struct detection detection_hidden_host_announced = {
	.info =
		{
			.id = "hidden-host-announced",
			.signature_id = 190,
			.revision = 1,
			.severity = SEVERITY_INFO,
			.title = "Address of an mDNS candidate announced in the LAN",
			.category = "Not Suspicious Traffic",
			.catalogue = "D19",
			.why = "A browser hides addresses in its candidates behind names like "
			       "<uuid>.local, and announces in the LAN which address each is, so "
			       "that peers there can call. Whoever listens there can tell which "
			       "host takes part in which call.",
			.remedy = "Nothing in a LAN that is trusted; elsewhere keep mDNS from "
				  "leaving the host.",
			.false_positive = "As a leak: every browser that makes a call. Hence info, "
					  "and never more.",
			.references = references,
		},
	.wants = INTEREST_IN(OBS_DNS_RECORD) | INTEREST_IN(OBS_CANDIDATE),
	.observe = observe,
	.describe = describe,
};
