/*
 * OpenVPN over UDP (openvpn.net: "OpenVPN protocol"), with tls-auth and tls-crypt, too. Emits
 * TUNNEL: a client's hard reset asks (and how many before it went unanswered), a server's answers;
 * data, once in a while.
 *
 * A hard reset has an exact shape of 26 fixed bits and more behind its opcode, so one is enough.
 * Everything else is believed in a flow only after both ends' resets, or, in the middle of a flow,
 * after a run of P_DATA_V2 with one peer id. P_DATA_V1 has no shape at all: without its handshake
 * it is not seen, nor are static keys. Keepalives and the exit notice are encrypted data.
 */
#include "dissect/openvpn.h"

static bool openvpn_probe(struct reader r)
{
	return !r.cut && (openvpn_data_shape(r) || openvpn_reset_shape(r));
}

/* What has no shape: the flow tells. */
static bool openvpn_follows(struct reader r)
{
	if (r.cut)
		return false;
	switch (reader_u8(&r) >> 3) {
	case OPENVPN_SOFT_RESET:
	case OPENVPN_CONTROL:
	case OPENVPN_ACK:
	case OPENVPN_CONTROL_WKC:
	case OPENVPN_DATA_V1:
	case OPENVPN_DATA_V2:
		return true;
	default:
		return false;
	}
}

static enum verdict openvpn_dissect(struct dissection *d, struct reader *r)
{
	bool opens = openvpn_reset_shape(*r) || openvpn_data_shape(*r);
	struct openvpn_flow *f = opens ? dissection_flow_state(d) : dissection_flow_known(d);
	return openvpn_packet(d, f, *r);
}

static void openvpn_refused(struct dissection *d)
{
	struct openvpn_flow *f = dissection_flow_known(d);
	if (f && (f->side[0].known || f->side[1].known || f->up))
		tunnel_refused(d, TUNNEL_OPENVPN, &f->asking);
}

extern const struct dissector dissector_openvpn;
const struct dissector dissector_openvpn = {
	.info = {"openvpn", "openvpn.net: OpenVPN protocol"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct openvpn_flow),
	.first_min = OPENVPN_FIRST_MIN,
	.first_max = OPENVPN_FIRST_MAX,
	.probe = openvpn_probe,
	.follows = openvpn_follows,
	.dissect = openvpn_dissect,
	.refused = openvpn_refused,
};
