/*
 * Conversations: what is told of one, when, and in which order; and what happens when there are
 * more than fit.
 */
#include "tests/unit/support/segment.h"
#include "tests/unit/support/stun.h"
#include "tests/unit/support/traffic.h"

#define SEGMENT_RST 0x04
#define IDLE_NS     (60 * SECOND_NS)
#define A_B         CLIENT " > " SERVER " 17: "

static void conversations_begin_go_on_and_end(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	traffic_send(w, 0, CLIENT, SERVER);
	traffic_check(w, "1 begins " A_B "1+0 32+0");
	traffic_send(w, SECOND_NS / 2, SERVER, CLIENT);
	traffic_send(w, SECOND_NS / 2 - 1, SERVER, CLIENT);
	traffic_check(w, "");
	traffic_send(w, 1, CLIENT, SERVER);
	traffic_check(w, "4 goes-on " A_B "1+2 32+64 answered");
	traffic_send(w, SECOND_NS / 4, SERVER, CLIENT);
	traffic_check(w, "");
	traffic_send(w, IDLE_NS + 2 * SECOND_NS, CLIENT, OTHER);
	const struct observation *o = watch_seen(w, OBS_TRAFFIC, 0);
	assert_int_equal(o->head.time_ns, w->next.time_ns);
	assert_int_equal(o->traffic.first_ns, WATCH_START_NS);
	assert_int_equal(o->traffic.last_ns, WATCH_START_NS + 5 * SECOND_NS / 4);
	traffic_check(
		w, "5 ends " A_B "0+1 0+32 answered, 6 begins " CLIENT " > " OTHER " 17: 1+0 32+0");
	assert_int_equal(w->stats.conversations, 2);
	watch_free(w);
}

/* To the nanosecond, whether anybody else spoke in between or not; nothing is told twice. */
static void after_a_minute_another_begins(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	traffic_send(w, 0, CLIENT, SERVER);
	traffic_send(w, IDLE_NS, CLIENT, SERVER);
	traffic_check(w, "1 begins " A_B "1+0 32+0, 2 goes-on " A_B "1+0 32+0");
	traffic_send(w, IDLE_NS + 1, SERVER, CLIENT);
	assert_int_equal(watch_seen(w, OBS_TRAFFIC, 0)->traffic.first_ns, w->next.time_ns);
	traffic_check(w, "3 begins " SERVER " > " CLIENT " 17: 1+0 32+0");
	traffic_send(w, SECOND_NS / 2, CLIENT, SERVER);
	traffic_send(w, IDLE_NS + 1, CLIENT, SERVER);
	traffic_check(w,
		"4 ends " SERVER " > " CLIENT " 17: 0+1 0+32 answered, 5 begins " A_B "1+0 32+0");
	watch_free(w);
}

/* However long others go on that began before, and whoever ended last. */
static void the_idle_end_among_others(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	traffic_send(w, 0, CLIENT, OTHER);
	traffic_send(w, 0, CLIENT, SERVER);
	traffic_send(w, 0, SERVER, CLIENT);
	traffic_send(w, IDLE_NS / 2, OTHER, SERVER);
	traffic_send(w, 0, SERVER, OTHER);
	traffic_send(w, 0, CLIENT, OTHER);
	watch_forget(w);
	traffic_send(w, IDLE_NS / 2 + 2 * SECOND_NS, CLIENT, OTHER);
	traffic_check(w,
		"3 ends " A_B "0+1 0+32 answered, 7 goes-on " CLIENT " > " OTHER " 17: 1+0 32+0");
	traffic_send(w, IDLE_NS / 2, CLIENT, OTHER);
	traffic_check(w,
		"5 ends " OTHER " > " SERVER " 17: 0+1 0+32 answered, 8 goes-on " CLIENT " > " OTHER
		" 17: 1+0 32+0");
	watch_free(w);
}

/* A laptop's tunnel and its own link; the flow is one, the conversations are two. */
static void each_interface_has_its_own(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	for (uint16_t interface = 0; interface < 2; interface++) {
		w->next.interface = interface;
		traffic_send(w, 0, interface ? SERVER : CLIENT, interface ? CLIENT : SERVER);
	}
	assert_int_equal(watch_seen(w, OBS_TRAFFIC, 0)->head.interface, 0);
	assert_int_equal(watch_seen(w, OBS_TRAFFIC, 1)->head.interface, 1);
	traffic_check(w, "1 begins " A_B "1+0 32+0, 2 begins " SERVER " > " CLIENT " 17: 1+0 32+0");
	traffic_send(w, SECOND_NS, CLIENT, SERVER);
	traffic_check(w, "3 goes-on " SERVER " > " CLIENT " 17: 0+1 0+32 answered");
	watch_free(w);
}

static void streams_seen_late_and_resets_show(void **state)
{
	(void)state;
	static const struct {
		uint8_t first, second;
		const char *expected;
	} rows[] = {
		{SEGMENT_SYN, SEGMENT_ACK, "1+1 40+40 answered"},
		{SEGMENT_SYN | SEGMENT_ACK, SEGMENT_ACK, "1+1 40+40 answered"},
		{SEGMENT_ACK, SEGMENT_SYN, "1+1 40+40 mid-stream answered"},
		{SEGMENT_SYN, SEGMENT_RST, "1+1 40+40 answered reset"},
		{SEGMENT_RST, SEGMENT_ACK, "1+1 40+40 mid-stream answered reset"},
	};
	char expected[128];
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = traffic_watch(LINK_RAW, 0);
		struct talk t = talk_make(w, CLIENT, SERVER);
		talk_segment(&t, 0, rows[i].first, "", 0);
		watch_forget(w);
		talk_segment(&t, 0, SEGMENT_ACK, "", 0);
		w->next.time_ns += SECOND_NS;
		talk_segment(&t, 1, rows[i].second, "", 0);
		snprintf(expected, sizeof(expected), "3 goes-on " CLIENT " > " SERVER " 6: %s",
			rows[i].expected);
		traffic_check(w, expected);
		watch_free(w);
	}
}

/* Whoever sent the packet that told: the head is the opener's. */
static void heads_are_the_openers(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_ETHERNET, 0);
	struct obs_head head[2];
	for (int back = 0; back < 2; back++) {
		struct bytes b;
		traffic_bytes(&b, back ? SERVER : CLIENT, back ? CLIENT : SERVER);
		packet_ethernet(&b, 0x0800);
		b.at[5] ^= (uint8_t)back;
		watch_frame(w, b.at, b.length);
		head[back] = watch_seen(w, OBS_TRAFFIC, 0)->head;
		watch_forget(w);
		w->next.time_ns += SECOND_NS;
	}
	assert_true(head[1].from_opener && head[1].has_macs);
	assert_int_equal(head[1].frame, 2);
	assert_int_equal(head[1].time_ns, WATCH_START_NS + SECOND_NS);
	head[1].frame = head[0].frame;
	head[1].time_ns = head[0].time_ns;
	assert_memory_equal(&head[0], &head[1], sizeof(head[0]));
	watch_free(w);
}

/* Bytes are those of the wire, whatever was captured. */
static void amounts_are_those_of_the_wire(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	struct bytes b;
	traffic_bytes(&b, CLIENT, SERVER);
	watch_cut(w, b.at, DATAGRAM - 2, 2);
	watch_cut(w, b.at, DATAGRAM - 2, 1000);
	w->next.time_ns += SECOND_NS;
	watch_cut(w, b.at, DATAGRAM - 3, 3);
	traffic_check(w, "1 begins " A_B "1+0 32+0, 3 goes-on " A_B "2+0 1062+0");
	watch_free(w);
}

/* The one told of longest ago makes way; what was not told of it is told now. */
static void full_tables_evict_and_count(void **state)
{
	(void)state;
	static const char *const clients[] = {"192.168.77.10:1", "192.168.77.10:2",
		"192.168.77.10:3", "192.168.77.10:4", "192.168.77.10:5", "192.168.77.10:6"};
	struct watch *w = traffic_watch(LINK_RAW, 0);
	for (size_t i = 0; i < CONVERSATIONS; i++)
		traffic_send(w, 0, clients[i], SERVER);
	traffic_send(w, 0, SERVER, clients[0]);
	watch_forget(w);
	traffic_send(w, 0, clients[4], SERVER);
	traffic_check(w,
		"5 ends 192.168.77.10:1 > " SERVER " 17: 0+1 0+32 answered,"
		" 6 begins 192.168.77.10:5 > " SERVER " 17: 1+0 32+0");
	traffic_send(w, 0, clients[5], SERVER);
	traffic_check(w, "7 begins 192.168.77.10:6 > " SERVER " 17: 1+0 32+0");
	dissect_finish(w->dissect);
	assert_int_equal(w->stats.conversations, 6);
	assert_int_equal(w->stats.conversations_active, CONVERSATIONS);
	assert_int_equal(w->stats.conversations_evicted, 2);
	assert_true(w->stats.conversation_memory > 0);
	traffic_check(w, "");
	watch_free(w);
}

static void the_end_tells_what_is_untold(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, 0);
	traffic_send(w, 0, CLIENT, OTHER);
	traffic_send(w, 0, CLIENT, SERVER);
	traffic_send(w, 1, "192.168.77.11:5000", SERVER);
	traffic_send(w, 1, SERVER, CLIENT);
	traffic_send(w, 1, CLIENT, OTHER);
	watch_forget(w);
	dissect_finish(w->dissect);
	assert_int_equal(watch_seen(w, OBS_TRAFFIC, 0)->head.time_ns, w->next.time_ns);
	traffic_check(
		w, "5 ends " CLIENT " > " OTHER " 17: 1+0 32+0, 4 ends " A_B "0+1 0+32 answered");
	assert_int_equal(w->stats.conversations_evicted, 0);
	watch_free(w);
}

/* Observations of a batch come out packet by packet, a conversation's before all others. */
static void order_is_that_of_the_packets(void **state)
{
	(void)state;
	static const uint8_t expected[] = {
		OBS_TRAFFIC, OBS_STUN_REQUEST, OBS_TRAFFIC, OBS_TRAFFIC, OBS_STUN_REQUEST};
	static const uint8_t frames[] = {1, 1, 2, 3, 3};
	static const char *const servers[] = {SERVER, OTHER, "192.0.2.12:4000"};
	struct watch *w = traffic_watch(LINK_RAW, INTEREST_IN(OBS_STUN_REQUEST));
	struct batch batch = {.count = ROWS(servers)};
	struct bytes b[ROWS(servers)];
	for (size_t i = 0; i < ROWS(servers); i++) {
		const struct endpoint src = end(CLIENT), dst = end(servers[i]);
		stun_begin(&b[i], BINDING_REQUEST, 1);
		packet_ip_udp(&b[i], &src, &dst);
		b[i].at[28] ^= i == 1 ? 0xff : 0; /* nobody knows that one */
		batch.frames[i] = w->next;
		batch.frames[i].number = i + 1;
		batch.frames[i].bytes = b[i].at;
		batch.frames[i].captured = batch.frames[i].wire = (uint32_t)b[i].length;
	}
	dissect_batch(w->dissect, &batch);
	assert_int_equal(w->count, ROWS(expected));
	for (uint32_t i = 0; i < w->count; i++) {
		assert_int_equal(w->seen[i].head.kind, expected[i]);
		assert_int_equal(w->seen[i].head.frame, frames[i]);
	}
	assert_true(w->seen[0].head.flow_id && w->seen[2].head.flow_id);
	assert_true(w->seen[0].head.flow_id == w->seen[1].head.flow_id);
	watch_free(w);
}

/* The flow outlives the conversation: the next one has its number as well. */
static void flows_give_their_numbers(void **state)
{
	(void)state;
	struct watch *w = traffic_watch(LINK_RAW, INTEREST_IN(OBS_STUN_REQUEST));
	const struct endpoint src = end(CLIENT), dst = end(SERVER);
	struct bytes b;
	stun_begin(&b, BINDING_REQUEST, 1);
	packet_ip_udp(&b, &src, &dst);
	watch_frame(w, b.at, b.length);
	traffic_send(w, 2 * IDLE_NS, SERVER, CLIENT);
	assert_int_equal(watch_count(w, OBS_TRAFFIC), 2);
	assert_true(watch_seen(w, OBS_TRAFFIC, 1)->head.flow_id ==
		watch_seen(w, OBS_STUN_REQUEST, 0)->head.flow_id);
	watch_forget(w);
	traffic_send(w, 6 * IDLE_NS, SERVER, CLIENT);
	watch_frame(w, b.at, b.length);
	assert_int_equal(w->stats.flows, 2);
	assert_true(watch_seen(w, OBS_TRAFFIC, 0)->head.flow_id ==
		watch_seen(w, OBS_STUN_REQUEST, 0)->head.flow_id);
	watch_free(w);
}

/* Neither wanted nor given room, it is not even looked for. */
static void what_nobody_wants_is_not_counted(void **state)
{
	(void)state;
	struct dissect_options options = {.flows = WATCH_FLOWS,
		.transactions = WATCH_TRANSACTIONS,
		.conversations = CONVERSATIONS};
	struct watch *unwanted = watch_open(LINK_RAW, ~INTEREST_IN(OBS_TRAFFIC), &options);
	options.conversations = 0;
	struct watch *no_room = watch_open(LINK_RAW, INTEREST_IN(OBS_TRAFFIC), &options);
	struct watch *both[] = {unwanted, no_room};
	for (size_t i = 0; i < ROWS(both); i++) {
		traffic_send(both[i], 0, CLIENT, SERVER);
		dissect_finish(both[i]->dissect);
		assert_int_equal(both[i]->count, 0);
		assert_int_equal(both[i]->stats.conversations, 0);
		assert_int_equal(both[i]->stats.conversation_memory, 0);
		watch_free(both[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversations_begin_go_on_and_end),
		cmocka_unit_test(after_a_minute_another_begins),
		cmocka_unit_test(the_idle_end_among_others),
		cmocka_unit_test(each_interface_has_its_own),
		cmocka_unit_test(streams_seen_late_and_resets_show),
		cmocka_unit_test(heads_are_the_openers),
		cmocka_unit_test(amounts_are_those_of_the_wire),
		cmocka_unit_test(full_tables_evict_and_count),
		cmocka_unit_test(the_end_tells_what_is_untold),
		cmocka_unit_test(order_is_that_of_the_packets),
		cmocka_unit_test(flows_give_their_numbers),
		cmocka_unit_test(what_nobody_wants_is_not_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
