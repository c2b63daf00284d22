/*
 * The detection table: a row for each leak_*.c, in the order `seep list` shows them. Included
 * without an include guard wherever the rows are wanted, with DETECTION(name) defined.
 */
DETECTION(srflx_outside_egress)
DETECTION(stun_outside_tunnel)
DETECTION(turn_outside_tunnel)
DETECTION(exposure)
DETECTION(untunnelled_traffic)
DETECTION(connectivity_check)
DETECTION(ipv6_beside_tunnel)
DETECTION(kill_switch_window)
DETECTION(start_up_window)
DETECTION(older_than_tunnel)
DETECTION(wrong_egress)
DETECTION(session_on_two_interfaces)
