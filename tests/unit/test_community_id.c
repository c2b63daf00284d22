/*
 * Community ID v1: the vectors that its specification publishes, and rows with equal addresses,
 * where the ports alone put the ends in order (computed with tshark's communityid).
 */
#include "output/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

#include <stdlib.h>

#define TCP   6
#define UDP   17
#define SCTP  132
#define ICMP  1
#define ICMP6 58
#define RSVP  46

static const struct vector {
	uint16_t seed;
	uint8_t protocol;
	const char *src;
	uint16_t src_port;
	const char *dst;
	uint16_t dst_port;
	const char *expected;
} vectors[] = {
	{0, TCP, "1.2.3.4", 1122, "5.6.7.8", 3344, "1:wCb3OG7yAFWelaUydu0D+125CLM="},
	{0, TCP, "5.6.7.8", 3344, "1.2.3.4", 1122, "1:wCb3OG7yAFWelaUydu0D+125CLM="},
	{1, TCP, "1.2.3.4", 1122, "5.6.7.8", 3344, "1:HhA1B+6CoLbiKPEs5nhNYN4XWfk="},
	{0, UDP, "1.2.3.4", 1122, "5.6.7.8", 3344, "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg="},
	{1, UDP, "5.6.7.8", 3344, "1.2.3.4", 1122, "1:OShq+iKDAMVouh/4bMxB9Sz4amw="},
	{0, SCTP, "1.2.3.4", 1122, "5.6.7.8", 3344, "1:EKt4MsxuyaE6mL+hmrEkQ9csDD8="},
	{0, UDP, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
	{0, TCP, "2607:f8b0:400c:c03::1a", 25, "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943,
		"1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
	/* A protocol without ports. */
	{0, RSVP, "10.1.12.2", 0, "10.1.12.1", 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="},
	/* ICMP: the type is src_port, the code dst_port. Both ways have one name ... */
	{0, ICMP, "192.168.0.89", 8, "192.168.0.1", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
	{0, ICMP, "192.168.0.1", 0, "192.168.0.89", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
	{0, ICMP6, "fe80::200:86ff:fe05:80da", 135, "fe80::260:97ff:fe07:69ea", 0,
		"1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
	{0, ICMP6, "fe80::260:97ff:fe07:69ea", 136, "fe80::200:86ff:fe05:80da", 0,
		"1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
	{0, ICMP6, "fe80::260:97ff:fe07:69ea", 134, "ff02::1", 0, "1:pkvHqCL88/tg1k4cPigmZXUtL00="},
	/* ... and a type without an answer keeps its order and its code. */
	{0, ICMP, "10.0.0.1", 11, "10.0.0.2", 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM="},
	{0, ICMP6, "3ffe:501:410:0:2c0:dfff:fe47:33e", 1, "3ffe:507:0:1:200:86ff:fe05:80da", 4,
		"1:hLZd0XGWojozrvxqE0dWB1iM6R0="},
	/* Equal addresses: ports are compared as numbers, not as network bytes. */
	{0, UDP, "127.0.0.1", 1, "127.0.0.1", 256, "1:bwSP9KTJfftv8pkX2G9VNgPy2qI="},
	{0, UDP, "127.0.0.1", 256, "127.0.0.1", 1, "1:bwSP9KTJfftv8pkX2G9VNgPy2qI="},
	{0, UDP, "127.0.0.1", 3478, "127.0.0.1", 50000, "1:L1XwAwNrcJcQ5OrYaJMzO4YpZx8="},
	{0, UDP, "127.0.0.1", 50000, "127.0.0.1", 3478, "1:L1XwAwNrcJcQ5OrYaJMzO4YpZx8="},
	/* A fragment without its ports has no name. */
	{0, UDP, "1.2.3.4", 0, "5.6.7.8", 0, ""},
};

static void vectors_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		struct obs_head head = {.protocol = v->protocol};
		char id[COMMUNITY_ID_SIZE];
		assert_true(addr_parse(v->src, &head.src.addr));
		assert_true(addr_parse(v->dst, &head.dst.addr));
		head.src.port = v->src_port;
		head.dst.port = v->dst_port;
		community_id(&head, v->seed, id);
		assert_string_equal(id, v->expected);
	}
}

static void no_addresses_no_name(void **state)
{
	(void)state;
	struct obs_head head = {.protocol = UDP};
	char id[COMMUNITY_ID_SIZE];
	community_id(&head, 0, id);
	assert_string_equal(id, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_match),
		cmocka_unit_test(no_addresses_no_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
