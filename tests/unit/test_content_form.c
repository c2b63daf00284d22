/*
 * Forms that are posted (WHATWG URL §5.1): values by their shape, percent-encoding, the role; what
 * is called a form and is none.
 */
#include "tests/unit/support/content.h"

#define ENCODED "candidate%3A1+1+udp+5+192.0.2.1%206%20typ%20host"
#define LINE    "candidate:1 1 udp 5 192.0.2.1 6 typ host"

static const struct {
	const char *text;
	unsigned candidates;
	enum sdp_role role;
} forms[] = {
	{"candidate=" ENCODED, 1, SDP_ROLE_UNKNOWN},
	{"a=" ENCODED "&b=" ENCODED, 2, SDP_ROLE_UNKNOWN},
	{"a=a%3D" ENCODED, 1, SDP_ROLE_UNKNOWN},
	{"to=x&candidate%5Bcandidate%5D=" ENCODED "&candidate%5BsdpMid%5D=0", 1, SDP_ROLE_UNKNOWN},
	{"type=offer&sdp=v%3D0%0D%0Aa%3D" ENCODED "%0d%0a", 1, SDP_OFFER},
	{"sdp=v%3D0%0Aa%3D" ENCODED "&type=answer", 1, SDP_ANSWER},
	{"m=%7B%22c%22%3A%22" ENCODED "%22%7D", 1, SDP_ROLE_UNKNOWN},
	{"d=42%5B%22m%22%2C%22" ENCODED "%22%5D", 1, SDP_ROLE_UNKNOWN}, /* engine.io, JSONP */
	/* no forms, whatever they are called */
	{LINE, 1, SDP_ROLE_UNKNOWN},
	{"{\"a=b\":\"" LINE "\"}", 1, SDP_ROLE_UNKNOWN},
	{"v=0\r\na=" LINE, 1, SDP_ROLE_UNKNOWN},
	/* nothing of interest */
	{"", 0, SDP_ROLE_UNKNOWN},
	{"=", 0, SDP_ROLE_UNKNOWN},
	{"&&=&a&b=&", 0, SDP_ROLE_UNKNOWN},
	{"a=%", 0, SDP_ROLE_UNKNOWN},
	{"a=%2", 0, SDP_ROLE_UNKNOWN},
	{"a=%zzcandidate", 0, SDP_ROLE_UNKNOWN},
	{"candidate=Smith&v=v%3D1", 0, SDP_ROLE_UNKNOWN},
};

static void forms_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(forms); i++) {
		struct watch *w = watch_new(LINK_RAW);
		content_text(w, CONTENT_FORM, forms[i].text);
		if (watch_count(w, OBS_CANDIDATE) != forms[i].candidates ||
			w->stats.content_malformed)
			fail_msg("%s", forms[i].text);
		for (unsigned n = 0; n < forms[i].candidates; n++)
			assert_int_equal(
				watch_seen(w, OBS_CANDIDATE, n)->candidate.role, forms[i].role);
		watch_free(w);
		(void)content_prefixes(CONTENT_FORM, forms[i].text);
	}
}

/* No more fields are opened than 64, and it is counted. */
static void fields_are_bounded(void **state)
{
	(void)state;
	static const char field[] = "a=" ENCODED "&";
	const struct body body = {.content = CONTENT_FORM};
	struct bytes b = {0};
	for (unsigned i = 0; i < 80; i++)
		bytes_put(&b, field, strlen(field));
	struct watch *w = watch_new(LINK_RAW);
	content_bytes(w, &body, b.at, b.length);
	assert_int_equal(w->stats.candidates, 64);
	assert_int_equal(w->stats.content_cut, 1);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_read),
		cmocka_unit_test(fields_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
