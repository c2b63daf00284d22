/*
 * Whose candidates they are, and whether they stand in an offer or an answer: by who says them to
 * whom, in each protocol that carries them. And bodies of several parts.
 */
#include "tests/unit/support/websocket.h"

#define LINE(address) "a=candidate:1 1 udp 1 " address " 9 typ host\r\n"
#define SDP(address)  "v=0\r\nm=audio 9 RTP/AVP 0\r\n" LINE(address) /* of 73 bytes */
#define LENGTH        "Content-Length: 73\r\n"
#define A             "198.51.100.1"
#define B             "198.51.100.2"
#define SDP_TYPE      "Content-Type: application/sdp\r\n"
#define VIA           "Via: SIP/2.0/TCP 192.168.77.10:5060\r\n"
#define CALL          "Call-ID: c\r\nCSeq: 1 INVITE\r\n"
#define INVITE        "INVITE sip:b@example.com SIP/2.0\r\n" VIA CALL
#define TRYING        "SIP/2.0 183 Session Progress\r\n" VIA CALL
#define HEADER \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
#define SERVERS \
	"<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'>"
#define JINGLE(action, address)                                                             \
	"<iq><jingle action='" action "'><content>"                                         \
	"<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'><candidate ip='" address   \
	"' port='9' protocol='udp' priority='1' component='1' foundation='1' type='host'/>" \
	"</transport></content></jingle></iq>"
#define MIXED         "Content-Type: multipart/mixed; boundary=x\r\n"
#define POST          "POST /whip HTTP/1.1\r\n"
#define CREATED       "HTTP/1.1 201 Created\r\n"
#define JSON(address) "{\"candidate\":\"candidate:1 1 udp 1 " address " 9 typ host\"}" /* 59 */

static const struct {
	const char *name;
	struct line script[8];
	const char *expected; /* of each candidate: address, role, owner */
} rows[] = {
	{"WHIP (RFC 9725 §4.2)",
		{{false, POST SDP_TYPE LENGTH "\r\n" SDP(A), 0},
			{true, CREATED SDP_TYPE LENGTH "\r\n" SDP(B), 0}},
		A " offer sender, " B " answer sender"},
	{"WHEP, offered by the server, as it was asked to",
		{{false, POST "Content-Length: 0\r\n\r\n", 0},
			{true, CREATED SDP_TYPE LENGTH "\r\n" SDP(A), 0},
			{false, "PATCH /whep/1 HTTP/1.1\r\n" SDP_TYPE LENGTH "\r\n" SDP(B), 0}},
		A " offer sender, " B " answer sender"},
	{"WHEP, an offer that is refused for another",
		{{false, POST SDP_TYPE LENGTH "\r\n" SDP(A), 0},
			{true, "HTTP/1.1 406 No\r\n" SDP_TYPE LENGTH "\r\n" SDP(B), 0}},
		A " offer sender, " B " offer sender"},
	{"a trickled part may be of either (RFC 8840)",
		{{false,
			"PATCH /whip/1 HTTP/1.1\r\nContent-Type: "
			"application/trickle-ice-sdpfrag\r\n"
			"Content-Length: 74\r\n"
			"\r\n"
			"a=ice-ufrag:abcd\r\na=mid:0\r\n" LINE(A),
			0}},
		A " - sender"},
	{"pipelined: answers are told apart",
		{{false, POST SDP_TYPE LENGTH "\r\n" SDP(A) "GET / HTTP/1.1\r\n\r\n" POST "\r\n",
			 0},
			{true,
				"HTTP/1.1 100 Continue\r\n\r\n" CREATED SDP_TYPE LENGTH
				"\r\n" SDP(A) CREATED SDP_TYPE LENGTH "\r\n" SDP(A)
					CREATED SDP_TYPE LENGTH "\r\n" SDP(B),
				0}},
		A " offer sender, " A " answer sender, " A " - sender, " B " offer sender"},
	{"messages by HTTP: the server passes them on",
		{{false,
			 POST
			 "Content-Type: application/json\r\nContent-Length: 59\r\n\r\n" JSON(A),
			 0},
			{true,
				CREATED "Content-Type: application/json\r\nContent-Length: "
					"59\r\n\r\n" JSON(B),
				0}},
		A " - sender, " B " - beyond"},
	{"SIP: an offer and its answer, passed on by a proxy",
		{{false, INVITE SDP_TYPE LENGTH "\r\n" SDP(A), 0},
			{true, TRYING SDP_TYPE LENGTH "\r\n" SDP(B), 0}},
		A " offer sender, " B " answer beyond"},
	{"SIP: passed on, answered by who is there",
		{{false, INVITE "v: SIP/2.0/TCP x\r\n" SDP_TYPE LENGTH "\r\n" SDP(A), 0},
			{true, TRYING "m: <sip:b@192.0.2.80:80>\r\n" SDP_TYPE LENGTH "\r\n" SDP(B),
				0}},
		A " offer beyond, " B " answer sender"},
	{"SIP: a delayed offer (RFC 3261 §13.2.1)",
		{{false, INVITE "l: 0\r\n\r\n", 0}, {true, TRYING SDP_TYPE LENGTH "\r\n" SDP(B), 0},
			{false,
				"ACK sip:b@example.com SIP/2.0\r\n" VIA SDP_TYPE LENGTH
				"\r\n" SDP(A),
				0}},
		B " offer beyond, " A " answer sender"},
	{"SIP: an answer to who knows what",
		{{true, TRYING SDP_TYPE LENGTH "\r\n" SDP(B), 0}, {false, INVITE "l: 0\r\n\r\n", 0},
			{true, "SIP/2.0 200 OK\r\nCSeq: 2 INVITE\r\n" SDP_TYPE LENGTH "\r\n" SDP(B),
				0}},
		B " - beyond, " B " - beyond"},
	{"Jingle, of a client with its server",
		{{false, HEADER, 0}, {true, HEADER, 0}, {false, JINGLE("session-initiate", A), 0},
			{true, JINGLE("session-accept", B), 0}},
		A " offer sender, " B " answer beyond"},
	{"Jingle, of servers: both speak for others",
		{{false, SERVERS, 0}, {true, SERVERS, 0}, {false, JINGLE("session-initiate", A), 0},
			{true, JINGLE("transport-info", B), 0}},
		A " offer beyond, " B " - beyond"},
	{"MQTT: the client is who connects",
		{{false, "\x10\x10\0\4MQTT\4\2\0\x3c\0\4abcd", 18}, {true, "\x20\2\0\0", 4},
			{false, "\x30\x3e\0\1t" JSON(A), 64}, {true, "\x30\x3e\0\1t" JSON(B), 64}},
		A " - sender, " B " - beyond"},
	{"MQTT in a WebSocket (MQTT 5.0 §6), its version kept",
		{{false, ASK, 0}, {true, AGREE "Sec-WebSocket-Protocol: mqtt\r\n\r\n", 0},
			{false, "\x82\x91\0\0\0\0\x10\x0f\0\4MQTT\5\2\0\x3c\0\0\2ab", 23},
			{true, "\x82\5\x20\3\0\0\0", 7},
			{false, "\x82\xc5\0\0\0\0\x30\x41\0\1t\2\1\1" JSON(A) "\xc0\0", 75},
			{true, "\x82\x43\x30\x41\0\1t\2\1\1" JSON(B), 69}},
		A " - sender, " B " - beyond"},
	{"WebSocket: both ways",
		{{false, ASK, 0}, {true, AGREE "\r\n", 0}, {false, "\x81\xbb\0\0\0\0" JSON(A), 65},
			{true, "\x81\x3b" JSON(B), 0}},
		A " - sender, " B " - beyond"},
	{"several parts (RFC 2046 §5.1), and parts of parts, in HTTP",
		{{false,
			POST MIXED
			"Content-Length: 361\r\n\r\n"
			"preamble\r\n--x\r\nContent-Type: image/png\r\n\r\n" LINE(
				A) "\r\n--x \r\n" SDP_TYPE
				   "\r\n" SDP(A) "\r\n--x\r\nContent-Type: "
						 "multipart/alternative;boundary=xy\r\n\r\n"
						 "--xy\r\n\r\n" SDP(
							 B) "\r\n--xy--\r\n\r\n--x--\r\n",
			0}},
		A " - sender, " B " - sender"},
	{"several parts in SIP",
		{{false,
			INVITE MIXED "Content-Length: 123\r\n\r\n"
				     "--x\r\nc: application/sdp\r\n\r\n" SDP(
					     A) "\r\n--x\r\n\r\nhello\r\n--x--\r\n",
			0}},
		A " offer sender"},
};

static void candidates_text(const struct watch *w, char *out, size_t size)
{
	static const char *const roles[] = {"-", "offer", "answer"};
	static const char *const owners[] = {"-", "sender", "beyond"};
	size_t length = 0;
	out[0] = '\0';
	for (unsigned i = 0; watch_seen(w, OBS_CANDIDATE, i) && length < size; i++) {
		const struct obs_candidate *c = &watch_seen(w, OBS_CANDIDATE, i)->candidate;
		char address[ADDR_TEXT_MAX];
		length += (size_t)snprintf(out + length, size - length, "%s%s %s %s", i ? ", " : "",
			addr_text(&c->address.addr, address), roles[c->role], owners[c->owner]);
	}
}

static void whose_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[512];
		struct watch *w = watch_new(LINK_RAW);
		script_run(w, rows[i].script);
		candidates_text(w, text, sizeof(text));
		if (strcmp(text, rows[i].expected) != 0)
			fail_msg("%s:\n%s, expected\n%s", rows[i].name, text, rows[i].expected);
		watch_free(w);
	}
}

/* The same however it is cut into segments. */
static void cut_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		script_cuts(rows[i].script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_they_are),
		cmocka_unit_test(cut_everywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
