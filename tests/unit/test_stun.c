/*
 * STUN messages that other people wrote down: the vectors of RFC 5769, and classic ones in the form
 * of RFC 3489 §11. Every attribute decodes as the RFC says, FINGERPRINT agrees, and with any bit
 * before it flipped it does not. All at every shorter length.
 */
#include "tests/unit/support/expect_stun.h"

/* RFC 5769 §2.1 */
static const uint8_t sample_request[] = {
	0x00, 0x01, 0x00, 0x58, /* request, message length */
	0x21, 0x12, 0xa4, 0x42, /* magic cookie */
	0xb7, 0xe7, 0xa7, 0x01, /* transaction id */
	0xbc, 0x34, 0xd6, 0x86, /* */
	0xfa, 0x87, 0xdf, 0xae, /* */
	0x80, 0x22, 0x00, 0x10, /* SOFTWARE */
	0x53, 0x54, 0x55, 0x4e, /* "STUN test client" */
	0x20, 0x74, 0x65, 0x73, /* */
	0x74, 0x20, 0x63, 0x6c, /* */
	0x69, 0x65, 0x6e, 0x74, /* */
	0x00, 0x24, 0x00, 0x04, /* PRIORITY */
	0x6e, 0x00, 0x01, 0xff, /* */
	0x80, 0x29, 0x00, 0x08, /* ICE-CONTROLLED */
	0x93, 0x2f, 0xf9, 0xb1, /* tie-breaker */
	0x51, 0x26, 0x3b, 0x36, /* */
	0x00, 0x06, 0x00, 0x09, /* USERNAME */
	0x65, 0x76, 0x74, 0x6a, /* "evtj:h6vY", padded with spaces */
	0x3a, 0x68, 0x36, 0x76, /* */
	0x59, 0x20, 0x20, 0x20, /* */
	0x00, 0x08, 0x00, 0x14, /* MESSAGE-INTEGRITY */
	0x9a, 0xea, 0xa7, 0x0c, /* */
	0xbf, 0xd8, 0xcb, 0x56, /* */
	0x78, 0x1e, 0xf2, 0xb5, /* */
	0xb2, 0xd3, 0xf2, 0x49, /* */
	0xc1, 0xb5, 0x71, 0xa2, /* */
	0x80, 0x28, 0x00, 0x04, /* FINGERPRINT */
	0xe5, 0x7a, 0x3b, 0xcf, /* */
};

/* RFC 5769 §2.2 */
static const uint8_t sample_ipv4_response[] = {
	0x01, 0x01, 0x00, 0x3c, /* success, message length */
	0x21, 0x12, 0xa4, 0x42, /* magic cookie */
	0xb7, 0xe7, 0xa7, 0x01, /* transaction id */
	0xbc, 0x34, 0xd6, 0x86, /* */
	0xfa, 0x87, 0xdf, 0xae, /* */
	0x80, 0x22, 0x00, 0x0b, /* SOFTWARE */
	0x74, 0x65, 0x73, 0x74, /* "test vector", padded with a space */
	0x20, 0x76, 0x65, 0x63, /* */
	0x74, 0x6f, 0x72, 0x20, /* */
	0x00, 0x20, 0x00, 0x08, /* XOR-MAPPED-ADDRESS */
	0x00, 0x01, 0xa1, 0x47, /* family, port */
	0xe1, 0x12, 0xa6, 0x43, /* address */
	0x00, 0x08, 0x00, 0x14, /* MESSAGE-INTEGRITY */
	0x2b, 0x91, 0xf5, 0x99, /* */
	0xfd, 0x9e, 0x90, 0xc3, /* */
	0x8c, 0x74, 0x89, 0xf9, /* */
	0x2a, 0xf9, 0xba, 0x53, /* */
	0xf0, 0x6b, 0xe7, 0xd7, /* */
	0x80, 0x28, 0x00, 0x04, /* FINGERPRINT */
	0xc0, 0x7d, 0x4c, 0x96, /* */
};

/* RFC 5769 §2.3 */
static const uint8_t sample_ipv6_response[] = {
	0x01, 0x01, 0x00, 0x48, /* success, message length */
	0x21, 0x12, 0xa4, 0x42, /* magic cookie */
	0xb7, 0xe7, 0xa7, 0x01, /* transaction id */
	0xbc, 0x34, 0xd6, 0x86, /* */
	0xfa, 0x87, 0xdf, 0xae, /* */
	0x80, 0x22, 0x00, 0x0b, /* SOFTWARE */
	0x74, 0x65, 0x73, 0x74, /* "test vector", padded with a space */
	0x20, 0x76, 0x65, 0x63, /* */
	0x74, 0x6f, 0x72, 0x20, /* */
	0x00, 0x20, 0x00, 0x14, /* XOR-MAPPED-ADDRESS */
	0x00, 0x02, 0xa1, 0x47, /* family, port */
	0x01, 0x13, 0xa9, 0xfa, /* address */
	0xa5, 0xd3, 0xf1, 0x79, /* */
	0xbc, 0x25, 0xf4, 0xb5, /* */
	0xbe, 0xd2, 0xb9, 0xd9, /* */
	0x00, 0x08, 0x00, 0x14, /* MESSAGE-INTEGRITY */
	0xa3, 0x82, 0x95, 0x4e, /* */
	0x4b, 0xe6, 0x7b, 0xf1, /* */
	0x17, 0x84, 0xc9, 0x7c, /* */
	0x82, 0x92, 0xc2, 0x75, /* */
	0xbf, 0xe3, 0xed, 0x41, /* */
	0x80, 0x28, 0x00, 0x04, /* FINGERPRINT */
	0xc8, 0xfb, 0x0b, 0x4c, /* */
};

/* RFC 5769 §2.4 */
static const uint8_t sample_long_term[] = {
	0x00, 0x01, 0x00, 0x60, /* request, message length */
	0x21, 0x12, 0xa4, 0x42, /* magic cookie */
	0x78, 0xad, 0x34, 0x33, /* transaction id */
	0xc6, 0xad, 0x72, 0xc0, /* */
	0x29, 0xda, 0x41, 0x2e, /* */
	0x00, 0x06, 0x00, 0x12, /* USERNAME */
	0xe3, 0x83, 0x9e, 0xe3, /* "MATORIKKUSU" in katakana */
	0x83, 0x88, 0xe3, 0x83, /* */
	0xaa, 0xe3, 0x83, 0x83, /* */
	0xe3, 0x82, 0xaf, 0xe3, /* */
	0x82, 0xb9, 0x00, 0x00, /* */
	0x00, 0x15, 0x00, 0x1c, /* NONCE */
	0x66, 0x2f, 0x2f, 0x34, /* "f//499k954d6OL34oL9FSTvy64sA" */
	0x39, 0x39, 0x6b, 0x39, /* */
	0x35, 0x34, 0x64, 0x36, /* */
	0x4f, 0x4c, 0x33, 0x34, /* */
	0x6f, 0x4c, 0x39, 0x46, /* */
	0x53, 0x54, 0x76, 0x79, /* */
	0x36, 0x34, 0x73, 0x41, /* */
	0x00, 0x14, 0x00, 0x0b, /* REALM */
	0x65, 0x78, 0x61, 0x6d, /* "example.org" */
	0x70, 0x6c, 0x65, 0x2e, /* */
	0x6f, 0x72, 0x67, 0x00, /* */
	0x00, 0x08, 0x00, 0x14, /* MESSAGE-INTEGRITY */
	0xf6, 0x70, 0x24, 0x65, /* */
	0x6d, 0xd6, 0x4a, 0x3e, /* */
	0x02, 0xb8, 0xe0, 0x71, /* */
	0x2e, 0x85, 0xc9, 0xa2, /* */
	0x8c, 0xa8, 0x96, 0x66, /* */
};

/* RFC 3489 §9.3: a client that wants its answer from another address. */
static const uint8_t classic_request[] = {
	0x00, 0x01, 0x00, 0x08, /* request, message length */
	0x5d, 0x3c, 0x11, 0x92, /* transaction id, 16 bytes */
	0x8e, 0x01, 0x77, 0xc4, /* */
	0x20, 0xfa, 0x6b, 0x39, /* */
	0x90, 0x5e, 0xd8, 0x13, /* */
	0x00, 0x03, 0x00, 0x04, /* CHANGE-REQUEST */
	0x00, 0x00, 0x00, 0x06, /* address and port */
};

/* RFC 3489 §11.2 */
static const uint8_t classic_response[] = {
	0x01, 0x01, 0x00, 0x24, /* success, message length */
	0x5d, 0x3c, 0x11, 0x92, /* transaction id, 16 bytes */
	0x8e, 0x01, 0x77, 0xc4, /* */
	0x20, 0xfa, 0x6b, 0x39, /* */
	0x90, 0x5e, 0xd8, 0x13, /* */
	0x00, 0x01, 0x00, 0x08, /* MAPPED-ADDRESS */
	0x00, 0x01, 0xc3, 0x50, /* family, port */
	198, 51, 100, 23,       /* address */
	0x00, 0x04, 0x00, 0x08, /* SOURCE-ADDRESS */
	0x00, 0x01, 0x0d, 0x96, /* family, port */
	192, 0, 2, 10,          /* address */
	0x00, 0x05, 0x00, 0x08, /* CHANGED-ADDRESS */
	0x00, 0x01, 0x0d, 0x97, /* family, port */
	192, 0, 2, 11,          /* address */
};

static const struct vector {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	uint8_t stun_class;
	bool cookie, check;
	const char *mapped; /* of a success */
	unsigned count;
	struct expected attributes[6];
} vectors[] = {
	{"RFC 5769 §2.1", sample_request, sizeof(sample_request), STUN_REQUEST, true, true, NULL, 6,
		{
			{0x8022, 16, ATTRIBUTE_TEXT, .text = "STUN test client"},
			{0x0024, 4, ATTRIBUTE_VALUE, .value = 0x6e0001ff},
			{0x8029, 8, ATTRIBUTE_VALUE, .value = UINT64_C(0x932ff9b151263b36)},
			{0x0006, 9, ATTRIBUTE_TEXT, .text = "evtj:h6vY"},
			{0x0008, 20, .has = 0},
			{0x8028, 4, ATTRIBUTE_VALUE | ATTRIBUTE_CHECKED, .value = 0xe57a3bcf,
				.valid = true},
		}},
	{"RFC 5769 §2.2", sample_ipv4_response, sizeof(sample_ipv4_response), STUN_SUCCESS, true,
		false, "192.0.2.1:32853", 4,
		{
			{0x8022, 11, ATTRIBUTE_TEXT, .text = "test vector"},
			{0x0020, 8, ATTRIBUTE_ENDPOINT, .endpoint = "192.0.2.1:32853"},
			{0x0008, 20, .has = 0},
			{0x8028, 4, ATTRIBUTE_VALUE | ATTRIBUTE_CHECKED, .value = 0xc07d4c96,
				.valid = true},
		}},
	{"RFC 5769 §2.3", sample_ipv6_response, sizeof(sample_ipv6_response), STUN_SUCCESS, true,
		false, "[2001:db8:1234:5678:11:2233:4455:6677]:32853", 4,
		{
			{0x8022, 11, ATTRIBUTE_TEXT, .text = "test vector"},
			{0x0020, 20, ATTRIBUTE_ENDPOINT,
				.endpoint = "[2001:db8:1234:5678:11:2233:4455:6677]:32853"},
			{0x0008, 20, .has = 0},
			{0x8028, 4, ATTRIBUTE_VALUE | ATTRIBUTE_CHECKED, .value = 0xc8fb0b4c,
				.valid = true},
		}},
	{"RFC 5769 §2.4", sample_long_term, sizeof(sample_long_term), STUN_REQUEST, true, false,
		NULL, 4,
		{
			{0x0006, 18, ATTRIBUTE_TEXT,
				.text = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82"
					"\xaf\xe3\x82\xb9"},
			{0x0015, 28, .has = 0},
			{0x0014, 11, ATTRIBUTE_TEXT, .text = "example.org"},
			{0x0008, 20, .has = 0},
		}},
	{"RFC 3489 request", classic_request, sizeof(classic_request), STUN_REQUEST, false, false,
		NULL, 1, {{0x0003, 4, ATTRIBUTE_VALUE, .value = 6}}},
	{"RFC 3489 response", classic_response, sizeof(classic_response), STUN_SUCCESS, false,
		false, "198.51.100.23:50000", 3,
		{
			{0x0001, 8, ATTRIBUTE_ENDPOINT, .endpoint = "198.51.100.23:50000"},
			{0x0004, 8, ATTRIBUTE_ENDPOINT, .endpoint = "192.0.2.10:3478"},
			{0x0005, 8, ATTRIBUTE_ENDPOINT, .endpoint = "192.0.2.11:3479"},
		}},
};

static void message_check(const struct vector *v, const struct obs_stun *m)
{
	assert_int_equal(m->type, v->bytes[0] << 8 | v->bytes[1]);
	assert_int_equal(m->method, 1);
	assert_int_equal(m->stun_class, v->stun_class);
	assert_int_equal(m->cookie, v->cookie);
	assert_int_equal(m->length, v->length - STUN_HEADER);
	assert_false(m->malformed);
	assert_int_equal(m->transaction_length, v->cookie ? 12 : 16);
	assert_memory_equal(m->transaction, v->bytes + (v->cookie ? 8 : 4), m->transaction_length);
}

static void facts_check(const struct vector *v, const struct watch *w)
{
	char text[ENDPOINT_TEXT_MAX];
	const struct observation *request = watch_seen(w, OBS_STUN_REQUEST, 0);
	const struct observation *result = watch_seen(w, OBS_BINDING_RESULT, 0);
	assert_int_equal(request != NULL, v->stun_class == STUN_REQUEST);
	assert_int_equal(result != NULL, v->stun_class == STUN_SUCCESS);
	if (request)
		assert_int_equal(request->stun_request.check, v->check);
	if (!result)
		return;
	assert_false(result->binding_result.answer.matched);
	assert_string_equal(endpoint_text(&result->binding_result.mapped, text), v->mapped);
}

static void vectors_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b = {0};
		bytes_put(&b, v->bytes, v->length);
		expect_run(w, &b, v->stun_class == STUN_SUCCESS);
		message_check(v, expect_message(w));
		expect_attributes(v->name, w, v->attributes, v->count);
		facts_check(v, w);
		assert_int_equal(w->stats.stun, 1);
		assert_int_equal(w->stats.stun_classic, !v->cookie);
		assert_int_equal(w->stats.stun_malformed, 0);
		watch_free(w);
	}
}

/* Every shorter frame, and every shorter datagram in a frame that is as long as it says. */
static void prefixes_prove_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b = {0};
		bytes_put(&b, v->bytes, v->length);
		expect_run(w, &b, false);
		watch_prefixes(LINK_RAW, b.at, b.length);
		for (size_t n = 0; n < v->length; n++) {
			watch_forget(w);
			b.length = 0;
			bytes_put(&b, v->bytes, n);
			expect_run(w, &b, false);
			assert_null(watch_seen(w, OBS_STUN_REQUEST, 0));
			assert_null(watch_seen(w, OBS_BINDING_RESULT, 0));
			const struct observation *o = watch_seen(w, OBS_STUN_MESSAGE, 0);
			assert_int_equal(o != NULL, v->cookie && n >= STUN_HEADER);
			assert_true(!o || o->stun.malformed);
		}
		watch_free(w);
	}
}

/* FINGERPRINT is the last attribute of these three: nothing in front of it may change. */
static void flipped_bits_are_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct vector *v = &vectors[i];
		struct watch *w = watch_new(LINK_RAW);
		for (size_t bit = 8 * STUN_HEADER; bit < 8 * v->length; bit++) {
			struct bytes b = {0};
			bytes_put(&b, v->bytes, v->length);
			b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
			watch_forget(w);
			expect_run(w, &b, false);
			/* In a length field the bit may have swallowed the attribute. */
			unsigned last = watch_count(w, OBS_STUN_ATTRIBUTE);
			while (last-- > 0)
				assert_false(watch_seen(w, OBS_STUN_ATTRIBUTE, last)
						     ->stun_attribute.valid);
		}
		watch_free(w);
	}
}

static void any_port_will_do(void **state)
{
	(void)state;
	const char *const servers[] = {"192.0.2.10:53", "192.0.2.10:443", "192.0.2.10:1",
		"192.0.2.10:65535", "192.0.2.10:5353"};
	const struct endpoint client = end(EXPECT_CLIENT);
	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct watch *w = watch_new(LINK_RAW);
		for (size_t p = 0; p < ROWS(servers); p++) {
			const struct endpoint server = end(servers[p]);
			struct bytes b = {0};
			bytes_put(&b, vectors[i].bytes, vectors[i].length);
			packet_ip_udp(&b, &client, &server);
			watch_frame(w, b.at, b.length);
		}
		assert_int_equal(watch_count(w, OBS_STUN_MESSAGE), ROWS(servers));
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_decode),
		cmocka_unit_test(prefixes_prove_nothing),
		cmocka_unit_test(flipped_bits_are_noticed),
		cmocka_unit_test(any_port_will_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
