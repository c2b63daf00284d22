/* Putting an alert together, the parts that every detection needs. */
#include "rules/detection.h"
#include "rules/path.h"

struct alert alert_draft(
	const struct judgement *j, const struct observation *o, const struct addr *client)
{
	const struct knowledge *k = j->knowledge;
	return (struct alert){
		.detection = &j->detection->info,
		.head = o->head,
		.severity = j->detection->info.severity,
		.confidence = CONFIDENCE_HIGH,
		.vantage = path_role(k->policy, k->sources, o->head.interface),
		.client = *client,
		.first_ns = o->head.time_ns,
		.last_ns = o->head.time_ns,
	};
}

void alert_add_leaked(struct alert *a, const struct addr *leaked)
{
	if (a->leaked_count < ALERT_LEAKED_MAX)
		a->leaked[a->leaked_count++] = *leaked;
}

void alert_add_expected(struct alert *a, const struct expectation *expected)
{
	a->learned = expected->learned;
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

void alert_add_transaction(
	struct alert *a, const struct obs_stun_answer *answer, const struct observation *o)
{
	alert_add_frame(
		a, answer->request_capture, answer->request_interface, answer->request_frame);
	alert_add_frame(a, o->head.capture, o->head.interface, o->head.frame);
	a->server = answer->server;
	a->first_ns = answer->request_ns;
}
