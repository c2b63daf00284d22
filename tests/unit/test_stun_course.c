/*
 * What a message says of its sender and of the way it took: program, kind of network, an answer
 * asked for from elsewhere, a fingerprint that does not fit, another server to go to.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/unit.h"
#include "tests/unit/support/watch.h"

#define CLIENT "192.168.77.10:50000"
#define SERVER "192.0.2.10:3478"

enum {
	CHANGE_REQUEST = 0x0003,
	ERROR_CODE = 0x0009,
	SOFTWARE = 0x8022,
	ALTERNATE_SERVER = 0x8023,
	NETWORK_INFO = 0xc057,
};

static void say(struct watch *w, struct bytes *b, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	packet_ip_udp(b, &src, &dst);
	watch_frame(w, b->at, b->length);
}

static void a_request_names_its_program(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, 1);
	stun_attribute(&b, SOFTWARE, "tailnode", 8);
	say(w, &b, CLIENT, SERVER);
	const struct obs_word *word = &watch_seen(w, OBS_STUN_REQUEST, 0)->stun_request.software;
	assert_int_equal(word->length, 8);
	assert_memory_equal(word->bytes, "tailnode", 8);
	stun_begin(&b, BINDING_REQUEST, 2);
	say(w, &b, CLIENT, SERVER);
	assert_int_equal(watch_seen(w, OBS_STUN_REQUEST, 1)->stun_request.software.length, 0);
	watch_free(w);
}

static void check_say(struct watch *w, uint8_t id, const char *network)
{
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, id);
	stun_attribute(&b, USERNAME, "peer:mine", 9);
	stun_attribute(&b, PRIORITY, "\x6e\0\1\xff", 4);
	if (network)
		stun_attribute(&b, NETWORK_INFO, network, 4);
	say(w, &b, CLIENT, SERVER);
}

static void a_check_tells_its_network(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	check_say(w, 1, "\0\3\0\x0a");
	check_say(w, 2, "\0\3\0\x0a");
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 1);
	check_say(w, 3, "\0\4\x03\x84"); /* from Wi-Fi to a cellular network: news */
	check_say(w, 4, NULL);
	assert_int_equal(watch_count(w, OBS_STUN_REQUEST), 3);
	static const struct {
		bool has;
		unsigned id, cost;
	} told[] = {{true, 3, 10}, {true, 4, 900}, {false, 0, 0}};
	for (unsigned i = 0; i < ROWS(told); i++) {
		const struct obs_ice *ice = &watch_seen(w, OBS_STUN_REQUEST, i)->stun_request.ice;
		assert_int_equal(ice->has_network, told[i].has);
		assert_int_equal(ice->network_id, told[i].id);
		assert_int_equal(ice->network_cost, told[i].cost);
	}
	watch_free(w);
}

static void answers_from_elsewhere_were_asked_for(void **state)
{
	(void)state;
	static const struct {
		const char *change;
		bool elsewhere;
	} rows[] = {{NULL, false}, {"\0\0\0\0", false}, {"\0\0\0\2", true}, {"\0\0\0\6", true}};
	for (unsigned i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, (uint8_t)i);
		if (rows[i].change)
			stun_attribute(&b, CHANGE_REQUEST, rows[i].change, 4);
		say(w, &b, CLIENT, SERVER);
		stun_begin(&b, BINDING_SUCCESS, (uint8_t)i);
		stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
		say(w, &b, "192.0.2.13:3479", CLIENT);
		const struct obs_binding_result *r =
			&watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result;
		assert_true(r->answer.matched);
		assert_false(r->answer.same_server);
		assert_int_equal(r->answer.elsewhere, rows[i].elsewhere);
		watch_free(w);
	}
}

/* The message up to the attribute, and its CRC by the definition of it. */
static uint32_t fingerprint_of(const struct bytes *b)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < b->length; i++) {
		crc ^= b->at[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc ^ 0x5354554eU;
}

static void answer_say(struct watch *w, uint8_t id, uint32_t wrong)
{
	struct bytes b;
	stun_begin(&b, BINDING_SUCCESS, id);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	b.at[STUN_LENGTH_AT + 1] += 8; /* the length counts the attribute, too */
	uint32_t crc = fingerprint_of(&b) ^ wrong;
	const uint8_t value[] = {
		(uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc};
	stun_attribute(&b, FINGERPRINT, value, sizeof(value));
	say(w, &b, SERVER, CLIENT);
}

static void an_altered_answer_shows(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	answer_say(w, 1, 0);
	answer_say(w, 2, 1);
	assert_false(watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result.altered);
	assert_true(watch_seen(w, OBS_BINDING_RESULT, 1)->binding_result.altered);
	watch_free(w);
}

static void an_error_sends_elsewhere(void **state)
{
	(void)state;
	char text[ENDPOINT_TEXT_MAX];
	const struct endpoint other = end("192.0.2.99:3479");
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b;
	stun_begin(&b, ALLOCATE_REQUEST, 1);
	say(w, &b, CLIENT, SERVER);
	stun_begin(&b, 0x0113, 1);
	stun_attribute(&b, ERROR_CODE, "\0\0\3\0Try", 7);
	say(w, &b, SERVER, CLIENT);
	assert_null(watch_seen(w, OBS_REDIRECT, 0)); /* nowhere */
	stun_begin(&b, 0x0113, 1);
	stun_attribute(&b, ERROR_CODE, "\0\0\3\0Try", 7);
	stun_address(&b, ALTERNATE_SERVER, &other, NULL);
	say(w, &b, SERVER, CLIENT);
	const struct obs_redirect *r = &watch_seen(w, OBS_REDIRECT, 0)->redirect;
	assert_true(r->answer.matched && r->answer.same_server);
	assert_int_equal(r->code, 300);
	assert_string_equal(endpoint_text(&r->alternate, text), "192.0.2.99:3479");
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_names_its_program),
		cmocka_unit_test(a_check_tells_its_network),
		cmocka_unit_test(answers_from_elsewhere_were_asked_for),
		cmocka_unit_test(an_altered_answer_shows),
		cmocka_unit_test(an_error_sends_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
