/*
 * One key for both directions of a flow, and the number a flow is known by in every record.
 */
#include "core/flow_key.h"
#include "tests/unit/support/packet.h"

#include <endian.h>

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

/* The numbers are those of the same sums in Python. */
static void hashes_are_those_of_the_definition(void **state)
{
	(void)state;
	static const struct flow_key key = {{UINT64_C(0x0123456789abcdef),
		UINT64_C(0xfedcba9876543210), UINT64_MAX, 0, UINT64_C(0x8000000080000000)}};
	struct flow_salt salt;
	for (uint64_t i = 0; i < ROWS(salt.add); i++)
		salt.add[i] = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	assert_int_equal(flow_key_hash(&salt, &key, FLOW_KEY_WORDS), 0x863d881fU);
	assert_int_equal(flow_key_hash(&salt, &key, 2), 0x53af22faU);
}

static void a_salt_is_not_used_twice(void **state)
{
	(void)state;
	struct flow_salt a = flow_salt_random(), b = flow_salt_random();
	for (size_t i = 0; i < ROWS(a.add); i++)
		assert_true(a.add[i] != b.add[i]);
}

#define SCANNED 32768
#define SLOTS   (4 * SCANNED)

/* How far the last of a scan's flows is put from its place, in a table a quarter full. */
static unsigned scan_furthest(const struct flow_salt *salt, unsigned port_step, unsigned addr_step)
{
	static bool taken[SLOTS];
	struct endpoint src = end("192.168.77.10:50000"), dst = end("198.18.0.0:1");
	unsigned furthest = 0;
	memset(taken, 0, sizeof(taken));
	for (unsigned i = 0; i < SCANNED; i++) {
		uint32_t addr = htobe32(0xc6120000U + i * addr_step);
		struct flow_key key;
		memcpy(dst.addr.bytes, &addr, sizeof(addr));
		dst.port = (uint16_t)(1 + i * port_step);
		flow_key_make(&key, &src, &dst, PROTOCOL_UDP);
		unsigned at = flow_key_hash(salt, &key, flow_key_words(ADDR_V4)) % SLOTS, far = 0;
		while (taken[(at + far) % SLOTS])
			far++;
		taken[(at + far) % SLOTS] = true;
		furthest = far > furthest ? far : furthest;
	}
	return furthest;
}

/* Addresses or ports one after the other do not crowd, whatever the salt. The one here puts each
 * port a little more than half a table behind the one before. */
static void a_scan_is_spread(void **state)
{
	(void)state;
	struct flow_salt unlucky = {{0, ((uint64_t)SLOTS << 31) + (1 << 30)}};
	assert_in_range(scan_furthest(&unlucky, 1, 0), 0, 100);
	for (unsigned i = 0; i < 32; i++) {
		struct flow_salt salt = flow_salt_random();
		assert_in_range(scan_furthest(&salt, 1, 0), 0, 100);
		assert_in_range(scan_furthest(&salt, 0, 1), 0, 100);
		assert_in_range(scan_furthest(&salt, 0, 256), 0, 100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_share_a_key),
		cmocka_unit_test(every_part_tells_flows_apart),
		cmocka_unit_test(ids_are_the_same_in_every_run),
		cmocka_unit_test(hashes_are_those_of_the_definition),
		cmocka_unit_test(a_salt_is_not_used_twice),
		cmocka_unit_test(a_scan_is_spread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
