/*
 * The detection table: a row for each leak_*.c, in the order `seep list` shows them. Included
 * without an include guard wherever the rows are wanted, with DETECTION(name) defined.
 */
DETECTION(srflx_outside_egress)
DETECTION(stun_outside_tunnel)
DETECTION(turn_outside_tunnel)
DETECTION(srflx_candidate)
DETECTION(host_candidate_public)
DETECTION(host_unmasked)
DETECTION(host_candidate_private)
DETECTION(candidate_related)
DETECTION(session_address)
DETECTION(mdns_candidate)
DETECTION(mdns_malformed)
DETECTION(relay_only)
DETECTION(relay_only_stun)
DETECTION(sanitiser_bypass)
DETECTION(webrtc_mode)
DETECTION(candidate_shape)
DETECTION(sip_address)
DETECTION(forwarded_address)
DETECTION(exposure)
