/*
 * Media around a tunnel or proxy: what shows that it is media, whose address it gives away, and how
 * the finding about that address grows.
 */
#include "tests/unit/support/call.h"

#define MEDIA  "media-outside-tunnel"
#define SRFLX  "srflx-outside-egress"
#define TUNNEL "tunnel=tun0"
#define EGRESS "egress=203.0.113.7"
#define REAL   "198.51.100.23:50000"
#define EXIT   "203.0.113.7:50000"

struct row {
	const char *name, *declared;
	struct step steps[MOST];
	const char *id; /* of the finding; NULL: none, of any detection above info */
	enum stage stage;
	enum confidence confidence;
	const char *leaked; /* NULL: no address is named */
};

static const struct row shown_rows[] = {
	{"RTP, ICE's", TUNNEL, {{CHECKS}, {SAYS(RTP)}}, MEDIA, STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"... by the peer's checks", TUNNEL, {{CHECKS, .comes = true}, {SAYS(RTP)}}, MEDIA,
		STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"RTP both ways", TUNNEL, {{SAYS(RTP), .comes = true}, {SAYS(RTP)}}, MEDIA, STAGE_MEDIA,
		CONFIDENCE_HIGH, NULL},
	{"... answered later", TUNNEL, {{SAYS(RTP)}, {SAYS(RTP), .comes = true}}, MEDIA,
		STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"RTCP comes back", TUNNEL, {{SAYS(RTP)}, {SAYS(RTCP), .comes = true}}, MEDIA, STAGE_MEDIA,
		CONFIDENCE_HIGH, NULL},
	{"RTP, one way for long", TUNNEL, {{SAYS(RTP)}, {SAYS(RTP), .packets = 100}}, MEDIA,
		STAGE_MEDIA, CONFIDENCE_MEDIUM, NULL},
	{"DTLS data behind a call's hello", TUNNEL, {{GREETS(DTLS), .srtp = 2}, {SAYS(DTLS)}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"... that the peer said", TUNNEL,
		{{GREETS(DTLS), .alpn = "webrtc", .comes = true}, {SAYS(DTLS)}}, MEDIA, STAGE_MEDIA,
		CONFIDENCE_HIGH, NULL},
	{"the hello alone", TUNNEL, {{GREETS(DTLS), .alpn = "h2,c-webrtc"}}, MEDIA, STAGE_NOMINATED,
		CONFIDENCE_HIGH, NULL},
	{"DTLS, ICE's", TUNNEL, {{CHECKS}, {SAYS(DTLS)}}, MEDIA, STAGE_MEDIA, CONFIDENCE_HIGH,
		NULL},
	{"QUIC, ICE's", TUNNEL, {{CHECKS}, {SAYS(QUIC)}}, MEDIA, STAGE_MEDIA, CONFIDENCE_HIGH,
		NULL},
	{"ChannelData to a relay", TUNNEL, {{SAYS(CHANNEL_DATA), .peer = RELAY}}, MEDIA,
		STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"a call's hello in a Send indication", TUNNEL,
		{{GREETS(DTLS), .srtp = 1, .peer = "192.168.5.9:1", .encapsulation = WRAPPED_TURN}},
		MEDIA, STAGE_NOMINATED, CONFIDENCE_HIGH, NULL},
	{"an interface guessed", TUNNEL,
		{{CHECKS, .interface = NAMELESS_ETHERNET},
			{SAYS(RTP), .interface = NAMELESS_ETHERNET}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_MEDIUM, NULL},
	{"beside an HTTP proxy in use", "", {{USES_PROXY(HTTP_CONNECT)}, {CHECKS}, {SAYS(RTP)}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_MEDIUM, NULL},
	{"beside SOCKS", "", {{USES_PROXY(SOCKS5)}, {CHECKS}, {SAYS(RTP)}}, MEDIA, STAGE_MEDIA,
		CONFIDENCE_MEDIUM, NULL},
	{"beside a declared proxy", "proxy=203.0.113.99:3128", {{CHECKS}, {SAYS(RTP)}}, MEDIA,
		STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"a global client of ours, nearby", TUNNEL,
		{{CHECKS, .client = REAL, .hop_limit = 64},
			{SAYS(RTP), .client = REAL, .hop_limit = 64}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_MEDIUM, "198.51.100.23"},
	{"IPv6", EGRESS,
		{{CHECKS, .client = "[2001:db8:77::10]:1", .peer = "[2001:db8:50::1]:1",
			 .hop_limit = 64},
			{SAYS(RTP), .client = "[2001:db8:77::10]:1", .peer = "[2001:db8:50::1]:1",
				.hop_limit = 64}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_MEDIUM, "2001:db8:77::10"},
};

/* Nothing of it is worth an alert. */
static const struct row silent_rows[] = {
	{"RTP, one way for a moment", TUNNEL, {{SAYS(RTP)}, {SAYS(RTP), .packets = 99}},
		.id = NULL},
	{"RTP that only comes", TUNNEL, {{SAYS(RTP), .comes = true, .packets = 999}}, .id = NULL},
	{"answered in another flow", TUNNEL,
		{{SAYS(RTP)}, {SAYS(RTP), .comes = true, .flow = CALL + 1}}, .id = NULL},
	{"checked in another flow", TUNNEL, {{CHECKS, .interface = TUN0, .flow = 1}, {SAYS(RTP)}},
		.id = NULL},
	{"gathering is no check", TUNNEL,
		{{CHECKS, .interface = TUN0, .gathers = true}, {SAYS(DTLS)}}, .id = NULL},
	{"DTLS of something else", TUNNEL,
		{{GREETS(DTLS), .alpn = "coap"}, {SAYS(DTLS), .packets = 999}}, .id = NULL},
	{"TLS that offers webrtc", TUNNEL, {{GREETS(TLS), .alpn = "webrtc"}, {SAYS(DTLS)}},
		.id = NULL},
	{"a protocol named like it", TUNNEL, {{GREETS(DTLS), .alpn = "webrtcx,x-webrtc"}},
		.id = NULL},
	{"ChannelData from a client of ours, a relay", TUNNEL,
		{{SAYS(CHANNEL_DATA), .client = "192.168.77.10:3478", .comes = true}}, .id = NULL},
	{"inside the tunnel", TUNNEL, {{CHECKS, .interface = TUN0}, {SAYS(RTP), .interface = TUN0}},
		.id = NULL},
	{"in the LAN", TUNNEL,
		{{CHECKS, .peer = "192.168.77.20:1"}, {SAYS(RTP), .peer = "192.168.77.20:1"}},
		.id = NULL},
	{"through the proxy", "proxy=203.0.113.50", {{CHECKS}, {SAYS(RTP)}}, .id = NULL},
	{"inside what the proxy carries", "proxy=203.0.113.99:1080",
		{{CHECKS, .encapsulation = WRAPPED_PROXY},
			{SAYS(RTP), .encapsulation = WRAPPED_PROXY}},
		.id = NULL},
	{"to the tunnel's end", "tunnel=203.0.113.50:40000", {{CHECKS}, {SAYS(RTP)}}, .id = NULL},
	{"nothing expected", "", {{CHECKS}, {SAYS(RTP)}}, .id = NULL},
	{"an egress declared, and no address known", EGRESS, {{CHECKS}, {SAYS(RTP)}}, .id = NULL},
	{"somebody else's call", TUNNEL,
		{{CHECKS, .client = "198.51.100.9:1"}, {SAYS(RTP), .client = "198.51.100.9:1"}},
		.id = NULL},
	{"a router tunnels it", EGRESS, {{ANSWERED(EXIT)}, {SAYS(RTP)}}, .id = NULL},
	{"... and the tunnel is declared, too", EGRESS " tunnel=203.0.113.7:1194",
		{{ANSWERED(EXIT)}, {SAYS(RTP)}}, .id = NULL},
	{"on a gateway's inner side", TUNNEL,
		{{CHECKS, .interface = LAN0}, {SAYS(RTP), .interface = LAN0}}, .id = NULL},
};

static const struct row growing_rows[] = {
	{"gathered, then media to a peer", EGRESS,
		{{ANSWERED(REAL), .peer = RELAY, .flow = 1, .gathers = true}, {CHECKS},
			{SAYS(RTP)}},
		SRFLX, STAGE_MEDIA, CONFIDENCE_HIGH, "198.51.100.23"},
	{"checked, then media", EGRESS, {{ANSWERED(REAL)}, {SAYS(RTP)}}, SRFLX, STAGE_MEDIA,
		CONFIDENCE_HIGH, "198.51.100.23"},
	{"checked in one flow, media in another", EGRESS,
		{{ANSWERED(REAL), .flow = 1}, {CHECKS}, {SAYS(RTP)}}, SRFLX, STAGE_MEDIA,
		CONFIDENCE_HIGH, "198.51.100.23"},
	{"checked on a gateway's inner side", EGRESS,
		{{ANSWERED(REAL), .interface = LAN0}, {SAYS(RTP), .interface = LAN0}}, SRFLX,
		STAGE_MEDIA, CONFIDENCE_HIGH, "198.51.100.23"},
	{"kept by consent", EGRESS, {{ANSWERED(REAL)}, {ANSWERED(REAL), .consent = true}}, SRFLX,
		STAGE_NOMINATED, CONFIDENCE_HIGH, "198.51.100.23"},
	{"gathered, and no more", EGRESS, {{ANSWERED(REAL), .gathers = true}}, SRFLX,
		STAGE_GATHERED, CONFIDENCE_HIGH, "198.51.100.23"},
	{"gathered, then media to somebody behind the same NAT", EGRESS,
		{{ANSWERED(REAL), .peer = RELAY, .flow = 1, .gathers = true},
			{CHECKS, .peer = "198.51.100.23:1"},
			{SAYS(RTP), .peer = "198.51.100.23:1"}},
		SRFLX, STAGE_GATHERED, CONFIDENCE_HIGH, "198.51.100.23"},
	{"asked in vain, then media", TUNNEL, {{CHECKS, .gathers = true}, {CHECKS}, {SAYS(RTP)}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
	{"media, then the address, then media again: one finding", TUNNEL,
		{{CHECKS}, {SAYS(RTP)}, {ANSWERED(REAL), .flow = 2}, {SAYS(RTP), .flow = 2}}, SRFLX,
		STAGE_MEDIA, CONFIDENCE_HIGH, "198.51.100.23"},
	{"... and once more to somebody else", TUNNEL,
		{{CHECKS}, {SAYS(RTP)}, {ANSWERED(REAL), .flow = 2}, {SAYS(RTP), .flow = 2},
			{CHECKS, .peer = RELAY, .flow = 3}, {SAYS(RTP), .peer = RELAY, .flow = 3}},
		SRFLX, STAGE_MEDIA, CONFIDENCE_HIGH, "198.51.100.23"},
	{"the exit that a peer saw inside is not shown outside", TUNNEL " " EGRESS,
		{{ANSWERED(EXIT), .interface = TUN0}, {SAYS(RTP), .interface = TUN0},
			{CHECKS, .interface = TUN0}, {SAYS(RTP)}},
		MEDIA, STAGE_MEDIA, CONFIDENCE_HIGH, NULL},
};

static unsigned findings_above_info(const struct judge *j)
{
	return (unsigned)engine_findings(j->engine, SEVERITY_LOW);
}

static void leaked_check(const struct row *r, const struct alert *a)
{
	char text[ADDR_TEXT_MAX];
	const char *got = a->leaked_count ? addr_text(&a->leaked[0], text) : NULL;
	if (!got != !r->leaked || (got && strcmp(got, r->leaked) != 0))
		fail_msg("%s: leaked %s, wanted %s", r->name, got ? got : "nothing",
			r->leaked ? r->leaked : "nothing");
}

static void row_check(const struct row *r)
{
	struct judge *j = call_play(r->declared, 0, r->steps);
	const struct alert *a = r->id ? call_found(j, r->id) : NULL;
	if (findings_above_info(j) != (r->id != NULL))
		fail_msg("%s: %u findings", r->name, findings_above_info(j));
	if (r->id && !a)
		fail_msg("%s: no %s", r->name, r->id);
	if (a && (a->stage != r->stage || a->confidence != r->confidence))
		fail_msg("%s: stage %d, confidence %d", r->name, a->stage, a->confidence);
	if (a)
		leaked_check(r, a);
	judge_free(j);
}

static void media_is_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(shown_rows); i++)
		row_check(&shown_rows[i]);
}

static void nothing_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(silent_rows); i++) {
		/* The steps may be worth a lesser finding of another detection's: not of media's.
		 */
		struct judge *j = call_play(silent_rows[i].declared, 0, silent_rows[i].steps);
		const struct alert *a = call_found(j, MEDIA);
		if (a)
			fail_msg("%s: %s", silent_rows[i].name, a->message);
		judge_free(j);
	}
}

static void findings_grow(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(growing_rows); i++)
		row_check(&growing_rows[i]);
}

/* That an address was gathered later, or a call set up, does not say that media showed it. */
static void nameless_stands(void **state)
{
	(void)state;
	const struct step steps[MOST] = {{CHECKS}, {SAYS(RTP)},
		{ANSWERED(REAL), .peer = RELAY, .flow = 2, .gathers = true},
		{GREETS(DTLS), .srtp = 1, .flow = 3}};
	struct judge *j = call_play(TUNNEL, 0, steps);
	assert_int_equal(findings_above_info(j), 2);
	assert_true(call_found(j, MEDIA) && call_found(j, SRFLX));
	assert_int_equal(j->by_state[STATE_WITHDRAWN], 0);
	judge_free(j);
}

/* Many pairs are tried; the one in use is known again by its next check. */
static void flows_make_way(void **state)
{
	(void)state;
	struct judge *j = judge_new(TUNNEL);
	const struct step check = {CHECKS}, say = {SAYS(RTP)};
	struct step other = {CHECKS};
	step_play(j, &check);
	for (uint64_t flow = 1; flow <= 8; flow++) {
		other.flow = 1000 + flow;
		step_play(j, &other);
	}
	step_play(j, &say);
	assert_int_equal(j->by_state[STATE_OPEN], 0);
	step_play(j, &check);
	step_play(j, &say);
	assert_int_equal(j->by_state[STATE_OPEN], 1);
	assert_string_equal(judge_last(j)->detection->id, MEDIA);
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_is_shown),
		cmocka_unit_test(nothing_is_said),
		cmocka_unit_test(findings_grow),
		cmocka_unit_test(nameless_stands),
		cmocka_unit_test(flows_make_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
