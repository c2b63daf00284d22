/* Putting an alert together, the parts that every detection needs. */
#include "rules/detection.h"

#include <string.h>

struct alert alert_draft(
	const struct judgement *j, const struct observation *o, const struct addr *client)
{
	const struct knowledge *k = j->knowledge;
	return (struct alert){
		.detection = &j->detection->info,
		.head = o->head,
		.severity = j->detection->info.severity,
		.confidence = CONFIDENCE_HIGH,
		.vantage = knowledge_role(k, client, o->head.interface),
		.client = *client,
		.first_ns = o->head.time_ns,
		.last_ns = o->head.time_ns,
	};
}

struct alert alert_draft_direct(const struct judgement *j, const struct observation *o,
	const struct addr *client, const struct endpoint *server,
	const struct expectation *expected)
{
	struct alert a = alert_draft(j, o, client);
	a.path = PATH_DIRECT;
	a.confidence = knowledge_confidence(j->knowledge, client, o->head.interface);
	a.server = *server;
	alert_add_expected(&a, expected);
	return a;
}

void alert_add_own(struct alert *a, const struct addr *source)
{
	if (addr_scope(source) == SCOPE_GLOBAL)
		alert_add_leaked(a, source);
}

void alert_add_leaked(struct alert *a, const struct addr *leaked)
{
	if (a->leaked_count < ALERT_LEAKED_MAX)
		a->leaked[a->leaked_count++] = *leaked;
}

void alert_add_name(struct alert *a, const uint8_t *bytes, size_t length)
{
	if (a->name_count == ALERT_NAMES_MAX)
		return;
	struct obs_word *word = &a->names[a->name_count++];
	word->cut = length > sizeof(word->bytes);
	word->length = (uint8_t)(word->cut ? sizeof(word->bytes) : length);
	memcpy(word->bytes, bytes, word->length);
}

void alert_add_expected(struct alert *a, const struct expectation *expected)
{
	a->learned = expected->learned;
	a->through = expected->through;
	a->through_at = expected->through_at;
	a->expected_cut = expected->egress_count > ALERT_EXPECTED_MAX;
	for (uint32_t i = 0; i < expected->egress_count && i < ALERT_EXPECTED_MAX; i++)
		a->expected[a->expected_count++] = expected->egress[i];
}

void alert_add_frame(struct alert *a, uint16_t capture, uint16_t interface, uint64_t frame)
{
	if (a->frame_count < ALERT_FRAMES_MAX)
		a->frames[a->frame_count++] = (struct alert_frame){
			.number = frame, .capture = capture, .interface = interface};
}

static bool proof_make(const struct knowledge *k, const struct observation *o, struct proof *out)
{
	bool binding = o->head.kind == OBS_BINDING_RESULT;
	const struct endpoint *mapped = binding ? &o->binding_result.mapped : &o->allocation.mapped;
	*out = (struct proof){
		.answer = binding ? &o->binding_result.answer : &o->allocation.answer,
		.mapped = addr_plain(&mapped->addr),
		.disputed = binding && o->binding_result.disputed,
	};
	if (!knowledge_judges_answer(k, out->answer) ||
		knowledge_socket_is_tunnels(k, &out->answer->client))
		return false;
	const struct addr *client = &out->answer->client.addr;
	out->path = knowledge_path_asked(k, o, out->answer);
	knowledge_expect(k, client, &out->expected);
	/* A neighbour in the LAN sees the address that the client has there, and nobody else does.
	 */
	return out->path != PATH_LAN || !addr_equal(&out->mapped, client);
}

bool proof_read(const struct judgement *j, const struct observation *o, struct proof *out)
{
	struct proof_once *once = j->once;
	if (!once->made)
		once->proven = proof_make(j->knowledge, o, &once->proof);
	once->made = true;
	*out = once->proof;
	return once->proven;
}

static enum stage proof_stage(const struct proof *proof)
{
	if (proof->answer->nominates || proof->answer->ice.consent)
		return STAGE_NOMINATED;
	return proof->answer->check ? STAGE_SIGNALLED : STAGE_GATHERED;
}

/* That somebody with a global address is a client of ours, only the hop limit says. */
static bool client_is_guessed(const struct judgement *j, const struct obs_stun_answer *answer)
{
	return answer->request_direction == DIRECTION_UNKNOWN &&
		addr_scope(&answer->client.addr) == SCOPE_GLOBAL &&
		!knowledge_declared(j->knowledge, &answer->client.addr);
}

/* A declared egress is contradicted by the address itself; otherwise the interface's role carries
 * the verdict. An answer from elsewhere, or one that names two addresses, may be a forgery. */
static enum confidence proof_confidence(const struct judgement *j, const struct proof *proof)
{
	const struct obs_stun_answer *answer = proof->answer;
	if (!answer->same_server || proof->disputed)
		return CONFIDENCE_LOW;
	if (!proof->expected.any)
		return CONFIDENCE_HIGH;
	if (proof->path == PATH_TUNNEL || client_is_guessed(j, answer))
		return CONFIDENCE_MEDIUM;
	if (proof->expected.declared)
		return CONFIDENCE_HIGH;
	return knowledge_confidence(j->knowledge, &answer->client.addr, answer->request_interface);
}

struct alert alert_of_proof(
	const struct judgement *j, const struct observation *o, const struct proof *proof)
{
	const struct obs_stun_answer *answer = proof->answer;
	struct alert a = alert_draft(j, o, &answer->client.addr);
	a.path = proof->path;
	a.stage = proof_stage(proof);
	a.confidence = proof_confidence(j, proof);
	bool doubtful = a.confidence == CONFIDENCE_LOW || a.path == PATH_TUNNEL;
	if (doubtful && a.severity > SEVERITY_MEDIUM)
		a.severity = SEVERITY_MEDIUM;
	a.server = answer->server;
	a.first_ns = answer->request_ns;
	if (addr_scope(&proof->mapped) == SCOPE_GLOBAL)
		alert_add_leaked(&a, &proof->mapped);
	alert_add_expected(&a, &proof->expected);
	alert_add_frame(
		&a, answer->request_capture, answer->request_interface, answer->request_frame);
	alert_add_frame(&a, o->head.capture, o->head.interface, o->head.frame);
	return a;
}
