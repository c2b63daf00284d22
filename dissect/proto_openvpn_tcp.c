/*
 * OpenVPN over TCP: the packets of proto_openvpn.c, each behind its length in two bytes. A stream
 * is taken at a hard reset, or, in the middle, where a segment starts with the length of a
 * P_DATA_V2 of small peer id; such a stream is given up unless a run of them follows. Emits TUNNEL
 * as over UDP, and that the connection's end takes the tunnel down. Behind a hole it goes on at the
 * next segment that starts like a packet of the flow.
 */
#include "dissect/openvpn.h"

#define LENGTH_SIZE 2
#define LENGTH_MIN  14
#define HEAD_SIZE   9    /* opcode and session */
#define RESET_MAX   2048 /* a hard reset with a wrapped key */
#define LENGTH_MAX  9216 /* a control packet or a tunnelled jumbo frame */

/* The packet in front, without its length. False when it is not all there. */
static bool packet_take(struct reader *r, struct reader *packet)
{
	struct reader peek = *r;
	size_t length = reader_u16(&peek);
	if (peek.failed || length > reader_left(&peek))
		return false;
	*packet = reader_sub(&peek, length);
	*r = peek;
	return true;
}

/* A first packet cut in two is taken by its length and opcode; when it is whole, it must fit. */
static bool openvpn_tcp_probe(struct reader r)
{
	struct reader packet, peek = r;
	if (r.cut)
		return false;
	if (packet_take(&r, &packet))
		return openvpn_reset_shape(packet) || openvpn_data_shape(packet);
	size_t length = reader_u16(&peek);
	return length >= LENGTH_MIN && length <= RESET_MAX && reader_left(&peek) >= HEAD_SIZE &&
		openvpn_opcode_resets(reader_u8(&peek));
}

/* Can the bytes in front start a packet of this flow? Tells before a length is waited for. */
static bool start_fits(const struct openvpn_flow *f, unsigned side, struct reader r)
{
	size_t length = reader_u16(&r);
	if (length < LENGTH_MIN || length > LENGTH_MAX)
		return false;
	const struct reader packet = r;
	uint8_t opcode = reader_u8(&r) >> 3;
	if (opcode < OPENVPN_CLIENT_V1 || opcode > OPENVPN_CONTROL_WKC)
		return false;
	return !f->up || opcode == OPENVPN_CLIENT_V2 || reader_left(&packet) < HEAD_SIZE ||
		openvpn_fits(f, side, packet);
}

/* A run that is not long enough yet is no reason to give up. */
static bool packet_fits(struct dissection *d, struct openvpn_flow *f, struct reader packet)
{
	if (openvpn_packet(d, f, packet) == DONE)
		return true;
	return openvpn_data_shape(packet);
}

static enum verdict openvpn_tcp_dissect(struct dissection *d, struct reader *r)
{
	struct openvpn_flow *f = dissection_flow_state(d);
	if (!f)
		return NOT_MINE;
	while (reader_left(r) > LENGTH_SIZE) {
		struct reader packet = *r;
		bool fits = start_fits(f, tunnel_side(d), *r);
		if (fits && !packet_take(r, &packet))
			return MORE;
		if (fits && packet_fits(d, f, packet))
			continue;
		if (!f->up)
			return NOT_MINE;
		reader_skip(r, reader_left(r));
	}
	return reader_left(r) ? MORE : DONE;
}

static void openvpn_tcp_end(struct dissection *d)
{
	struct openvpn_flow *f = dissection_flow_known(d);
	if (f && (f->side[0].known || f->side[1].known || f->up))
		tunnel_ends(d, TUNNEL_OPENVPN, &f->down);
}

extern const struct dissector dissector_openvpn_tcp;
const struct dissector dissector_openvpn_tcp = {
	.info = {"openvpn_tcp", "openvpn.net: OpenVPN protocol"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct openvpn_flow),
	.first_min = 0x00,
	.first_max = LENGTH_MAX >> 8,
	.probe = openvpn_tcp_probe,
	.dissect = openvpn_tcp_dissect,
	.end = openvpn_tcp_end,
	.reset = openvpn_tcp_end,
};
