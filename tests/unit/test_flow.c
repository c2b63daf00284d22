/*
 * Flows as records show them: one number for both directions, who opened it, when it is over, and
 * what happens when there are more than fit.
 */
#include "tests/unit/support/stun.h"
#include "tests/unit/support/watch.h"

#define CLIENT  "192.168.77.10:50000"
#define SERVER  "192.0.2.10:3478"
#define IDLE_NS (300 * SECOND_NS)

static void datagram_make(struct bytes *b, const char *from, const char *to)
{
	const struct endpoint src = end(from), dst = end(to);
	stun_begin(b, BINDING_REQUEST, 1);
	packet_ip_udp(b, &src, &dst);
}

/* One packet; the head of the observation that it gives. */
static struct obs_head head_of(struct watch *w, const char *from, const char *to)
{
	struct bytes b;
	datagram_make(&b, from, to);
	watch_forget(w);
	watch_frame(w, b.at, b.length);
	assert_non_null(watch_seen(w, OBS_STUN_REQUEST, 0));
	return watch_seen(w, OBS_STUN_REQUEST, 0)->head;
}

static void directions_share_a_flow(void **state)
{
	(void)state;
	const char *const ends[][2] = {{CLIENT, SERVER}, {SERVER, CLIENT},
		{"[2001:db8::1]:5000", "[2001:db8::2]:53"}, {"192.0.2.1:1", "192.0.2.1:1"}};
	for (size_t i = 0; i < ROWS(ends); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct obs_head there = head_of(w, ends[i][0], ends[i][1]);
		w->next.time_ns += SECOND_NS;
		struct obs_head back = head_of(w, ends[i][1], ends[i][0]);
		assert_true(there.flow_id != 0 && there.flow_id == back.flow_id);
		assert_true(there.from_opener);
		/* A flow from an endpoint to itself has no two ends to tell. */
		assert_int_equal(back.from_opener, strcmp(ends[i][0], ends[i][1]) == 0);
		assert_int_equal(w->stats.flows, 1);
		watch_free(w);
	}
}

static void flows_are_told_apart(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	uint64_t first = head_of(w, CLIENT, SERVER).flow_id;
	assert_true(first != head_of(w, "192.168.77.10:50001", SERVER).flow_id);
	assert_true(first != head_of(w, CLIENT, "192.0.2.10:3479").flow_id);
	assert_true(first == head_of(w, CLIENT, SERVER).flow_id);
	assert_int_equal(w->stats.flows, 3);
	dissect_finish(w->dissect);
	assert_int_equal(w->stats.flows_active, 3);
	assert_true(w->stats.flow_memory > 0);
	watch_free(w);
}

static void ids_are_the_same_in_every_run(void **state)
{
	(void)state;
	uint64_t id[2];
	for (size_t i = 0; i < ROWS(id); i++) {
		struct watch *w = watch_new(LINK_RAW);
		id[i] = head_of(w, CLIENT, SERVER).flow_id;
		watch_free(w);
	}
	assert_true(id[0] == id[1]);
}

/* A 5-tuple used again after the idle time is another flow, whoever else spoke in between. */
static const struct {
	const char *name;
	uint64_t idle_ns;
	bool others, same;
} idle_rows[] = {
	{"a minute later", 60 * SECOND_NS, true, true},
	{"just before", IDLE_NS - SECOND_NS, true, true},
	{"after, others between", IDLE_NS + 2 * SECOND_NS, true, false},
	{"after, nobody between", IDLE_NS + 2 * SECOND_NS, false, false},
};

static void idle_flows_are_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(idle_rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		uint64_t before = head_of(w, CLIENT, SERVER).flow_id;
		w->next.time_ns += idle_rows[i].idle_ns;
		if (idle_rows[i].others)
			head_of(w, "192.168.77.11:1", SERVER);
		uint64_t after = head_of(w, CLIENT, SERVER).flow_id;
		if ((before == after) != idle_rows[i].same)
			fail_msg("%s: %s flow", idle_rows[i].name,
				before == after ? "the same" : "another");
		watch_free(w);
	}
}

static void more_flows_than_fit(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	uint64_t first = head_of(w, CLIENT, SERVER).flow_id;
	for (unsigned i = 0; i < WATCH_FLOWS; i++) {
		char from[ENDPOINT_TEXT_MAX];
		snprintf(from, sizeof(from), "192.168.77.11:%u", 1 + i);
		w->next.time_ns += 2 * SECOND_NS;
		head_of(w, from, SERVER);
	}
	dissect_finish(w->dissect);
	assert_int_equal(w->stats.flows_evicted, 1);
	assert_int_equal(w->stats.flows_active, WATCH_FLOWS);
	assert_true(first != head_of(w, CLIENT, SERVER).flow_id);
	watch_free(w);
}

/* Late frames are judged at their time and counted; the flow goes on. */
static void late_frames_are_clamped(void **state)
{
	(void)state;
	struct watch *w = watch_new(LINK_RAW);
	uint64_t first = head_of(w, CLIENT, SERVER).flow_id;
	w->next.time_ns -= 10 * SECOND_NS;
	struct obs_head late = head_of(w, SERVER, CLIENT);
	assert_true(late.flow_id == first);
	assert_true(late.time_ns > w->next.time_ns); /* that of the newest */
	assert_int_equal(w->stats.late, 1);
	watch_free(w);
}

/* A batch gives what its frames give one by one. */
static void batches_change_nothing(void **state)
{
	(void)state;
	static uint8_t frames[BATCH_FRAMES][128];
	struct batch batch = {.count = BATCH_FRAMES};
	struct watch *one = watch_new(LINK_RAW), *all = watch_new(LINK_RAW);
	for (unsigned i = 0; i < BATCH_FRAMES; i++) {
		char from[ENDPOINT_TEXT_MAX];
		struct bytes b;
		snprintf(from, sizeof(from), "192.168.77.10:%u", 50000 + i % 5);
		datagram_make(&b, i % 2 ? SERVER : from, i % 2 ? from : SERVER);
		memcpy(frames[i], b.at, b.length);
		one->next.time_ns += SECOND_NS;
		watch_frame(one, b.at, b.length);
		batch.frames[i] = one->next;
		batch.frames[i].bytes = frames[i];
	}
	dissect_batch(all->dissect, &batch);
	assert_int_equal(all->count, one->count);
	for (uint32_t i = 0; i < all->count; i++) {
		assert_true(all->seen[i].head.flow_id == one->seen[i].head.flow_id);
		assert_int_equal(all->seen[i].head.kind, one->seen[i].head.kind);
		assert_int_equal(all->seen[i].head.from_opener, one->seen[i].head.from_opener);
		assert_int_equal(all->seen[i].head.frame, one->seen[i].head.frame);
	}
	assert_memory_equal(&all->stats, &one->stats, sizeof(all->stats));
	watch_free(one);
	watch_free(all);
}

/* TCP counts as a flow; its payload starts behind the header, and may be STUN. */
static void tcp_opens_a_flow(void **state)
{
	(void)state;
	const struct endpoint src = end(CLIENT), dst = end(SERVER);
	const uint8_t header[20] = {
		0xc3, 0x50,             /* source port */
		0x0d, 0x96,             /* destination port */
		0x00, 0x00, 0x00, 0x01, /* sequence number */
		0x00, 0x00, 0x00, 0x00, /* acknowledgment number */
		0x50, 0x18,             /* header length, flags */
		0xff, 0xff,             /* window */
		0x00, 0x00, 0x00, 0x00, /* checksum, urgent pointer */
	};
	for (unsigned words = 0; words < 16; words++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		bytes_front(&b, header, sizeof(header));
		b.at[12] = (uint8_t)(words << 4);
		packet_ipv4(&b, &src.addr, &dst.addr, PROTOCOL_TCP);
		watch_prefixes(LINK_RAW, b.at, b.length);
		watch_frame(w, b.at, b.length);
		/* 20 bytes of header at least; at most what there is: 40. */
		bool good = words >= 5 && words <= 10;
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), words == 5);
		assert_int_equal(w->stats.tcp, good);
		assert_int_equal(w->stats.flows, good && words < 10);
		assert_int_equal(w->stats.invalid, !good);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directions_share_a_flow),
		cmocka_unit_test(flows_are_told_apart),
		cmocka_unit_test(ids_are_the_same_in_every_run),
		cmocka_unit_test(idle_flows_are_over),
		cmocka_unit_test(more_flows_than_fit),
		cmocka_unit_test(late_frames_are_clamped),
		cmocka_unit_test(batches_change_nothing),
		cmocka_unit_test(tcp_opens_a_flow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
