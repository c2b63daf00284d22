/* permessage-deflate (RFC 7692): windows kept from message to message, lost, and too many. */
#include "tests/unit/support/websocket.h"

#include <zlib.h>

/* RFC 7692 §7.2.3.1 */
static const uint8_t deflate_one[] = {
	0xc1, 0x07,                               /* FIN, RSV1, text; length */
	0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, /* Hello */
};
static const uint8_t text_unmasked[] = {
	0x81, 0x05,                   /* FIN, text; length */
	0x48, 0x65, 0x6c, 0x6c, 0x6f, /* Hello */
};

/* `count` frames with the same SIP message, each compressed with what was before it. */
static void deflated_put(struct bytes *b, unsigned count, bool takeover, int window)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	for (unsigned i = 0; i < count; i++) {
		char text[] = SIP_MESSAGE;
		uint8_t out[256];
		z.next_in = (Bytef *)text;
		z.avail_in = sizeof(text) - 1;
		z.next_out = out;
		z.avail_out = sizeof(out);
		assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
		frame_put(b, 0xc1, out, sizeof(out) - z.avail_out - 4);
		if (!takeover)
			deflateReset(&z);
	}
	deflateEnd(&z);
}

static const struct {
	const char *parameters;
	bool takeover;
	int window;
} agreements[] = {
	{"", true, -15},
	{"; client_max_window_bits=9", true, -9},
	{"; client_no_context_takeover; server_max_window_bits=10", false, -15},
	{"; server_no_context_takeover", true, -15},
};

static void windows_are_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(agreements); i++) {
		struct bytes b = {0};
		struct watch *w = watch_new(LINK_RAW);
		deflated_put(&b, 3, agreements[i].takeover, agreements[i].window);
		for (size_t at = 1; at < b.length; at++) {
			watch_forget(w);
			struct talk t = talk_upgraded(w, (uint16_t)at, agreements[i].parameters);
			talk_say(&t, false, b.at, at);
			talk_say(&t, false, b.at + at, b.length - at);
			if (sip_seen(w) != 3)
				fail_msg("\"%s\", cut at %zu: %u messages",
					agreements[i].parameters, at, sip_seen(w));
		}
		assert_int_equal(w->stats.websocket_dropped, 0);
		watch_free(w);
	}
}

/* A message is missing: with a window kept, what follows cannot be read, without one it can. */
static void windows_are_lost(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(agreements); i++) {
		struct bytes b = {0}, far = {0};
		struct watch *w = watch_new(LINK_RAW);
		struct talk t = talk_upgraded(w, 1, agreements[i].parameters);
		deflated_put(&b, 3, agreements[i].takeover, agreements[i].window);
		bytes_zero(&far, 8000);
		watch_forget(w);
		talk_say(&t, false, b.at, 40);
		t.sequence[0] += 100;
		for (unsigned n = 0; n < 9; n++)
			talk_say(&t, false, far.at, far.length);
		talk_say(&t, false, b.at, b.length);
		assert_int_equal(w->stats.stream_gaps, 1);
		assert_int_equal(sip_seen(w), agreements[i].takeover ? 0 : 3);
		assert_int_equal(w->stats.websocket_dropped, agreements[i].takeover ? 4 : 1);
		watch_free(w);
	}
}

/* A message of megabytes out of a few kilobytes; then the window is gone. */
static void bombs_do_not_go_off(void **state)
{
	(void)state;
	static uint8_t zeroes[4 << 20], out[8192];
	z_stream z = {.next_in = zeroes, .avail_in = sizeof(zeroes)};
	z.next_out = out + 4;
	z.avail_out = sizeof(out) - 4;
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
	out[0] = 0xc2;
	out[1] = 0x7e;
	out[2] = (uint8_t)(z.total_out >> 8);
	out[3] = (uint8_t)z.total_out;
	struct watch *w = watch_new(LINK_RAW);
	struct talk t = talk_upgraded(w, 1, "");
	talk_say(&t, true, out, z.total_out + 4);
	talk_say(&t, true, deflate_one, sizeof(deflate_one));
	talk_say(&t, true, text_unmasked, sizeof(text_unmasked));
	assert_int_equal(w->stats.websocket_dropped, 2);
	assert_int_equal(w->stats.websocket_messages, 1);
	deflateEnd(&z);
	watch_free(w);
}

/* More windows than there is room for: the oldest is lost, and its flow knows. */
static void windows_make_way(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	struct bytes b = {0};
	deflated_put(&b, 2, true, -15);
	size_t first = 6 + (b.at[1] & 0x7f);
	struct talk oldest = talk_upgraded(w, 1, "");
	talk_say(&oldest, false, b.at, first);
	for (uint16_t port = 2; port <= 1025; port++) {
		struct talk t = talk_upgraded(w, port, "");
		talk_say(&t, false, b.at, first);
		/* Flows are few in this table: the oldest is kept alive. */
		talk_say(&oldest, true, text_unmasked, sizeof(text_unmasked));
		watch_forget(w);
	}
	talk_say(&oldest, false, b.at + first, b.length - first);
	assert_int_equal(w->stats.websocket_evicted, 1);
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_are_kept),
		cmocka_unit_test(windows_are_lost),
		cmocka_unit_test(bombs_do_not_go_off),
		cmocka_unit_test(windows_make_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
