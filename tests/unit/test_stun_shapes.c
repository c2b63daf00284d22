/*
 * What is STUN and what only looks like it, and messages made to hurt: lengths that lie, padding
 * that is missing, more attributes than anybody needs. Shape alone decides, never a port.
 */
#include "tests/unit/support/expect_stun.h"

#define UDP_PAYLOAD_MAX 65507
#define KEPT_MAX        64 /* attributes of one message that are kept */
#define PIECE_MAX       40

/* Datagrams that are not STUN, all sent to ports 53, 443 and 3478. */
static const struct {
	const char *name;
	uint8_t size;
	uint8_t bytes[PIECE_MAX];
} stranger_rows[] = {
	{"nothing", 0, {0}},
	{"a header of 19 bytes", 19, {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, [18] = 1}},
	{"ChannelData 0x4000", 24, {0x40, 0x00, 0, 20, 0x21, 0x12, 0xa4, 0x42, [23] = 1}},
	{"ChannelData 0x7fff", 24, {0x7f, 0xff, 0, 20, 0x21, 0x12, 0xa4, 0x42, [23] = 1}},
	{"RTP", 24, {0x80, 0x6f, 0, 1, 0x21, 0x12, 0xa4, 0x42, [23] = 1}},
	{"DNS, id 1, one question", 24,
		{
			0x00,
			0x01, /* id */
			0x00,
			0x04, /* flags: might be the length of what follows */
			0x00,
			0x01,
			0x00,
			0x00, /* counts */
			0x00,
			0x00,
			0x00,
			0x00, /* */
			0x01,
			'x',
			0x00, /* name */
			0x00,
			0x01,
			0x00,
			0x01, /* type, class */
			0x00,
			0x00,
			0x00,
			0x00,
			0x00,
		}},
	{"DNS, id 1, query of 20 bytes", 20,
		{
			0x00, 0x01,                         /* id */
			0x00, 0x00,                         /* flags */
			0x00, 0x01, 0x00, 0x00,             /* counts */
			0x00, 0x00, 0x00, 0x00,             /* */
			0x03, 'a', 'b', 'c', 0x00, 0, 1, 0, /* name, type, class */
		}},
	{"zeroes behind a type", 20, {0, 1}},
	{"classic, a byte too long", 21,
		{0, 1, 0, 0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 9}},
	{"classic, a length of 4 and nothing there", 20,
		{0, 1, 0, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}},
	{"classic, a success that says nothing", 20,
		{1, 1, 0, 0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}},
	{"classic, an indication", 20,
		{0, 0x11, 0, 0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}},
	{"classic, a method it never had", 20,
		{0, 3, 0, 0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}},
	{"classic, an attribute it never had", 24,
		{0, 1, 0, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0,
			0x20, 0, 0}},
	{"classic, attribute 0", 24,
		{0, 1, 0, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}},
	{"classic, an attribute beyond the end", 24,
		{0, 1, 0, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0, 1,
			0, 1}},
	{"WireGuard, handshake", 24, {0x01, 0, 0, 0, 0x21, 0x12, 0xa4, 0x43, [23] = 1}},
};

static void strangers_are_left_alone(void **state)
{
	(void)state;
	const char *const servers[] = {"192.0.2.10:53", "192.0.2.10:443", "192.0.2.10:3478"};
	const struct endpoint client = end(EXPECT_CLIENT);
	for (size_t i = 0; i < ROWS(stranger_rows); i++) {
		for (size_t p = 0; p < ROWS(servers); p++) {
			const struct endpoint server = end(servers[p]);
			struct watch *w = watch_new(LINK_RAW);
			struct bytes b = {0};
			bytes_put(&b, stranger_rows[i].bytes, stranger_rows[i].size);
			packet_ip_udp(&b, &client, &server);
			watch_frame(w, b.at, b.length);
			if (watch_seen(w, OBS_STUN_MESSAGE, 0) ||
				watch_seen(w, OBS_STUN_REQUEST, 0) || w->stats.stun ||
				w->stats.stun_malformed)
				fail_msg("%s is taken for STUN", stranger_rows[i].name);
			watch_prefixes(LINK_RAW, b.at, b.length);
			watch_free(w);
		}
	}
}

/* RFC 3489 drew its id at random: up to eight zeroes are chance. */
static void zeroes_in_classic_ids(void **state)
{
	(void)state;
	for (unsigned zeroes = 0; zeroes <= 16; zeroes++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin_classic(&b, BINDING_REQUEST, 1);
		memset(b.at + 4, 0, zeroes);
		expect_run(w, &b, false);
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), zeroes <= 8);
		watch_free(w);
	}
}

/* Attributes behind a good header, as raw bytes; how many of them are good, and is it malformed. */
static const struct {
	const char *name;
	unsigned good;
	bool malformed;
	uint8_t size;
	uint8_t bytes[PIECE_MAX];
} list_rows[] = {
	{"none", 0, false, 0, {0}},
	{"one byte", 0, true, 1, {0x80}},
	{"a type and no length", 0, true, 2, {0x80, 0x22}},
	{"half a length", 0, true, 3, {0x80, 0x22, 0x00}},
	{"length 0", 1, false, 4, {0x80, 0x22, 0, 0}},
	{"length 0, twice", 2, false, 8, {0x80, 0x22, 0, 0, 0x80, 0x22, 0, 0}},
	{"a length one more than is left", 0, true, 5, {0x80, 0x22, 0, 2, 'x'}},
	{"length 0xffff", 0, true, 8, {0x80, 0x22, 0xff, 0xff, 1, 2, 3, 4}},
	{"length 0xffff after a good one", 1, true, 12,
		{0x80, 0x22, 0, 1, 'x', 0, 0, 0, 0x80, 0x22, 0xff, 0xff}},
	{"one byte, padded", 1, false, 8, {0x80, 0x22, 0, 1, 'x', 0, 0, 0}},
	{"two bytes, padded", 1, false, 8, {0x80, 0x22, 0, 2, 'x', 'y', 0, 0}},
	{"three bytes, padded", 1, false, 8, {0x80, 0x22, 0, 3, 'x', 'y', 'z', 0}},
	{"padding that is not zero", 1, false, 8, {0x80, 0x22, 0, 1, 'x', 0xff, 0xff, 0xff}},
	{"the last padding missing", 1, false, 5, {0x80, 0x22, 0, 1, 'x'}},
	{"the last padding cut short", 1, false, 6, {0x80, 0x22, 0, 1, 'x', 0}},
	{"padding, then another", 2, false, 12, {0x80, 0x22, 0, 1, 'x', 0, 0, 0, 0xff, 0xff, 0, 0}},
	{"no padding in the middle", 1, true, 10, {0x80, 0x22, 0, 1, 'x', 0x80, 0x22, 0, 1, 'y'}},
};

static void lists_of_attributes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(list_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		bytes_put(&b, list_rows[i].bytes, list_rows[i].size);
		stun_length(&b);
		expect_run(w, &b, false);
		if (expect_message(w)->malformed != list_rows[i].malformed ||
			watch_count(w, OBS_STUN_ATTRIBUTE) != list_rows[i].good)
			fail_msg("%s: %u good ones, malformed %d", list_rows[i].name,
				watch_count(w, OBS_STUN_ATTRIBUTE), expect_message(w)->malformed);
		/* What is broken proves nothing. */
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), !list_rows[i].malformed);
		assert_int_equal(w->stats.stun_malformed, list_rows[i].malformed);
		watch_prefixes(LINK_RAW, b.at, b.length);
		watch_free(w);
	}
}

static const struct {
	const char *name;
	unsigned length; /* what the header says of 8 bytes of attributes */
	unsigned good;
	bool malformed;
} length_rows[] = {
	{"as it is", 8, 1, false},
	{"0: bytes behind the message are not its own", 0, 0, false},
	{"4: the value is cut off", 4, 0, true},
	{"7: the value just fits not", 7, 0, true},
	{"9: one byte is missing", 9, 1, true},
	{"12", 12, 1, true},
	{"0xffff", 0xffff, 1, true},
};

static void lengths_that_lie(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(length_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		stun_attribute(&b, PRIORITY, "\1\2\3\4", 4);
		b.at[STUN_LENGTH_AT] = (uint8_t)(length_rows[i].length >> 8);
		b.at[STUN_LENGTH_AT + 1] = (uint8_t)length_rows[i].length;
		expect_run(w, &b, false);
		const struct obs_stun *m = expect_message(w);
		if (m->malformed != length_rows[i].malformed ||
			watch_count(w, OBS_STUN_ATTRIBUTE) != length_rows[i].good)
			fail_msg("%s: %u good ones, malformed %d", length_rows[i].name,
				watch_count(w, OBS_STUN_ATTRIBUTE), m->malformed);
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), !length_rows[i].malformed);
		watch_free(w);
	}
}

/* A message cut by the snap length is no news at all: counted, not shown, not called malformed. */
static void cut_messages_are_silent(void **state)
{
	(void)state;
	struct bytes b;
	stun_begin(&b, BINDING_SUCCESS, 1);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	struct watch *w = watch_new(LINK_RAW);
	expect_run(w, &b, true);
	watch_forget(w);
	watch_cut(w, b.at, b.length - 1, 1);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->stats.stun, 1);
	assert_int_equal(w->stats.stun_malformed, 0);
	assert_int_equal(w->stats.truncated_packets, 1);
	watch_free(w);
}

/* As many empty attributes as a datagram can hold. Those beyond what is kept still count: the
 * address behind them is found. */
static void floods_of_attributes(void **state)
{
	(void)state;
	static struct bytes b; /* too large for some stacks, together with the copy */
	struct watch *w = watch_new(LINK_RAW);
	stun_begin(&b, BINDING_SUCCESS, 1);
	unsigned count = 0;
	for (; b.length + 4 + 12 <= UDP_PAYLOAD_MAX; count++)
		stun_attribute(&b, 0xffff, "", 0);
	assert_true(count > 10000);
	stun_xor_address(&b, XOR_MAPPED_ADDRESS, "198.51.100.23:50000");
	expect_run(w, &b, true);
	assert_true(expect_message(w)->attributes_cut);
	assert_false(expect_message(w)->malformed);
	assert_int_equal(watch_count(w, OBS_STUN_ATTRIBUTE), KEPT_MAX);
	assert_int_equal(watch_seen(w, OBS_STUN_MESSAGE, 0)->head.parts, KEPT_MAX);
	assert_int_equal(w->stats.stun_attributes_cut, 1);
	const struct observation *o = watch_seen(w, OBS_BINDING_RESULT, 0);
	assert_non_null(o);
	assert_int_equal(o->binding_result.mapped.port, 50000);
	watch_free(w);
}

static void kept_attributes_are_exact(void **state)
{
	(void)state;
	for (unsigned count = KEPT_MAX - 1; count <= KEPT_MAX + 1; count++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		for (unsigned i = 0; i < count; i++)
			stun_attribute(&b, 0xffff, "", 0);
		expect_run(w, &b, false);
		assert_int_equal(expect_message(w)->attributes_cut, count > KEPT_MAX);
		assert_int_equal(
			watch_count(w, OBS_STUN_ATTRIBUTE), count > KEPT_MAX ? KEPT_MAX : count);
		watch_free(w);
	}
}

/* Class and method share the type's bits (RFC 8489 §5). */
static const struct {
	uint16_t type, method;
	uint8_t stun_class;
} type_rows[] = {
	{0x0001, 0x001, STUN_REQUEST},
	{0x0011, 0x001, STUN_INDICATION},
	{0x0101, 0x001, STUN_SUCCESS},
	{0x0111, 0x001, STUN_ERROR},
	{0x0003, 0x003, STUN_REQUEST},
	{0x0113, 0x003, STUN_ERROR},
	{0x0016, 0x006, STUN_INDICATION},
	{0x0020, 0x010, STUN_REQUEST},
	{0x0200, 0x080, STUN_REQUEST},
	{0x3fff, 0xfff, STUN_ERROR},
	{0x3eef, 0xfff, STUN_REQUEST},
	{0x0000, 0x000, STUN_REQUEST},
};

static void types_come_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(type_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, type_rows[i].type, 1);
		expect_run(w, &b, false);
		const struct obs_stun *m = expect_message(w);
		assert_int_equal(m->type, type_rows[i].type);
		assert_int_equal(m->method, type_rows[i].method);
		assert_int_equal(m->stun_class, type_rows[i].stun_class);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_are_left_alone),
		cmocka_unit_test(zeroes_in_classic_ids),
		cmocka_unit_test(lists_of_attributes),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(cut_messages_are_silent),
		cmocka_unit_test(floods_of_attributes),
		cmocka_unit_test(kept_attributes_are_exact),
		cmocka_unit_test(types_come_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
