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
DETECTION(webrtc_handshake)
