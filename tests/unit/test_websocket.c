/*
 * WebSocket frames: RFC 6455 §5.7 and RFC 7692 §7.2.3, cut everywhere, and those that break the
 * rules.
 */
#include "dissect/inflate.h"
#include "tests/unit/support/websocket.h"

/* RFC 6455 §5.7 */
static const uint8_t text_unmasked[] = {
	0x81, 0x05,                   /* FIN, text; length */
	0x48, 0x65, 0x6c, 0x6c, 0x6f, /* Hello */
};
static const uint8_t text_masked[] = {
	0x81, 0x85,                   /* FIN, text; mask, length */
	0x37, 0xfa, 0x21, 0x3d,       /* the mask */
	0x7f, 0x9f, 0x4d, 0x51, 0x58, /* Hello */
};
static const uint8_t text_fragments[] = {
	0x01, 0x03,       /* text; length */
	0x48, 0x65, 0x6c, /* Hel */
	0x80, 0x02,       /* FIN, continuation; length */
	0x6c, 0x6f,       /* lo */
};
static const uint8_t ping_unmasked[] = {
	0x89, 0x05,                   /* FIN, ping; length */
	0x48, 0x65, 0x6c, 0x6c, 0x6f, /* Hello */
};
static const uint8_t pong_masked[] = {
	0x8a, 0x85,                   /* FIN, pong; mask, length */
	0x37, 0xfa, 0x21, 0x3d,       /* the mask */
	0x7f, 0x9f, 0x4d, 0x51, 0x58, /* Hello */
};
static const uint8_t binary_256[4 + 256] = {
	0x82, 0x7e, /* FIN, binary; 16 bits of length */
	0x01, 0x00, /* 256 */
};
static const uint8_t binary_65536[10 + 65536] = {
	0x82, 0x7f,             /* FIN, binary; 64 bits of length */
	0x00, 0x00, 0x00, 0x00, /* high */
	0x00, 0x01, 0x00, 0x00, /* 65536 */
};
/* A ping between the fragments (RFC 6455 §5.4). */
static const uint8_t control_between[] = {
	0x01, 0x03,       /* text; length */
	0x48, 0x65, 0x6c, /* Hel */
	0x89, 0x00,       /* FIN, ping; nothing */
	0x00, 0x00,       /* continuation; nothing */
	0x80, 0x02,       /* FIN, continuation; length */
	0x6c, 0x6f,       /* lo */
};

/* RFC 7692 §7.2.3.1 ... §7.2.3.5 */
static const uint8_t deflate_one[] = {
	0xc1, 0x07,                               /* FIN, RSV1, text; length */
	0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, /* Hello */
};
static const uint8_t deflate_fragments[] = {
	0x41, 0x03,             /* RSV1, text; length */
	0xf2, 0x48, 0xcd,       /* */
	0x80, 0x04,             /* FIN, continuation; length */
	0xc9, 0xc9, 0x07, 0x00, /* */
};
static const uint8_t deflate_window[] = {
	0xc1, 0x07,                               /* FIN, RSV1, text; length */
	0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, /* Hello */
	0xc1, 0x05,                               /* FIN, RSV1, text; length */
	0xf2, 0x00, 0x11, 0x00, 0x00,             /* Hello, out of the window */
};
static const uint8_t deflate_stored[] = {
	0xc1, 0x0b,                   /* FIN, RSV1, text; length */
	0x00, 0x05, 0x00, 0xfa, 0xff, /* a block that is not compressed */
	0x48, 0x65, 0x6c, 0x6c, 0x6f, /* Hello */
	0x00,                         /* */
};
static const uint8_t deflate_final[] = {
	0xc1, 0x08,                                     /* FIN, RSV1, text; length */
	0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00, /* BFINAL is set */
};
static const uint8_t deflate_two_blocks[] = {
	0xc1, 0x0d,                                     /* FIN, RSV1, text; length */
	0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, /* He */
	0xca, 0xc9, 0xc9, 0x07, 0x00,                   /* llo */
};

#define VECTOR(name, vector, messages)                 \
	{                                              \
		name, vector, sizeof(vector), messages \
	}

static const struct vector {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	unsigned messages;
} vectors[] = {
	VECTOR("unmasked", text_unmasked, 1),
	VECTOR("masked", text_masked, 1),
	VECTOR("fragments", text_fragments, 1),
	VECTOR("ping", ping_unmasked, 0),
	VECTOR("pong", pong_masked, 0),
	VECTOR("16 bits of length", binary_256, 1),
	VECTOR("64 bits of length", binary_65536, 1),
	VECTOR("control between fragments", control_between, 1),
	VECTOR("deflate", deflate_one, 1),
	VECTOR("deflate, fragments", deflate_fragments, 1),
	VECTOR("deflate, window", deflate_window, 2),
	VECTOR("deflate, stored", deflate_stored, 1),
	VECTOR("deflate, final block", deflate_final, 1),
	VECTOR("deflate, two blocks", deflate_two_blocks, 1),
};

static void vectors_are_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct watch *w = watch_new(LINK_RAW);
		uint16_t port = 1;
		size_t step = v->length > 1000 ? 999 : 1;
		for (size_t at = 0; at < v->length; at += step) {
			struct talk t = talk_upgraded(w, port++, "");
			w->stats.websocket_messages = 0;
			talk_say(&t, true, v->bytes, at);
			talk_say(&t, true, v->bytes + at, v->length - at);
			if (w->stats.websocket_messages != v->messages)
				fail_msg("%s, cut at %zu: %u messages", v->name, at,
					(unsigned)w->stats.websocket_messages);
			watch_forget(w);
		}
		assert_int_equal(w->stats.websocket_malformed, 0);
		assert_int_equal(w->stats.websocket_dropped, 0);
		watch_free(w);
	}
}

/* The compressed ones really say Hello, also in a stream that has said it before. */
static void vectors_inflate(void **state)
{
	(void)state;
	static const uint8_t tail[] = {0x00, 0x00, 0xff, 0xff};
	static const struct vector messages[] = {
		{"one", deflate_one + 2, sizeof(deflate_one) - 2, 0},
		{"out of the window", deflate_window + 11, 5, 0},
		{"stored", deflate_stored + 2, sizeof(deflate_stored) - 2, 0},
		{"final", deflate_final + 2, sizeof(deflate_final) - 2, 0},
		{"out of the window behind a final block", deflate_window + 11, 5, 0},
		{"two blocks", deflate_two_blocks + 2, sizeof(deflate_two_blocks) - 2, 0},
	};
	struct inflater *i = malloc(inflater_size());
	assert_non_null(i);
	inflater_begin(i);
	for (size_t n = 0; n < ROWS(messages); n++) {
		uint8_t out[16] = {0};
		struct inflated m = {.bytes = out, .room = sizeof(out)};
		for (size_t at = 0; at < messages[n].length; at++)
			assert_true(
				inflater_add(i, reader_make(messages[n].bytes + at, 1, false), &m));
		assert_true(inflater_add(i, reader_make(tail, sizeof(tail), false), &m));
		if (m.length != 5 || m.out != 5 || memcmp(out, "Hello", 5) != 0)
			fail_msg("%s: %zu bytes, not Hello", messages[n].name, m.length);
	}
	free(i);
}

/* Frames that break RFC 6455 §5.2 ... §5.5 or RFC 7692 §6. */
static const struct {
	const char *name;
	uint8_t bytes[16];
	size_t length;
} broken[] = {
	{"RSV2", {0xa1, 0x00}, 2},
	{"RSV3", {0x91, 0x00}, 2},
	{"opcode 3", {0x83, 0x00}, 2},
	{"opcode 11", {0x8b, 0x00}, 2},
	{"a ping in fragments", {0x09, 0x00}, 2},
	{"a ping that is compressed", {0xc9, 0x00}, 2},
	{"a ping of 126", {0x89, 0x7e, 0x00, 0x7e}, 4},
	{"a continuation of nothing", {0x80, 0x00}, 2},
	{"text in text", {0x01, 0x00, 0x81, 0x00}, 4},
	{"RSV1 in a continuation", {0x41, 0x00, 0xc0, 0x00}, 4},
	{"2^63", {0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0}, 10},
	{"2^64 - 1", {0x82, 0x7f, 255, 255, 255, 255, 255, 255, 255, 255}, 10},
};

static void broken_frames_end_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(broken); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_upgraded(w, 1, "");
		struct bytes b = {0};
		frame_put(&b, 0x81, (const uint8_t *)SIP_MESSAGE, sizeof(SIP_MESSAGE) - 1);
		talk_say(&t, false, broken[i].bytes, broken[i].length);
		talk_say(&t, false, b.at, b.length);
		if (w->stats.websocket_malformed != 1 || sip_seen(w))
			fail_msg("%s is taken", broken[i].name);
		watch_free(w);
	}
}

/* 2^32 + 32 bytes announced: what follows is payload, whatever it looks like. */
static void huge_lengths_are_counted(void **state)
{
	(void)state;
	static const uint8_t huge[] = {0x82, 0x7f, 0, 0, 0, 1, 0, 0, 0, 32};
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_upgraded(w, 1, "");
	struct bytes b = {0};
	frame_put(&b, 0x81, (const uint8_t *)SIP_MESSAGE, sizeof(SIP_MESSAGE) - 1);
	talk_say(&t, false, huge, sizeof(huge));
	for (unsigned i = 0; i < 1100; i++)
		talk_say(&t, false, b.at, b.length);
	assert_int_equal(sip_seen(w), 0);
	assert_int_equal(w->stats.websocket_dropped, 1);
	watch_free(w);
}

static void without_agreement_nothing_is_compressed(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_begin(w, 1);
	talk_text(&t, false, ASK);
	talk_text(&t, true, AGREE "\r\n");
	talk_say(&t, true, text_unmasked, sizeof(text_unmasked));
	talk_say(&t, true, deflate_one, sizeof(deflate_one));
	assert_int_equal(w->stats.websocket_messages, 1);
	assert_int_equal(w->stats.websocket_malformed, 1);
	watch_free(w);
}

/* engine.io 3 puts a 4 in front of a binary message. */
static void engine_io_is_taken_off(void **state)
{
	(void)state;
	const struct line script[] = {{false, ASK, 0}, {true, AGREE "\r\n", 0},
		{true, "\x82\x3c\4" SIP_MESSAGE, 62}, {0}};
	struct watch *w = watch_new(LINK_RAW);
	script_run(w, script);
	assert_int_equal(sip_seen(w), 1);
	watch_free(w);
}

/* SIP_MESSAGE under a mask of ones. */
#define MASKED "NQUHNOR!rhq;dbinAdy`lqmd/bnl!RHQ.3/1\014\013Bnoudou,Mdofui;!1\014\013\014\013"

/* A conversation that began before the capture, at its first segment and at a later one. */
static const struct {
	const char *name;
	struct line script[5];
	unsigned messages, read;
} pickups[] = {
	{"a text of the client", {{false, "\x81\xbb\1\1\1\1" MASKED, 65}}, 1, 1},
	{"a text of the server", {{true, "\x81\x3b" SIP_MESSAGE, 0}}, 1, 1},
	{"heart beats first, both ways",
		{{true,
			 "\x81\1"
			 "2",
			 0},
			{false,
				"\x81\x81\1\1\1\1"
				"2",
				0},
			{true, "\x89\0\x81\x3b" SIP_MESSAGE, 0 + 63}},
		3, 1},
	{"what is no frame at first",
		{{true, "the rest of a message that began before", 0},
			{true, "\x81\x7ethe start of a long one", 0},
			{true, "\x81\x3b" SIP_MESSAGE, 0}},
		1, 1},
	{"a binary frame alone says nothing", {{true, "\x82\x3b" SIP_MESSAGE, 0}}, 0, 0},
	{"more than whole frames", {{true, "\x81\x3b" SIP_MESSAGE "x", 0}}, 0, 0},
	{"less than a whole one", {{true, "\x81\x3c" SIP_MESSAGE, 0}}, 0, 0},
	{"some masked, some not", {{true, "\x81\x3b" SIP_MESSAGE "\x81\x81\0\0\0\0x", 61 + 7}}, 0,
		0},
	{"a text that is none", {{true, "\x81\4\0\1\2\3", 6}}, 0, 0},
};

static void begun_before_the_capture(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(pickups); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = {
			.w = w, .ends = {end(TALK_CLIENT), end(TALK_SERVER)}, .sequence = {77, 99}};
		t.ends[0].port = 1;
		for (unsigned n = 0; pickups[i].script[n].bytes; n++)
			talk_say(&t, pickups[i].script[n].back, pickups[i].script[n].bytes,
				line_length(&pickups[i].script[n]));
		if (w->stats.websocket_messages != pickups[i].messages ||
			sip_seen(w) != pickups[i].read)
			fail_msg("%s: %u messages, %u read", pickups[i].name,
				(unsigned)w->stats.websocket_messages, sip_seen(w));
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_are_messages),
		cmocka_unit_test(vectors_inflate),
		cmocka_unit_test(broken_frames_end_it),
		cmocka_unit_test(huge_lengths_are_counted),
		cmocka_unit_test(without_agreement_nothing_is_compressed),
		cmocka_unit_test(engine_io_is_taken_off),
		cmocka_unit_test(begun_before_the_capture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
