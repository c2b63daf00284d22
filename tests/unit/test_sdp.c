/*
 * Session descriptions and candidates: the examples of RFC 8866, RFC 8839 and the mDNS draft, and
 * what Chromium, Firefox and Skype for Business write.
 */
#include "tests/unit/support/content.h"

/* RFC 8866 §5 */
static const char example_8866[] = "v=0\r\n"
				   "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
				   "s=Call to John Smith\r\n"
				   "i=SDP Offer #1\r\n"
				   "u=http://www.jdoe.example.com/home.html\r\n"
				   "e=Jane Doe <jane@jdoe.example.com>\r\n"
				   "p=+1 617 555-6011\r\n"
				   "c=IN IP4 198.51.100.1\r\n"
				   "t=0 0\r\n"
				   "m=audio 49170 RTP/AVP 0\r\n"
				   "m=audio 49180 RTP/AVP 0\r\n"
				   "m=video 51372 RTP/AVP 99\r\n"
				   "c=IN IP6 2001:db8::2\r\n"
				   "a=rtpmap:99 h263-1998/90000\r\n";

/* In the form of RFC 8839 appendix A, its offer. */
static const char example_8839[] =
	"v=0\r\n"
	"o=jdoe 2890844526 2890842807 IN IP6 fe80::6676:baff:fe9c:ee4a\r\n"
	"s=\r\n"
	"c=IN IP6 2001:db8:8101:3a55:4858:a2a9:22ff:99b9\r\n"
	"t=0 0\r\n"
	"a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"
	"a=ice-ufrag:8hhY\r\n"
	"m=audio 45664 RTP/AVP 0\r\n"
	"b=RS:0\r\n"
	"b=RR:0\r\n"
	"a=rtpmap:0 PCMU/8000\r\n"
	"a=candidate:1 1 UDP 2130706431 fe80::6676:baff:fe9c:ee4a 8998 typ host\r\n"
	"a=candidate:2 1 UDP 1694498815 2001:db8:8101:3a55:4858:a2a9:22ff:99b9 45664 typ srflx "
	"raddr fe80::6676:baff:fe9c:ee4a rport 8998\r\n";

/* RFC 8839 appendix A, IPv4, with the addresses of its candidates in section 5.1. */
static const char example_8839_ipv4[] =
	"v=0\r\n"
	"o=jdoe 2890844526 2890842807 IN IP4 203.0.113.141\r\n"
	"s=\r\n"
	"c=IN IP4 192.0.2.3\r\n"
	"t=0 0\r\n"
	"a=ice-options:ice2\r\n"
	"a=ice-pacing:50\r\n"
	"a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"
	"a=ice-ufrag:8hhY\r\n"
	"m=audio 45664 RTP/AVP 0\r\n"
	"b=RS:0\r\n"
	"b=RR:0\r\n"
	"a=rtpmap:0 PCMU/8000\r\n"
	"a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host\r\n"
	"a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport "
	"8998\r\n";

/* Chromium: candidates above the fragment that is theirs, LF only as a page may have made it. */
static const char chromium[] =
	"v=0\n"
	"o=- 4962303333179871722 2 IN IP4 127.0.0.1\n"
	"s=-\n"
	"t=0 0\n"
	"a=group:BUNDLE 0 1\n"
	"m=audio 50000 UDP/TLS/RTP/SAVPF 111\n"
	"c=IN IP4 198.51.100.23\n"
	"a=rtcp:9 IN IP4 0.0.0.0\n"
	"a=candidate:842163049 1 udp 2122260223 192.168.77.10 50000 typ host generation 0 "
	"network-id 1 network-cost 10\n"
	"a=candidate:1677722093 1 udp 1686052607 198.51.100.23 50000 typ srflx "
	"raddr 192.168.77.10 rport 50000 generation 0 network-id 1\n"
	"a=ice-ufrag:aB3d\n"
	"a=ice-pwd:0123456789abcdef01234567\n"
	"a=setup:actpass\n"
	"m=video 9 UDP/TLS/RTP/SAVPF 96\n"
	"c=IN IP4 0.0.0.0\n"
	"a=candidate:1234 1 tcp 1518280447 192.168.77.10 9 typ host tcptype active\n"
	"a=ice-ufrag:Zz9/\n";

static void rfc_8866(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct obs_session *s = content_session(w, example_8866);
	assert_int_equal(s->media, 3);
	assert_int_equal(s->candidates, 0);
	assert_int_equal(s->role, SDP_ROLE_UNKNOWN);
	assert_int_equal(s->signalling, SIGNALLING_WEBSOCKET);
	assert_false(s->fragment);
	expect_end(&s->origin, "198.51.100.1");
	expect_end(&s->connection, "198.51.100.1:49170");
	expect_end(&s->rtcp, "-");
	assert_int_equal(w->stats.sdp, 1);
	const struct obs_head *head = &watch_seen(w, OBS_SESSION, 0)->head;
	expect_end(&head->src, CONTENT_SENDER);
	expect_end(&head->dst, CONTENT_RECEIVER);
	watch_free(w);
}

static void rfc_8839(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct obs_session *s = content_session(w, example_8839);
	assert_int_equal(s->media, 1);
	assert_int_equal(s->candidates, 2);
	expect_word(&s->ufrag, "8hhY");
	expect_end(&s->origin, "fe80::6676:baff:fe9c:ee4a");
	expect_end(&s->connection, "[2001:db8:8101:3a55:4858:a2a9:22ff:99b9]:45664");
	expect_candidate(w, 0,
		"1 1 udp 2130706431 [fe80::6676:baff:fe9c:ee4a]:8998 host related - ufrag 8hhY gen "
		"0 id 0 cost 0");
	expect_candidate(w, 1,
		"2 1 udp 1694498815 [2001:db8:8101:3a55:4858:a2a9:22ff:99b9]:45664 srflx related "
		"[fe80::6676:baff:fe9c:ee4a]:8998 ufrag 8hhY gen 0 id 0 cost 0");
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 2);
	assert_int_equal(w->stats.candidates, 2);
	watch_free(w);
}

static void rfc_8839_ipv4(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct obs_session *s = content_session(w, example_8839_ipv4);
	assert_int_equal(s->media, 1);
	assert_int_equal(s->candidates, 2);
	expect_word(&s->ufrag, "8hhY");
	expect_end(&s->origin, "203.0.113.141");
	expect_end(&s->connection, "192.0.2.3:45664");
	expect_candidate(w, 0,
		"1 1 udp 2130706431 203.0.113.141:8998 host related - ufrag 8hhY gen 0 id 0 cost "
		"0");
	expect_candidate(w, 1,
		"2 1 udp 1694498815 192.0.2.3:45664 srflx related 203.0.113.141:8998 ufrag 8hhY "
		"gen 0 id 0 cost 0");
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 2);
	watch_free(w);
}

static void browser(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct obs_session *s = content_session(w, chromium);
	assert_int_equal(s->role, SDP_OFFER); /* setup:actpass */
	expect_end(&s->origin, "127.0.0.1");
	expect_end(&s->connection, "198.51.100.23:50000");
	expect_end(&s->rtcp, "0.0.0.0:9");
	expect_word(&s->ufrag, "aB3d");
	expect_candidate(w, 0,
		"842163049 1 udp 2122260223 192.168.77.10:50000 host related - ufrag aB3d gen 0 "
		"id 1 cost 10 offer");
	expect_candidate(w, 1,
		"1677722093 1 udp 1686052607 198.51.100.23:50000 srflx related "
		"192.168.77.10:50000 ufrag aB3d gen 0 id 1 cost 0 offer");
	expect_candidate(w, 2,
		"1234 1 tcp 1518280447 192.168.77.10:9 host active related - ufrag Zz9/ gen 0 id 0 "
		"cost 0 offer");
	watch_free(w);
}

/* A line alone; NULL: it is none, and counted as such. */
static const struct {
	const char *line, *expected;
} lines[] = {
	/* Chromium without permission to use a camera */
	{"candidate:2896278100 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 "
	 "typ host generation 0 ufrag Dx3e network-cost 999",
		"2896278100 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local mdns host "
		"related - ufrag Dx3e gen 0 id 0 cost 999"},
	{"candidate:3148953407 1 udp 1677729535 198.51.100.23 54596 typ srflx raddr 0.0.0.0 rport "
	 "0 generation 0 ufrag Dx3e network-cost 999",
		"3148953407 1 udp 1677729535 198.51.100.23:54596 srflx related 0.0.0.0 ufrag Dx3e "
		"gen 0 id 0 cost 999"},
	{"candidate:1 1 udp 2 2001:db8:77::10 5 typ srflx raddr :: rport 0",
		"1 1 udp 2 [2001:db8:77::10]:5 srflx related :: ufrag  gen 0 id 0 cost 0"},
	/* Firefox */
	{"candidate:0 1 UDP 2122187007 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 60921 typ host",
		"0 1 udp 2122187007 9b36eaac-bb2e-49bb-bb78-21c41c499900.local mdns host related - "
		"ufrag  gen 0 id 0 cost 0"},
	{"candidate:1 1 TCP 2105458943 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 9 typ host "
	 "tcptype active",
		"1 1 tcp 2105458943 9b36eaac-bb2e-49bb-bb78-21c41c499900.local mdns host active "
		"related - ufrag  gen 0 id 0 cost 0"},
	/* draft-ietf-mmusic-mdns-ice-candidates §3.1.2.3 */
	{"a=candidate:1 1 udp 1694498815 192.0.2.1 5000 typ srflx raddr 0.0.0.0 rport 9",
		"1 1 udp 1694498815 192.0.2.1:5000 srflx related 0.0.0.0:9 ufrag  gen 0 id 0 cost "
		"0"},
	/* RFC 6544 §4.5 */
	{"a=candidate:4 1 TCP 1015021823 192.0.2.1 40200 typ relay raddr 10.0.1.1 rport 8998 "
	 "tcptype passive",
		"4 1 tcp 1015021823 192.0.2.1:40200 relay passive related 10.0.1.1:8998 ufrag  gen "
		"0 id 0 cost 0"},
	/* MS-SDPEXT §4.1.3 */
	{"a=candidate:2 1 TCP-PASS 6556159 192.0.2.171 53127 typ relay raddr 192.0.2.171 rport 5",
		"2 1 tcp 6556159 192.0.2.171:53127 relay passive related 192.0.2.171:5 ufrag  gen "
		"0 id 0 cost 0"},
	/* an extension that says nothing takes nothing back */
	{"candidate:2 1 TCP-PASS 5 192.0.2.171 5 typ host tcptype new",
		"2 1 tcp 5 192.0.2.171:5 host passive related - ufrag  gen 0 id 0 cost 0"},
	/* that an address is IPv4 in IPv6 is kept: it is evidence of a kind */
	{"candidate:1 1 udp 5 ::ffff:192.168.77.10 5 typ host",
		"1 1 udp 5 [::ffff:192.168.77.10]:5 host related - ufrag  gen 0 id 0 cost 0"},
	{"candidate:1 1 udp 5 [2001:db8::1] 5 typ host raddr [fe80::1%25eth0] rport 6",
		"1 1 udp 5 [2001:db8::1]:5 host related [fe80::1]:6 ufrag  gen 0 id 0 cost 0"},
	{"candidate:1 1 udp 5 stun.example.com. 5 typ prflx",
		"1 1 udp 5 stun.example.com. prflx related - ufrag  gen 0 id 0 cost 0"},
	{"candidate:1  1   ssltcp 4294967295 192.0.2.1\t65535 typ new x y raddr",
		"1 1 other 4294967295 192.0.2.1:65535 unknown related - ufrag  gen 0 id 0 cost 0"},
	{"candidate:1 1 udp 5 192.0.2.1 0 typ host rport -1 raddr 1.2.3 generation 99999 ufrag u",
		"1 1 udp 5 192.0.2.1 host related - ufrag u gen 0 id 0 cost 0"},
	{"candidate:1 1 udp 5 192.0.2.1 -1 typ host", NULL},
	{"candidate:1 1 udp 5 192.0.2.1 65536 typ host", NULL},
	{"candidate:1 1 udp 5 192.0.2.1 99999999999999999999 typ host", NULL},
	{"candidate:1 1 udp 4294967296 192.0.2.1 5 typ host", NULL},
	{"candidate:1 -1 udp 5 192.0.2.1 5 typ host", NULL},
	{"candidate:1 1 udp 5 999.0.2.1 5 typ host", NULL},
	{"candidate:1 1 udp 5 192.0.2.1;x 5 typ host", NULL},
	{"candidate:1 1 udp 5 [192.0.2.1]x 5 typ host", NULL},
	{"candidate:1 1 udp 5 192.0.2.1 5 host", NULL},
	{"candidate:1 1 udp 5 192.0.2.1 5 typ", NULL},
	{"candidate:", NULL},
	{"candidate: 1", NULL},
};

static void lines_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct watch *w = watch_new(LINK_RAW);
		content_text(w, CONTENT_SDP, lines[i].line);
		assert_int_equal(watch_count(w, OBS_SESSION), 0);
		assert_int_equal(w->count, lines[i].expected != NULL);
		assert_int_equal(w->stats.candidates_malformed, lines[i].expected == NULL);
		if (lines[i].expected)
			expect_candidate(w, 0, lines[i].expected);
		content_prefixes(CONTENT_SDP, lines[i].line);
		watch_free(w);
	}
}

/* RFC 8840 §9 */
static void fragment(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct body body = {CONTENT_SDP, SIGNALLING_WHIP, SDP_ANSWER, false};
	static const char text[] = "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"
				   "a=ice-ufrag:8hhY\r\n"
				   "m=audio 9 RTP/AVP 0\r\n"
				   "a=mid:1\r\n"
				   "a=candidate:1 1 UDP 2130706432 192.0.2.23 5000 typ host\r\n"
				   "m=audio 9 RTP/AVP 0\r\n"
				   "a=mid:2\r\n"
				   "a=ice-lite\r\n"
				   "a=end-of-candidates\r\n";
	content_bytes(w, &body, text, strlen(text));
	const struct obs_session *s = &watch_seen(w, OBS_SESSION, 0)->session;
	assert_true(s->fragment);
	assert_true(s->end_of_candidates);
	assert_true(s->ice_lite);
	assert_int_equal(s->role, SDP_ANSWER);
	assert_int_equal(s->signalling, SIGNALLING_WHIP);
	assert_int_equal(s->media, 2);
	expect_candidate(w, 0,
		"1 1 udp 2130706432 192.0.2.23:5000 host related - ufrag 8hhY gen 0 id 0 cost 0 "
		"answer");
	assert_int_equal(w->count, 2);
	watch_free(w);
}

static void not_sdp(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "\r\n", "v=1\r\n", "vanilla", "a=b", "m=foo",
		"a=rtpmap:0 PCMU/8000\r\n", "c=IN IP4 192.0.2.1\r\n", "o=\n", "GET / HTTP/1.1\r\n"};
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(texts); i++) {
		content_text(w, CONTENT_SDP, texts[i]);
		content_text(w, CONTENT_UNKNOWN, texts[i]);
	}
	assert_int_equal(w->count, 0);
	assert_int_equal(w->stats.sdp, 0);
	watch_free(w);
}

static void prefixes(void **state)
{
	(void)state;
	content_prefixes(CONTENT_SDP, example_8866);
	content_prefixes(CONTENT_SDP, example_8839);
	content_prefixes(CONTENT_UNKNOWN, chromium);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_8866),
		cmocka_unit_test(rfc_8839),
		cmocka_unit_test(rfc_8839_ipv4),
		cmocka_unit_test(browser),
		cmocka_unit_test(lines_alone),
		cmocka_unit_test(fragment),
		cmocka_unit_test(not_sdp),
		cmocka_unit_test(prefixes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
