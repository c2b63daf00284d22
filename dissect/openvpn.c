/*
 * The shapes of OpenVPN. In clear are the opcode and key id, in control packets the sender's
 * session id, and what protects these:
 *   plain      op session | acks, remote session | packet id
 *   tls-auth   op session | HMAC, replay id, time | acks, remote session | packet id
 *   tls-crypt  op session | replay id, time, tag | the rest encrypted (v2: and the wrapped key)
 */
#include "dissect/openvpn.h"

#define TAG_CRYPT       32 /* HMAC-SHA256 */
#define RESET_CRYPTED   5  /* ack count 0, packet id 0 */
#define ACKED           12 /* one acknowledged id and the remote session */
#define EARLY_NEGOTIATE 6  /* the TLV in a server's answer to tls-crypt-v2 */
#define WRAPPED_KEY_MIN 290
#define ACKS_MAX        8
#define REPLAY_MAX      64 /* resets of one session, retried */
#define DATA_MIN        20 /* head, packet id, tag or IV */
#define CHANNEL_PADDING 3

/* A replay id counts from 1. tls-crypt-v2 marks early negotiation in the topmost byte: 0x0f, in
 * versions before 2.6 0x0a. */
static bool replay_fits(uint32_t id)
{
	uint32_t mark = id >> 24;
	uint32_t count = id & 0xffff;
	return (mark == 0 || mark == 0x0a || mark == 0x0f) && count > 0 && count <= REPLAY_MAX;
}

/* Plain (no tag) or tls-auth: the first packet, so its id is 0; only a server acknowledges. */
static bool clear_shape(struct reader r, size_t tag, bool server)
{
	reader_skip(&r, tag);
	if (tag && !replay_fits(reader_u32(&r)))
		return false;
	if (tag)
		reader_skip(&r, 4); /* time */
	uint8_t acks = reader_u8(&r);
	if (acks > (server ? ACKS_MAX : 0))
		return false;
	if (acks)
		reader_skip(&r, acks * 4U + 8);
	return reader_u32(&r) == 0 && !r.failed && reader_left(&r) == 0;
}

/* The wrapped key of tls-crypt-v2 ends in its own length. */
static bool wrapped_key_shape(struct reader r)
{
	size_t size = reader_left(&r);
	if (size < WRAPPED_KEY_MIN)
		return false;
	reader_skip(&r, size - 2);
	return reader_u16(&r) == size;
}

static bool crypt_shape(struct reader r, uint8_t opcode)
{
	uint32_t replay = reader_u32(&r);
	reader_skip(&r, 4 + TAG_CRYPT + RESET_CRYPTED);
	if (r.failed || !replay_fits(replay))
		return false;
	size_t left = reader_left(&r);
	if (opcode == OPENVPN_CLIENT_V3)
		return wrapped_key_shape(r);
	if (opcode == OPENVPN_SERVER_V2)
		return left == 0 || left == ACKED || left == ACKED + EARLY_NEGOTIATE;
	return opcode == OPENVPN_CLIENT_V2 && left == 0;
}

bool openvpn_opcode_resets(uint8_t first)
{
	uint8_t opcode = first >> 3;
	if (first & 7) /* the key id */
		return false;
	return opcode == OPENVPN_CLIENT_V1 || opcode == OPENVPN_SERVER_V1 ||
		opcode == OPENVPN_CLIENT_V2 || opcode == OPENVPN_SERVER_V2 ||
		opcode == OPENVPN_CLIENT_V3;
}

static bool opcode_server(uint8_t opcode)
{
	return opcode == OPENVPN_SERVER_V1 || opcode == OPENVPN_SERVER_V2;
}

bool openvpn_reset_shape(struct reader r)
{
	/* None, MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512 */
	static const uint8_t tags[] = {0, 16, 20, 28, 32, 48, 64};
	uint8_t first = reader_u8(&r);
	uint8_t opcode = first >> 3;
	if (!openvpn_opcode_resets(first) || r.cut)
		return false;
	uint64_t session = reader_u64(&r);
	if (r.failed || session == 0)
		return false;
	if (crypt_shape(r, opcode))
		return true;
	if (opcode == OPENVPN_CLIENT_V3)
		return false;
	for (size_t i = 0; i < sizeof(tags); i++) {
		if (clear_shape(r, tags[i], opcode_server(opcode)))
			return true;
	}
	return false;
}

/* Peer ids are small numbers, so their first byte is 0 in all but the largest of servers. TURN's
 * ChannelData may start alike, but then the next two bytes are its length (RFC 8656 §12.4). */
bool openvpn_data_shape(struct reader r)
{
	size_t size = reader_left(&r);
	uint8_t first = reader_u8(&r);
	uint8_t high = reader_u8(&r);
	if (first >> 3 != OPENVPN_DATA_V2 || high != 0 || size < DATA_MIN)
		return false;
	size_t channel = 4U + reader_u16(&r);
	return size < channel || size > channel + CHANNEL_PADDING;
}

bool openvpn_fits(const struct openvpn_flow *f, unsigned side, struct reader r)
{
	switch (reader_u8(&r) >> 3) {
	case OPENVPN_SOFT_RESET:
	case OPENVPN_CONTROL:
	case OPENVPN_ACK:
	case OPENVPN_CONTROL_WKC:
		return f->side[side].known && f->side[side].session == reader_u64(&r) && !r.failed;
	case OPENVPN_DATA_V1:
	case OPENVPN_DATA_V2:
		return f->up;
	default:
		return false;
	}
}

static enum verdict reset_read(
	struct dissection *d, struct openvpn_flow *f, uint8_t opcode, struct reader *r)
{
	struct tunnel_asking *asking = f ? &f->asking : NULL;
	unsigned from = tunnel_side(d);
	if (opcode_server(opcode))
		tunnel_answers(d, TUNNEL_OPENVPN, opcode, asking);
	else
		tunnel_asks(d, TUNNEL_OPENVPN, opcode, asking);
	if (!f)
		return DONE;
	f->side[from].session = reader_u64(r);
	f->side[from].known = true;
	f->up |= opcode_server(opcode) && f->side[!from].known;
	return DONE;
}

/* Without a handshake: enough packets of data with one head. */
static bool run_counts(struct openvpn_side *side, struct reader r)
{
	if (!openvpn_data_shape(r))
		return false;
	uint32_t head = reader_u32(&r);
	bool next = side->run && side->head == head;
	side->head = head;
	side->run = next ? (uint8_t)(side->run + (side->run < OPENVPN_DATA_RUN)) : 1;
	return side->run == OPENVPN_DATA_RUN;
}

static enum verdict data_read(
	struct dissection *d, struct openvpn_flow *f, uint8_t opcode, struct reader whole)
{
	struct openvpn_side *side = &f->side[tunnel_side(d)];
	tunnel_count(&side->way, reader_left(&whole));
	if (!f->up && !run_counts(side, whole))
		return NOT_MINE;
	f->up = true;
	tunnel_carries(d, &side->way, TUNNEL_OPENVPN, TUNNEL_DATA, opcode);
	return DONE;
}

enum verdict openvpn_packet(struct dissection *d, struct openvpn_flow *f, struct reader r)
{
	const struct reader whole = r;
	uint8_t opcode = reader_u8(&r) >> 3;
	if (openvpn_reset_shape(whole))
		return reset_read(d, f, opcode, &r);
	if (f && (opcode == OPENVPN_DATA_V1 || opcode == OPENVPN_DATA_V2))
		return data_read(d, f, opcode, whole);
	return f && openvpn_fits(f, tunnel_side(d), whole) ? DONE : NOT_MINE;
}
