/*
 * SIP in datagrams (RFC 3261 §18), told by its start line. Emits the head (HTTP), the address that
 * a server saw its client at (EXTERNAL, from Via's received and rport), and hands the body on. A
 * message that is cut short says nothing. Retransmissions are read again.
 */
#include "dissect/sip.h"

static enum verdict sip_dissect(struct dissection *d, struct reader *r)
{
	return sip_whole(d, dissection_flow_state(d), r);
}

extern const struct dissector dissector_sip;
const struct dissector dissector_sip = {
	.info = {"sip", "RFC 3261"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_SIGNALLING,
	.state_size = sizeof(struct sip_flow),
	.first_min = 'A',
	.first_max = 'U',
	.allows = sip_allows,
	.probe = sip_shape,
	.dissect = sip_dissect,
};
