/*
 * The detection table: a row for each leak_*.c, in the order `seep list` shows them. Included
 * without an include guard wherever the rows are wanted, with DETECTION(name) defined.
 */
DETECTION(srflx_outside_egress)
DETECTION(stun_outside_tunnel)
DETECTION(turn_outside_tunnel)
DETECTION(exposure)
DETECTION(hidden_host_announced)
DETECTION(hidden_host_asked)
DETECTION(dns_outside_tunnel)
DETECTION(unlisted_resolver)
DETECTION(dns_around_proxy)
DETECTION(encrypted_dns_outside_tunnel)
DETECTION(client_subnet)
DETECTION(places_disagree)
DETECTION(lan_names)
