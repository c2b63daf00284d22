/*
 * The detection table: a row for each leak_*.c, in the order `seep list` shows them. Included
 * without an include guard wherever the rows are wanted, with DETECTION(name) defined.
 */
DETECTION(srflx_outside_egress)
DETECTION(stun_outside_tunnel)
DETECTION(turn_outside_tunnel)
DETECTION(turn_tls_outside_tunnel)
DETECTION(media_outside_tunnel)
DETECTION(quic_outside_tunnel)
DETECTION(peer_despite_relay_only)
DETECTION(exposure)
DETECTION(egress_changed)
DETECTION(private_peer)
DETECTION(mapped_private)
DETECTION(stun_redirect)
DETECTION(external_address)
DETECTION(stable_ipv6)
DETECTION(network_type)
DETECTION(local_paths)
DETECTION(answer_forged)
DETECTION(answer_elsewhere)
DETECTION(answer_altered)
DETECTION(webrtc_handshake)
