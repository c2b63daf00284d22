/*
 * One attribute at a time (RFC 8489 §14 and its neighbours): each form as it should be, too short,
 * too long, of a family nobody knows. A value that does not have its form is kept by number and
 * length, marked, and proves nothing.
 */
#include "tests/unit/support/expect_stun.h"

#include <zlib.h>

#define VALUE_MAX       24
#define SHOWN_MAX       64
#define FINGERPRINT_XOR 0x5354554eU

static const struct attribute_row {
	const char *name;
	uint8_t size;
	uint8_t value[VALUE_MAX];
	struct expected expected;
} attribute_rows[] = {
	{"MAPPED-ADDRESS", 8, {0, 1, 0xc3, 0x50, 198, 51, 100, 23},
		{0x0001, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"MAPPED-ADDRESS, first byte not zero", 8, {0xff, 1, 0xc3, 0x50, 198, 51, 100, 23},
		{0x0001, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"MAPPED-ADDRESS, port 0", 8, {0, 1, 0, 0, 198, 51, 100, 23},
		{0x0001, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23"}},
	{"MAPPED-ADDRESS, IPv4 with bytes left over", 20, {0, 1, 0xc3, 0x50, 198, 51, 100, 23},
		{0x0001, 20, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"MAPPED-ADDRESS, IPv6", 20, {0, 2, 0xc3, 0x50, 0x20, 0x01, 0x0d, 0xb8, [19] = 1},
		{0x0001, 20, ATTRIBUTE_ENDPOINT, .endpoint = "[2001:db8::1]:50000"}},
	{"XOR-MAPPED-ADDRESS", 8, {0, 1, 0xe2, 0x42, 0xe7, 0x21, 0xc0, 0x55},
		{0x0020, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"XOR-MAPPED-ADDRESS under its old number", 8, {0, 1, 0xe2, 0x42, 0xe7, 0x21, 0xc0, 0x55},
		{0x8020, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"XOR-RELAYED-ADDRESS", 8, {0, 1, 0xe2, 0x42, 0xe7, 0x21, 0xc0, 0x55},
		{0x0016, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"XOR-PEER-ADDRESS", 8, {0, 1, 0xe2, 0x42, 0xe7, 0x21, 0xc0, 0x55},
		{0x0012, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"}},
	{"RESPONSE-ORIGIN", 8, {0, 1, 0x0d, 0x96, 192, 0, 2, 10},
		{0x802b, 8, ATTRIBUTE_ENDPOINT, .endpoint = "192.0.2.10:3478"}},
	{"OTHER-ADDRESS", 8, {0, 1, 0x0d, 0x96, 192, 0, 2, 10},
		{0x802c, 8, ATTRIBUTE_ENDPOINT, .endpoint = "192.0.2.10:3478"}},
	{"ALTERNATE-SERVER", 8, {0, 1, 0x0d, 0x96, 192, 0, 2, 10},
		{0x8023, 8, ATTRIBUTE_ENDPOINT, .endpoint = "192.0.2.10:3478"}},
	{"CHANGE-REQUEST, address and port", 4, {0, 0, 0, 6},
		{0x0003, 4, ATTRIBUTE_VALUE, .value = 6}},
	{"RESPONSE-PORT", 4, {0xc3, 0x50, 0, 0}, {0x0027, 4, ATTRIBUTE_VALUE, .value = 50000}},
	{"PADDING", 8, {0}, {0x0026, 8, .has = 0}},
	{"CACHE-TIMEOUT", 4, {0, 0, 0, 60}, {0x8027, 4, ATTRIBUTE_VALUE, .value = 60}},
	{"CONNECTION-ID", 4, {1, 2, 3, 4}, {0x002a, 4, ATTRIBUTE_VALUE, .value = 0x01020304}},
	{"USERNAME", 3, "a:b", {0x0006, 3, ATTRIBUTE_TEXT, .text = "a:b"}},
	{"USERNAME, empty", 0, {0}, {0x0006, 0, .has = ATTRIBUTE_TEXT}},
	{"SOFTWARE that is no UTF-8", 2, {0xff, 0xfe},
		{0x8022, 2, ATTRIBUTE_TEXT, .text = "\xff\xfe"}},
	{"PRIORITY", 4, {0x6e, 0, 0x1e, 0xff}, {0x0024, 4, ATTRIBUTE_VALUE, .value = 0x6e001eff}},
	{"USE-CANDIDATE", 0, {0}, {0x0025, 0, .has = 0}},
	{"LIFETIME", 4, {0, 0, 2, 0x58}, {0x000d, 4, ATTRIBUTE_VALUE, .value = 600}},
	{"CHANNEL-NUMBER", 4, {0x40, 1, 0, 0}, {0x000c, 4, ATTRIBUTE_VALUE, .value = 0x4001}},
	{"REQUESTED-TRANSPORT", 4, {17}, {0x0019, 4, ATTRIBUTE_VALUE, .value = 17}},
	{"ICE-CONTROLLED", 8, {1, 2, 3, 4, 5, 6, 7, 8},
		{0x8029, 8, ATTRIBUTE_VALUE, .value = UINT64_C(0x0102030405060708)}},
	{"ERROR-CODE", 16, {0, 0, 4, 1, 'U', 'n', 'a', 'u', 't', 'h', 'o', 'r', 'i', 'z', 'e', 'd'},
		{0x0009, 16, ATTRIBUTE_CODE | ATTRIBUTE_TEXT, .code = 401, .text = "Unauthorized"}},
	{"ERROR-CODE without a reason", 4, {0, 0, 4, 38},
		{0x0009, 4, ATTRIBUTE_CODE | ATTRIBUTE_TEXT, .code = 438}},
	{"ERROR-CODE, reserved bits set", 4, {0xff, 0xff, 0xfc, 87},
		{0x0009, 4, ATTRIBUTE_CODE | ATTRIBUTE_TEXT, .code = 487}},
	{"MESSAGE-INTEGRITY", 20, {0}, {0x0008, 20, .has = 0}},
	{"MESSAGE-INTEGRITY-SHA256", 16, {0}, {0x001c, 16, .has = 0}},
	{"DATA", 8, {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, {0x0013, 8, .has = 0}},
	{"META-DTLS-IN-STUN", 5, {1, 2, 3, 4, 5}, {0xc070, 5, .has = 0}},
	{"a number nobody knows", 5, {1, 2, 3, 4, 5}, {0x7fff, 5, .has = 0}},
	{"number 0", 0, {0}, {0x0000, 0, .has = 0}},
	{"number 0xffff", 1, {0}, {0xffff, 1, .has = 0}},
};

/* Attributes of the same form as another one: its rows hold for them, too. */
static const struct {
	uint16_t type, like;
} alike_rows[] = {
	{0x8020, 0x0020}, /* XOR-MAPPED-ADDRESS under its old number */
	{0x0016, 0x0020}, /* XOR-RELAYED-ADDRESS */
	{0x0012, 0x0020}, /* XOR-PEER-ADDRESS */
	{0x802b, 0x0001}, /* RESPONSE-ORIGIN */
	{0x802c, 0x0001}, /* OTHER-ADDRESS */
	{0x8023, 0x0001}, /* ALTERNATE-SERVER */
	{0x802a, 0x8029}, /* ICE-CONTROLLING */
};

/* Values that do not have the form of their attribute. */
static const struct {
	const char *name;
	uint16_t type;
	uint8_t size;
	uint8_t value[VALUE_MAX];
} malformed_rows[] = {
	{"MAPPED-ADDRESS, family 0", 0x0001, 8, {0, 0, 0xc3, 0x50, 198, 51, 100, 23}},
	{"XOR-MAPPED-ADDRESS, family 0", 0x0020, 8, {0, 0, 0xe2, 0x42, 0xe7, 0x21, 0xc0, 0x55}},
	{"XOR-MAPPED-ADDRESS, family 3", 0x0020, 20, {0, 3, 0xe2, 0x42, 0xe7, 0x21, 0xc0, 0x55}},
	{"XOR-MAPPED-ADDRESS, family 255", 0x0020, 20, {0, 255}},
	{"XOR-MAPPED-ADDRESS, IPv6 in 8 bytes", 0x0020, 8, {0, 2, 1, 2, 3, 4, 5, 6}},
	{"XOR-MAPPED-ADDRESS, IPv6 in 19 bytes", 0x0020, 19, {0, 2, 1, 2, 3, 4, 5, 6}},
	{"XOR-MAPPED-ADDRESS, IPv4 in 7 bytes", 0x0020, 7, {0, 1, 1, 2, 3, 4, 5}},
	{"XOR-MAPPED-ADDRESS, a family and no more", 0x0020, 2, {0, 1}},
	{"XOR-MAPPED-ADDRESS, 1 byte", 0x0020, 1, {0}},
	{"XOR-MAPPED-ADDRESS, empty", 0x0020, 0, {0}},
	{"ERROR-CODE of 0 bytes", 0x0009, 0, {0}},
	{"ERROR-CODE of 1 byte", 0x0009, 1, {0}},
	{"ERROR-CODE of 2 bytes", 0x0009, 2, {0}},
	{"ERROR-CODE of 3 bytes", 0x0009, 3, {0, 0, 4}},
	{"PRIORITY of 3 bytes", 0x0024, 3, {1, 2, 3}},
	{"PRIORITY of 0 bytes", 0x0024, 0, {0}},
	{"LIFETIME of 2 bytes", 0x000d, 2, {1, 2}},
	{"CHANNEL-NUMBER of 1 byte", 0x000c, 1, {0x40}},
	{"REQUESTED-TRANSPORT of 0 bytes", 0x0019, 0, {0}},
	{"ICE-CONTROLLING of 7 bytes", 0x802a, 7, {1, 2, 3, 4, 5, 6, 7}},
	{"FINGERPRINT of 3 bytes", 0x8028, 3, {1, 2, 3}},
	{"GOOG-NETWORK-INFO of 3 bytes", 0xc057, 3, {0, 0, 3}},
};

static void attribute_run(struct watch *w, unsigned type, const uint8_t *value, size_t size)
{
	struct bytes b;
	stun_begin(&b, BINDING_SUCCESS, 1);
	stun_attribute(&b, type, value, size);
	expect_run(w, &b, true);
	assert_false(expect_message(w)->malformed);
}

static void row_run(const struct attribute_row *row, uint16_t type)
{
	struct watch *w = watch_new(LINK_RAW);
	struct expected expected = row->expected;
	expected.type = type;
	attribute_run(w, type, row->value, row->size);
	expect_attributes(row->name, w, &expected, 1);
	watch_free(w);
}

static void attributes_decode(void **state)
{
	(void)state;
	unsigned alike = 0;
	for (size_t i = 0; i < ROWS(attribute_rows); i++) {
		const struct attribute_row *row = &attribute_rows[i];
		row_run(row, row->expected.type);
		for (size_t k = 0; k < ROWS(alike_rows); k++) {
			if (alike_rows[k].like != row->expected.type)
				continue;
			row_run(row, alike_rows[k].type);
			alike++;
		}
	}
	assert_in_range(alike, ROWS(alike_rows), UINT8_MAX);
}

/* An output renders "malformed" where ATTRIBUTE_MALFORMED is set, so that it must be. */
static void malformed_values_are_marked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(malformed_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		attribute_run(
			w, malformed_rows[i].type, malformed_rows[i].value, malformed_rows[i].size);
		const struct obs_stun_attribute *a =
			&watch_seen(w, OBS_STUN_ATTRIBUTE, 0)->stun_attribute;
		assert_int_equal(a->type, malformed_rows[i].type);
		assert_int_equal(a->length, malformed_rows[i].size);
		assert_true(a->malformed);
		if (a->has != ATTRIBUTE_MALFORMED)
			fail_msg("%s: has 0x%x", malformed_rows[i].name, a->has);
		const struct observation *o = watch_seen(w, OBS_BINDING_RESULT, 0);
		assert_non_null(o);
		assert_int_equal(o->binding_result.mapped.addr.family, ADDR_NONE);
		watch_free(w);
	}
}

/* The XOR of an IPv6 address goes over the transaction id: another id, another address. */
static void xor_of_ipv6(void **state)
{
	(void)state;
	const char *const texts[] = {"[2001:db8:77::10]:50000", "[::ffff:198.51.100.23]:1",
		"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"};
	for (uint8_t id = 0; id < 30; id++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		char text[ENDPOINT_TEXT_MAX];
		stun_begin(&b, BINDING_SUCCESS, id);
		stun_xor_address(&b, XOR_MAPPED_ADDRESS, texts[id % ROWS(texts)]);
		expect_run(w, &b, true);
		assert_string_equal(
			endpoint_text(
				&watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result.mapped, text),
			texts[id % ROWS(texts)]);
		watch_free(w);
	}
}

static void network_info(void **state)
{
	(void)state;
	const uint8_t value[] = {0x00, 0x02, 0x03, 0xe7}; /* network id 2, cost 999 */
	struct watch *w = watch_new(LINK_RAW);
	attribute_run(w, 0xc057, value, sizeof(value));
	const struct obs_stun_attribute *a = &watch_seen(w, OBS_STUN_ATTRIBUTE, 0)->stun_attribute;
	assert_int_equal(a->has, ATTRIBUTE_NETWORK);
	assert_int_equal(a->network_id, 2);
	assert_int_equal(a->network_cost, 999);
	watch_free(w);
}

static void long_texts_are_cut(void **state)
{
	(void)state;
	uint8_t value[OBS_TEXT_MAX + 1];
	memset(value, 'x', sizeof(value));
	for (size_t size = OBS_TEXT_MAX - 1; size <= sizeof(value); size++) {
		struct watch *w = watch_new(LINK_RAW);
		attribute_run(w, 0x8022, value, size);
		const struct obs_text *text =
			&watch_seen(w, OBS_STUN_ATTRIBUTE, 0)->stun_attribute.text;
		assert_int_equal(text->length, size > OBS_TEXT_MAX ? OBS_TEXT_MAX : size);
		assert_int_equal(text->cut, size > OBS_TEXT_MAX);
		watch_free(w);
	}
}

/* In mid-message it covers what is before it (and a header that already counts what follows). */
static void fingerprint_in_the_middle(void **state)
{
	(void)state;
	struct bytes b;
	stun_begin(&b, BINDING_SUCCESS, 1);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	size_t before = b.length;
	stun_attribute(&b, FINGERPRINT, "\0\0\0", 4);
	stun_attribute(&b, 0x8022, "x", 1);
	uint32_t value = (uint32_t)crc32(0, b.at, (uInt)before) ^ FINGERPRINT_XOR;
	for (int i = 0; i < 4; i++)
		b.at[before + 4 + (size_t)i] = (uint8_t)(value >> (24 - 8 * i));
	const struct expected expected[] = {
		{0x0020, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"},
		{0x8028, 4, ATTRIBUTE_VALUE | ATTRIBUTE_CHECKED, .value = value, .valid = true},
		{0x8022, 1, ATTRIBUTE_TEXT, .text = "x"},
	};
	struct watch *w = watch_new(LINK_RAW);
	expect_run(w, &b, true);
	expect_attributes("FINGERPRINT in the middle", w, expected, ROWS(expected));
	watch_prefixes(LINK_RAW, b.at, b.length - 4);
	watch_free(w);
}

static const struct {
	const char *name, *plain, *xored, *mapped;
	bool disputed;
} mapped_rows[] = {
	{"both, the same", "198.51.100.23:1000", "198.51.100.23:1000", "198.51.100.23:1000", false},
	{"both, another port", "198.51.100.23:1", "198.51.100.23:2", "198.51.100.23:2", false},
	{"both, meddled with", "192.168.77.10:1", "198.51.100.23:1", "198.51.100.23:1", true},
	{"the plain one only", "198.51.100.23:1", NULL, "198.51.100.23:1", false},
	{"none", NULL, NULL, "-", false},
};

static void xored_wins(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(mapped_rows); i++) {
		char text[ENDPOINT_TEXT_MAX];
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_SUCCESS, 1);
		if (mapped_rows[i].plain) {
			struct endpoint plain = end(mapped_rows[i].plain);
			stun_address(&b, MAPPED_ADDRESS, &plain, NULL);
		}
		if (mapped_rows[i].xored)
			stun_xor_address(&b, XOR_MAPPED_ADDRESS, mapped_rows[i].xored);
		expect_run(w, &b, true);
		const struct obs_binding_result *result =
			&watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result;
		assert_string_equal(endpoint_text(&result->mapped, text), mapped_rows[i].mapped);
		assert_int_equal(result->disputed, mapped_rows[i].disputed);
		watch_free(w);
	}
}

/* A record has an end, what is learned of the message has none. */
static void not_all_are_shown(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b;
	stun_begin(&b, BINDING_SUCCESS, 1);
	for (unsigned i = 0; i < SHOWN_MAX; i++)
		stun_attribute(&b, 0x8022, "x", 1);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "203.0.113.7:50000");
	expect_run(w, &b, true);
	assert_true(expect_message(w)->attributes_cut);
	assert_int_equal(watch_seen(w, OBS_STUN_MESSAGE, 0)->head.parts, SHOWN_MAX);
	assert_int_equal(watch_count(w, OBS_STUN_ATTRIBUTE), SHOWN_MAX);
	assert_int_equal(w->stats.stun_attributes_cut, 1);
	const struct endpoint mapped = end("203.0.113.7:50000");
	assert_true(endpoint_equal(
		&watch_seen(w, OBS_BINDING_RESULT, 0)->binding_result.mapped, &mapped));
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_decode),
		cmocka_unit_test(malformed_values_are_marked),
		cmocka_unit_test(xor_of_ipv6),
		cmocka_unit_test(network_info),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(fingerprint_in_the_middle),
		cmocka_unit_test(xored_wins),
		cmocka_unit_test(not_all_are_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
