/*
 * Ways around a tunnel that are no media: QUIC, TURN over TLS, calls without the relay that a
 * policy wants; and the hellos of calls.
 */
#include "tests/unit/support/call.h"
#include "tests/unit/support/judge_policy.h"

#define QUIC_ID  "quic-outside-tunnel"
#define TURN_TLS "turn-tls-outside-tunnel"
#define TURN     "turn-outside-tunnel"
#define RELAYED  "peer-despite-relay-only"
#define WEBRTC   "webrtc-handshake"
#define TUNNEL   "tunnel=tun0"
#define REAL     "198.51.100.23:50000"
#define EXIT     "203.0.113.7:50000"
#define SITE     .peer = "192.0.2.80:443"
#define FAR      .peer = RELAY

struct row {
	const char *name, *declared;
	struct step steps[MOST];
	const char *id; /* that is raised or, if `silent`, is not */
	bool silent;
	enum severity severity;
	enum confidence confidence;
};

static const struct row quic_rows[] = {
	{"outside a declared tunnel", TUNNEL, {{SAYS(QUIC), SITE}}, QUIC_ID, false, SEVERITY_HIGH,
		CONFIDENCE_HIGH},
	{"beside a declared proxy", "proxy=203.0.113.99", {{SAYS(QUIC), SITE}}, QUIC_ID, false,
		SEVERITY_HIGH, CONFIDENCE_HIGH},
	{"beside a proxy in use", "", {{USES_PROXY(HTTP_ABSOLUTE)}, {SAYS(QUIC), SITE}}, QUIC_ID,
		false, SEVERITY_MEDIUM, CONFIDENCE_MEDIUM},
	{"its own address, and another egress", "egress=203.0.113.7",
		{{SAYS(QUIC), .client = REAL, .hop_limit = 64, SITE}}, QUIC_ID, false,
		SEVERITY_HIGH, CONFIDENCE_MEDIUM},
	{"a name like a relay's", TUNNEL,
		{{GREETS(QUIC), .name = "mask.icloud.com.example", SITE}, {SAYS(QUIC), SITE}},
		QUIC_ID, false, SEVERITY_HIGH, CONFIDENCE_HIGH},
	{"a hello alone", TUNNEL, {{GREETS(QUIC), .name = "www.example", SITE}}, QUIC_ID, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"what only comes", TUNNEL, {{SAYS(QUIC), .comes = true, SITE}}, QUIC_ID, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"a relay of Private Relay", TUNNEL,
		{{GREETS(QUIC), .name = "mask.icloud.com", SITE}, {SAYS(QUIC), SITE}}, QUIC_ID,
		true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"WARP", TUNNEL,
		{{GREETS(QUIC), .name = "consumer-masque.cloudflareclient.com", SITE},
			{SAYS(QUIC), SITE}},
		QUIC_ID, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"a call's", TUNNEL, {{CHECKS}, {SAYS(QUIC)}}, QUIC_ID, true, SEVERITY_INFO,
		CONFIDENCE_LOW},
	{"RTP", TUNNEL, {{SAYS(RTP)}}, QUIC_ID, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"inside the tunnel", TUNNEL, {{SAYS(QUIC), SITE, .interface = TUN0}}, QUIC_ID, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"to the tunnel's end", "tunnel=192.0.2.80:443", {{SAYS(QUIC), SITE}}, QUIC_ID, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"to the proxy", "proxy=192.0.2.80", {{SAYS(QUIC), SITE}}, QUIC_ID, true, SEVERITY_INFO,
		CONFIDENCE_LOW},
	{"nothing expected", "", {{SAYS(QUIC), SITE}}, QUIC_ID, true, SEVERITY_INFO,
		CONFIDENCE_LOW},
	{"an egress declared, no address known", "egress=203.0.113.7", {{SAYS(QUIC), SITE}},
		QUIC_ID, true, SEVERITY_INFO, CONFIDENCE_LOW},
};

static const struct row turn_rows[] = {
	{"stun.turn offered", TUNNEL, {{GREETS(TLS), .alpn = "stun.turn", FAR}}, TURN_TLS, false,
		SEVERITY_MEDIUM, CONFIDENCE_HIGH},
	{"over DTLS", TUNNEL, {{GREETS(DTLS), .alpn = "stun.turn,stun.nat-discovery", FAR}},
		TURN_TLS, false, SEVERITY_MEDIUM, CONFIDENCE_HIGH},
	{"a server it allocated from", TUNNEL,
		{{ALLOCATES(EXIT), FAR, .interface = TUN0},
			{GREETS(TLS), .peer = "192.0.2.11:443"}},
		TURN_TLS, false, SEVERITY_MEDIUM, CONFIDENCE_MEDIUM},
	{"a name", TUNNEL, {{GREETS(TLS), .name = "turn3.example", FAR}}, TURN_TLS, false,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"a name for TLS", TUNNEL, {{GREETS(TLS), .name = "turns.example", FAR}}, TURN_TLS, false,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"the address is told already: one finding", "egress=203.0.113.7",
		{{ALLOCATES(REAL), FAR}, {GREETS(TLS), .alpn = "stun.turn", FAR}}, TURN, false,
		SEVERITY_HIGH, CONFIDENCE_HIGH},
	{"another name", TUNNEL, {{GREETS(TLS), .name = "return.example", FAR}}, TURN_TLS, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"a name that begins like it", TUNNEL, {{GREETS(TLS), .name = "turnstile.example", FAR}},
		TURN_TLS, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"no more than that", TUNNEL, {{GREETS(TLS), .name = "turns", FAR}}, TURN_TLS, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
	{"a page on the server", TUNNEL,
		{{ALLOCATES(EXIT), FAR, .interface = TUN0}, {GREETS(TLS), .alpn = "h2", FAR}},
		TURN_TLS, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"a call with the relay's host", TUNNEL,
		{{ALLOCATES(EXIT), FAR, .interface = TUN0}, {GREETS(DTLS), .srtp = 1, FAR}},
		TURN_TLS, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"inside the tunnel", TUNNEL, {{GREETS(TLS), .alpn = "stun.turn", FAR, .interface = TUN0}},
		TURN_TLS, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"inside the proxy's connection", "proxy=203.0.113.99",
		{{GREETS(TLS), .alpn = "stun.turn", .peer = "203.0.113.99:3128",
			.encapsulation = WRAPPED_PROXY}},
		TURN_TLS, true, SEVERITY_INFO, CONFIDENCE_LOW},
	{"nothing expected", "", {{GREETS(TLS), .alpn = "stun.turn", FAR}}, TURN_TLS, true,
		SEVERITY_INFO, CONFIDENCE_LOW},
};

static const struct row hello_rows[] = {
	{"a call's", "", {{GREETS(DTLS), .srtp = 1}}, WEBRTC, false, SEVERITY_INFO,
		CONFIDENCE_HIGH},
	{"in the LAN", TUNNEL, {{GREETS(DTLS), .srtp = 1, .peer = "192.168.77.20:1"}}, WEBRTC,
		false, SEVERITY_INFO, CONFIDENCE_HIGH},
	{"through a relay, inside the proxy", TUNNEL,
		{{GREETS(DTLS), .srtp = 1, .encapsulation = WRAPPED_PROXY | WRAPPED_TURN}}, WEBRTC,
		false, SEVERITY_INFO, CONFIDENCE_HIGH},
	{"around the tunnel", TUNNEL, {{GREETS(DTLS), .srtp = 1}}, WEBRTC, true, SEVERITY_INFO,
		CONFIDENCE_LOW},
	{"DTLS of something else", "", {{GREETS(DTLS)}}, WEBRTC, true, SEVERITY_INFO,
		CONFIDENCE_LOW},
	{"TLS", "", {{GREETS(TLS), .alpn = "webrtc"}}, WEBRTC, true, SEVERITY_INFO, CONFIDENCE_LOW},
};

static void row_check(const struct row *r)
{
	struct judge *j = call_play(r->declared, 0, r->steps);
	const struct alert *a = call_found(j, r->id);
	if (!a != r->silent)
		fail_msg("%s: %s", r->name, a ? a->message : "silence");
	if (a && (a->severity != r->severity || a->confidence != r->confidence))
		fail_msg("%s: severity %d, confidence %d", r->name, a->severity, a->confidence);
	judge_free(j);
}

static void quic(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(quic_rows); i++)
		row_check(&quic_rows[i]);
}

static void turn_over_tls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(turn_rows); i++)
		row_check(&turn_rows[i]);
}

static void hellos(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(hello_rows); i++)
		row_check(&hello_rows[i]);
}

/* The site's name is part of the finding. */
static void names_are_kept(void **state)
{
	(void)state;
	const struct step steps[MOST] = {
		{GREETS(QUIC), .name = "www.example", SITE}, {SAYS(QUIC), SITE}};
	struct judge *j = call_play(TUNNEL, 0, steps);
	const struct alert *a = call_found(j, QUIC_ID);
	assert_non_null(a);
	assert_int_equal(a->name_count, 1);
	assert_memory_equal(a->names[0].bytes, "www.example", a->names[0].length);
	judge_free(j);
}

static const struct {
	const char *name, *more; /* of the policy's entry */
	struct step steps[MOST];
	const char *id; /* NULL: nothing above info */
	enum severity severity;
} relay_rows[] = {
	{"nominated", "", {{ANSWERED(REAL), .nominates = true}}, RELAYED, SEVERITY_HIGH},
	{"kept by consent", "", {{ANSWERED(REAL), .consent = true}}, RELAYED, SEVERITY_HIGH},
	{"another's relay", "",
		{{ALLOCATES(REAL), FAR, .client = "192.168.77.11:1"},
			{ANSWERED(REAL), FAR, .nominates = true}},
		RELAYED, SEVERITY_HIGH},
	{"on a gateway's inner side", "", {{ANSWERED(REAL), .nominates = true, .interface = LAN0}},
		RELAYED, SEVERITY_HIGH},
	{"after the check that led to it: one finding", "",
		{{CHECKS, .nominates = true}, {ANSWERED(REAL), .nominates = true}}, RELAYED,
		SEVERITY_HIGH},
	{"only checked", "", {{ANSWERED(REAL)}}, .id = NULL},
	{"gathered", "", {{ANSWERED(REAL), .gathers = true, .nominates = true}}, .id = NULL},
	{"its relay", "", {{ALLOCATES(REAL), FAR}, {ANSWERED(REAL), FAR, .nominates = true}},
		.id = NULL},
	{"inside the tunnel", "tunnel: tun0",
		{{ANSWERED(EXIT), .nominates = true, .interface = TUN0}}, .id = NULL},
	{"a router tunnels it", "egress: 203.0.113.7", {{ANSWERED(EXIT), .nominates = true}},
		.id = NULL},
	{"in the LAN", "",
		{{ANSWERED("192.168.77.10:50000"), .peer = "192.168.77.20:1", .nominates = true}},
		.id = NULL},
	{"somebody else's", "", {{ANSWERED(REAL), .client = "192.168.88.1:1", .nominates = true}},
		.id = NULL},
};

static void relays_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(relay_rows); i++) {
		char yaml[256];
		snprintf(yaml, sizeof(yaml),
			"clients:\n  - match: 192.168.77.0/24\n    relay_only: true\n    %s\n",
			relay_rows[i].more);
		struct judge *j = judge_of_policy(yaml);
		for (unsigned n = 0; n < MOST && relay_rows[i].steps[n].kind; n++)
			step_play(j, &relay_rows[i].steps[n]);
		engine_finish(j->engine);
		const char *id = relay_rows[i].id;
		const struct alert *a = id ? call_found(j, id) : NULL;
		if (engine_findings(j->engine, SEVERITY_LOW) != (id != NULL))
			fail_msg("%s: %lu findings", relay_rows[i].name,
				(unsigned long)engine_findings(j->engine, SEVERITY_LOW));
		if (id && (!a || a->severity != relay_rows[i].severity))
			fail_msg("%s: no such %s", relay_rows[i].name, id);
		judge_free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quic),
		cmocka_unit_test(turn_over_tls),
		cmocka_unit_test(hellos),
		cmocka_unit_test(names_are_kept),
		cmocka_unit_test(relays_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
