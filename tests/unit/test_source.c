/*
 * Captures and interfaces of a run: roles said, roles guessed, tables that end.
 */
#include "core/link_type.h"
#include "core/source.h"
#include "tests/unit/support/unit.h"

static const struct {
	const char *name;
	uint16_t link_type;
	enum role role;
} guess_rows[] = {
	{"tun0", LINK_RAW, ROLE_TUNNEL},
	{"tun0", LINK_ETHERNET, ROLE_TUNNEL}, /* the name wins */
	{"tap0", LINK_ETHERNET, ROLE_TUNNEL},
	{"utun4", LINK_NULL, ROLE_TUNNEL},
	{"wg0", LINK_RAW, ROLE_TUNNEL},
	{"wg-mullvad", LINK_RAW, ROLE_TUNNEL},
	{"tailscale0", LINK_RAW, ROLE_TUNNEL},
	{"nordlynx", LINK_RAW, ROLE_TUNNEL},
	{"ipsec0", LINK_RAW, ROLE_TUNNEL},
	{"proton0", LINK_RAW, ROLE_TUNNEL},
	{"eth0", LINK_ETHERNET, ROLE_PHYSICAL},
	{"enp3s0", LINK_ETHERNET, ROLE_PHYSICAL},
	{"en0", LINK_ETHERNET, ROLE_PHYSICAL},
	{"wlan0", LINK_ETHERNET, ROLE_PHYSICAL},
	{"wlp2s0", LINK_ETHERNET, ROLE_PHYSICAL},
	{"wwan0", LINK_RAW, ROLE_PHYSICAL},
	{"rmnet_data0", LINK_RAW, ROLE_PHYSICAL},
	{"wan", LINK_ETHERNET, ROLE_WAN},
	{"pppoe-wan", LINK_RAW, ROLE_WAN},
	{"lan1", LINK_ETHERNET, ROLE_LAN},
	{"br-lan", LINK_ETHERNET, ROLE_LAN},
	{"", LINK_ETHERNET, ROLE_PHYSICAL},
	{"", LINK_RAW, ROLE_UNKNOWN},
	{"", LINK_LINUX_SLL, ROLE_UNKNOWN},
	{"ppp0", LINK_RAW, ROLE_UNKNOWN}, /* a VPN or a modem */
	{"any", LINK_LINUX_SLL2, ROLE_UNKNOWN},
	{"lo", LINK_NULL, ROLE_UNKNOWN},
	{"enc0", LINK_RAW, ROLE_TUNNEL}, /* BSD IPsec, not a PCI card */
	{"corp-vpn", LINK_ETHERNET, ROLE_PHYSICAL},
	{"docker0", LINK_ETHERNET, ROLE_UNKNOWN},
	{"br-3fa1c2", LINK_ETHERNET, ROLE_UNKNOWN},
	{"veth12ab", LINK_ETHERNET, ROLE_UNKNOWN},
	{"\\Device\\NPF_{4C3A}", LINK_ETHERNET, ROLE_UNKNOWN},
};

static void roles_are_guessed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(guess_rows); i++) {
		bool named;
		enum role role = role_guess(guess_rows[i].name, guess_rows[i].link_type, &named);
		if (role != guess_rows[i].role)
			fail_msg("\"%s\" is taken for %s", guess_rows[i].name, role_name(role));
		/* A role that the link type alone suggests is no sure one. */
		assert_true(named || role == role_guess("", guess_rows[i].link_type, &named));
	}
}

static void role_names(void **state)
{
	(void)state;
	enum role role;
	for (enum role r = ROLE_PHYSICAL; r <= ROLE_WAN; r++) {
		assert_true(role_parse(role_name(r), &role));
		assert_int_equal(role, r);
	}
	assert_false(role_parse("auto", &role));
	assert_false(role_parse("unknown", &role));
	assert_false(role_parse("", &role));
	assert_false(role_parse("Tunnel", &role));
}

static void interfaces_take_a_role(void **state)
{
	(void)state;
	struct source_table *t = source_table_new();
	assert_non_null(t);
	int automatic = source_add_capture(t, "a.pcap", ROLE_AUTO);
	int declared = source_add_capture(t, "b.pcap", ROLE_WAN);
	assert_int_equal(automatic, 0);
	assert_int_equal(declared, 1);
	assert_int_equal(source_add_interface(t, 0, "tun0", LINK_RAW), 0);
	assert_int_equal(source_add_interface(t, 1, "tun0", LINK_RAW), 1);
	assert_int_equal(t->interface[0].role, ROLE_TUNNEL);
	assert_false(t->interface[0].declared);
	assert_int_equal(t->interface[1].role, ROLE_WAN);
	assert_true(t->interface[1].declared);
	assert_int_equal(t->interface[1].capture, 1);
	free(t);
}

static void long_names_are_cut(void **state)
{
	(void)state;
	struct source_table *t = source_table_new();
	assert_non_null(t);
	source_add_capture(t, "a.pcap", ROLE_AUTO);
	char name[2 * INTERFACE_NAME_MAX];
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	source_add_interface(t, 0, name, LINK_RAW);
	assert_int_equal(strlen(t->interface[0].name), INTERFACE_NAME_MAX - 1);
	free(t);
}

static void tables_end(void **state)
{
	(void)state;
	struct source_table *t = source_table_new();
	assert_non_null(t);
	for (int i = 0; i < SOURCE_CAPTURES_MAX; i++)
		assert_int_equal(source_add_capture(t, "a.pcap", ROLE_AUTO), i);
	assert_int_equal(source_add_capture(t, "a.pcap", ROLE_AUTO), -1);
	for (int i = 0; i < SOURCE_INTERFACES_MAX; i++)
		assert_int_equal(source_add_interface(t, 0, "", LINK_RAW), i);
	assert_int_equal(source_add_interface(t, 0, "", LINK_RAW), -1);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_are_guessed),
		cmocka_unit_test(role_names),
		cmocka_unit_test(interfaces_take_a_role),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(tables_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
