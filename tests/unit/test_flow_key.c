/*
 * One key for both directions of a flow, and the number a flow is known by in every record.
 */
#include "core/flow_key.h"
#include "tests/unit/support/packet.h"

#define FLOW_ID_BITS 51

static const struct {
	const char *src, *dst;
	bool from_high;
} order_rows[] = {
	{"192.0.2.1:1000", "192.0.2.2:1000", false},
	{"192.0.2.2:1000", "192.0.2.1:1000", true},
	{"192.0.2.2:1", "192.0.2.10:65535", false}, /* the address decides before the port */
	{"192.0.2.1:1000", "192.0.2.1:1001", false},
	{"192.0.2.1:1001", "192.0.2.1:1000", true},
	{"192.0.2.1:255", "192.0.2.1:256", false},   /* ports compare as numbers */
	{"192.0.2.1:1000", "192.0.2.1:1000", false}, /* to itself */
	{"[2001:db8::1]:5000", "[2001:db8::2]:3478", false},
	{"[2001:db8::2]:3478", "[2001:db8::1]:5000", true},
};

static void both_directions_share_a_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(order_rows); i++) {
		struct endpoint src = end(order_rows[i].src), dst = end(order_rows[i].dst);
		struct flow_key there, back;
		memset(&there, 0xaa, sizeof(there));
		memset(&back, 0x55, sizeof(back));
		assert_int_equal(
			flow_key_make(&there, &src, &dst, PROTOCOL_UDP), order_rows[i].from_high);
		bool same = endpoint_equal(&src, &dst);
		assert_int_equal(flow_key_make(&back, &dst, &src, PROTOCOL_UDP),
			!same && !order_rows[i].from_high);
		assert_memory_equal(&there, &back, sizeof(there));
	}
}

static void every_part_tells_flows_apart(void **state)
{
	(void)state;
	struct endpoint a = end("192.0.2.1:1000"), b = end("192.0.2.2:2000");
	struct endpoint other = end("192.0.2.1:1001");
	struct flow_key key, changed;
	flow_key_make(&key, &a, &b, PROTOCOL_UDP);
	flow_key_make(&changed, &a, &b, PROTOCOL_TCP);
	assert_memory_not_equal(&key, &changed, sizeof(key));
	flow_key_make(&changed, &other, &b, PROTOCOL_UDP);
	assert_memory_not_equal(&key, &changed, sizeof(key));
	/* An IPv4-mapped pair is another flow than the plain one. */
	struct endpoint a6 = end("[::ffff:192.0.2.1]:1000"), b6 = end("[::ffff:192.0.2.2]:2000");
	flow_key_make(&changed, &a6, &b6, PROTOCOL_UDP);
	assert_memory_not_equal(&key, &changed, sizeof(key));
}

static void ids_are_the_same_in_every_run(void **state)
{
	(void)state;
	struct endpoint a = end("192.168.77.10:50000"), b = end("192.0.2.10:3478");
	struct flow_key key, back;
	flow_key_make(&key, &a, &b, PROTOCOL_UDP);
	flow_key_make(&back, &b, &a, PROTOCOL_UDP);
	uint64_t id = flow_id(&key, SECOND_NS);
	assert_true(id == flow_id(&back, SECOND_NS));
	assert_true(id != flow_id(&key, 2 * SECOND_NS));
	assert_true(id >> FLOW_ID_BITS == 0);
	assert_true(id != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_share_a_key),
		cmocka_unit_test(every_part_tells_flows_apart),
		cmocka_unit_test(ids_are_the_same_in_every_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
