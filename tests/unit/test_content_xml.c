/*
 * Jingle's candidates in the form of XEP-0176 §5.3 and XEP-0371, and UPnP's external address.
 */
#include "tests/unit/support/content.h"

#define ICE_UDP "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' pwd='p' ufrag='8hhy'>"

static const char initiate[] =
	"<?xml version='1.0'?>\n"
	"<iq from='romeo@montague.example/orchard' id='ixt174g9' type='set'>\n"
	"  <jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='a73sjjvkla37jfea'>\n"
	"    <!-- a candidate <candidate ip='1.2.3.4' port='5'/> in a comment -->\n"
	"    <content creator='initiator' name='voice'>\n"
	"      " ICE_UDP "\n"
	"        <candidate component='1' foundation='1' generation='0' id='el0747fg11'\n"
	"          ip='10.0.1.1' network='1' port='8998' priority='2130706431'\n"
	"          protocol='udp' type='host'/>\n"
	"        <candidate component=\"1\" foundation=\"2\" generation=\"0\" id=\"y3s2b30v3r\"\n"
	"          ip=\"192.0.2.3\" network=\"1\" port=\"45664\" priority=\"1694498815\"\n"
	"          protocol=\"udp\" rel-addr=\"10.0.1.1\" rel-port=\"8998\" type=\"srflx\"/>\n"
	"      </transport>\n"
	"    </content>\n"
	"  </jingle>\n"
	"</iq>\n";

static const char soap[] =
	"<?xml version=\"1.0\"?>\r\n"
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
	"<s:Body><u:GetExternalIPAddressResponse xmlns:u=\"urn:schemas-upnp-org:service:"
	"WANIPConnection:1\">"
	"<NewExternalIPAddress> 198.51.100.23 </NewExternalIPAddress>"
	"</u:GetExternalIPAddressResponse></s:Body></s:Envelope>";

static void jingle(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	const struct body body = {.content = CONTENT_UNKNOWN};
	content_bytes(w, &body, initiate, strlen(initiate));
	assert_int_equal(w->count, 2);
	expect_candidate(w, 0,
		"1 1 udp 2130706431 10.0.1.1:8998 host related - ufrag 8hhy gen 0 id 1 cost 0 "
		"offer");
	expect_candidate(w, 1,
		"2 1 udp 1694498815 192.0.2.3:45664 srflx related 10.0.1.1:8998 ufrag 8hhy gen 0 "
		"id 1 cost 0 offer");
	assert_int_equal(watch_seen(w, OBS_CANDIDATE, 0)->candidate.signalling, SIGNALLING_XMPP);
	assert_int_equal(content_prefixes(CONTENT_XML, initiate), 2); /* without its last LF */
	watch_free(w);
}

static void upnp(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	content_text(w, CONTENT_UNKNOWN, soap);
	assert_int_equal(w->count, 1);
	const struct obs_external *e = &watch_seen(w, OBS_EXTERNAL, 0)->external;
	char text[ENDPOINT_TEXT_MAX];
	assert_int_equal(e->protocol, EXTERNAL_UPNP);
	assert_string_equal(endpoint_text(&e->addr, text), "198.51.100.23");
	assert_int_equal(content_prefixes(CONTENT_XML, soap), 0);
	watch_free(w);
}

#define CANDIDATE "<candidate ip='192.0.2.1' port='6' type='host'/>"
#define PLAIN     " 0 udp 0 192.0.2.1:6 host related - ufrag 8hhy gen 0 id 0 cost 0"

/* NULL: no candidate comes out. */
static const struct {
	const char *text, *expected;
} messages[] = {
	{ICE_UDP CANDIDATE "</transport>", PLAIN},
	{"<jingle action='session-accept'>" ICE_UDP CANDIDATE "</transport></jingle>",
		PLAIN " answer"},
	{"<jingle action='transport-info'>" ICE_UDP CANDIDATE "</transport></jingle>", PLAIN},
	{"<i:transport xmlns:i = \"urn:xmpp:jingle:transports:ice:0\" ufrag = \"8hhy\" >"
	 "<i:candidate protocol='tcp' tcptype='passive' ip='2001:db8::1' port='6'></i:candidate>"
	 "</i:transport>",
		" 0 tcp 0 [2001:db8::1]:6 unknown passive related - ufrag 8hhy gen 0 id 0 cost 0"},
	{"<transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'>"
	 "<candidate component='1' generation='0' id='a' ip='10.1.1.104' port='13540'/>"
	 "</transport>",
		" 1 udp 0 10.1.1.104:13540 unknown related - ufrag  gen 0 id 0 cost 0"},
	{ICE_UDP "<candidate foundation='&lt;&amp;&gt;&quot;&apos;&nbsp;&#65;' ip='a.local' "
		 "port='6' type='host'/></transport>",
		"<&>\"'&nbsp;A 0 udp 0 a.local mdns host related - ufrag 8hhy gen 0 id 0 cost "
		"0"},
	/* one of a stream, whose opening tag is left open */
	{"<stream:stream to='a'><message>" ICE_UDP CANDIDATE "</transport></message>", PLAIN},
	{ICE_UDP CANDIDATE "</transport></stream:stream>", PLAIN},
	/* no such transport, no address, no port, not closed, closed twice, a document type */
	{"<transport xmlns='urn:xmpp:jingle:transports:s5b:1'>" CANDIDATE "</transport>", NULL},
	{"<transport>" CANDIDATE "</transport>", NULL},
	{CANDIDATE, NULL},
	{ICE_UDP "</transport>" CANDIDATE, NULL},
	{ICE_UDP "<candidate port='6'/></transport>", NULL},
	{ICE_UDP "<candidate ip='1.2.3.4'/></transport>", NULL},
	{ICE_UDP "<candidate ip='1.2.3.4' port='-5'/></transport>", NULL},
	{ICE_UDP "<candidate ip='1.2.3.4' port='5</transport>", NULL},
	{ICE_UDP "<candidate ip=1.2.3.4 port=5 /></transport>", NULL},
	{ICE_UDP CANDIDATE, NULL},
	{ICE_UDP CANDIDATE "</transport></a>", NULL},
	{"<!DOCTYPE x [<!ENTITY a 'b'>]>" ICE_UDP CANDIDATE "</transport>", NULL},
	{ICE_UDP CANDIDATE "</transport><!-- no end", NULL},
	{ICE_UDP "<![CDATA[" CANDIDATE "]]></transport>", NULL},
	{ICE_UDP "<!--" CANDIDATE "--></transport>", NULL},
	{"<NewExternalIPAddress>192.0.2.1</NewExternalIPAddress>", NULL},
	{"<", NULL},
	{"<>", NULL},
	{"</>", NULL},
	{"<a/", NULL},
	{"<!", NULL},
	{"<!-->", NULL},
	{"<?", NULL},
	{"<a / >", NULL},
};

static void messages_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(messages); i++) {
		struct watch *w = watch_new(LINK_RAW);
		content_text(w, CONTENT_XML, messages[i].text);
		if (w->count != (messages[i].expected != NULL))
			fail_msg("%s: %u observations", messages[i].text, w->count);
		if (messages[i].expected)
			expect_candidate(w, 0, messages[i].expected);
		content_prefixes(CONTENT_XML, messages[i].text);
		watch_free(w);
	}
}

/* Namespaces are declared where the writer likes, and elements may have a prefix. */
static void prefixes_are_the_writers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned read;
	} rows[] = {
		{"<iq xmlns:t='urn:xmpp:jingle:transports:ice-udp:1'><jingle><t:transport>"
		 "<t:candidate port='5' type='host' ip='192.0.2.3'/></t:transport></jingle></iq>",
			1},
		{"<j:jingle><t:transport xmlns:t='urn:xmpp:jingle:transports:ice:0'>"
		 "<t:candidate ip='192.0.2.3' port='5'/></t:transport></j:jingle>",
			1},
		{"<jingle><t:transport><t:candidate ip='192.0.2.3' "
		 "port='5'/></t:transport></jingle>",
			1},
		{"<jingle><transport><candidate ip='192.0.2.3' port='5'/></transport></jingle>", 0},
		{"<jingle/><t:transport><candidate ip='192.0.2.3' port='5'/></t:transport>", 0},
		{"<a><jingle/><t:transport><candidate ip='192.0.2.3' port='5'/></t:transport></a>",
			0},
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		content_text(w, CONTENT_XML, rows[i].text);
		if (watch_count(w, OBS_CANDIDATE) != rows[i].read)
			fail_msg("%s", rows[i].text);
		watch_free(w);
	}
}

#define LINE "candidate:1 1 udp 5 192.0.2.1 6 typ host"

/* JSON and SDP as text, each with one candidate. */
static void text_is_read(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"<message><body>{&quot;candidate&quot;: &#34;" LINE "&#x22;}</body></message>",
		"<message><x><![CDATA[{\"candidate\": \"" LINE "\"}]]></x></message>",
		"<message><body>\n v=0&#13;&#xA;a=" LINE "&#xd;\n</body></message>",
		"<message><body>" LINE "</body></message>",
		"<a>[&quot;&lt;b>{\\&quot;x\\&quot;:\\&quot;" LINE "\\&quot;}&lt;/b>&quot;,\"" LINE
		"\"]</a>",
	};
	static const char *const others[] = {"<a>{</a>", "<a>[1,2]</a>", "<a>v=0</a>", "<a>&#;</a>",
		"<a>&#99999999999;a=b</a>",
		"<a>hello candidate:1 1 udp 5 192.0.2.1 6 typ host</a>"};
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct watch *w = watch_new(LINK_RAW);
		content_text(w, CONTENT_XML, texts[i]);
		if (watch_count(w, OBS_CANDIDATE) != 1)
			fail_msg("%s", texts[i]);
		expect_candidate(
			w, 0, "1 1 udp 5 192.0.2.1:6 host related - ufrag  gen 0 id 0 cost 0");
		watch_free(w);
		content_prefixes(CONTENT_XML, texts[i]);
	}
	struct watch *w = watch_new(LINK_RAW);
	for (size_t i = 0; i < ROWS(others); i++)
		content_text(w, CONTENT_XML, others[i]);
	assert_int_equal(watch_count(w, OBS_CANDIDATE), 0);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jingle),
		cmocka_unit_test(upnp),
		cmocka_unit_test(messages_read),
		cmocka_unit_test(prefixes_are_the_writers),
		cmocka_unit_test(text_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
