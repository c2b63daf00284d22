/*
 * A SIP message inside another protocol's: a WebSocket's (RFC 7118), or a body of the type
 * message/sip. The same as in a datagram.
 */
#include "dissect/sip.h"

static enum verdict sip_content_dissect(struct dissection *d, struct reader *r)
{
	return sip_whole(d, dissection_flow_state(d), r);
}

extern const struct dissector dissector_sip_content;
const struct dissector dissector_sip_content = {
	.info = {"sip_content", "RFC 7118"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_SIP},
	.number_count = 1,
	.state_size = sizeof(struct sip_flow),
	.dissect = sip_content_dissect,
};
