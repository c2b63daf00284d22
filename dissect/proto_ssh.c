/*
 * SSH (RFC 4253 §4.2), by the version line that each end sends first. Emits TUNNEL: the opener's
 * line asks, the other end's answers; behind NEWKEYS (§7.3) data, once in a while, with what it
 * comes to; the connection's end resets. Whether it is a shell, files or what is forwarded (RFC
 * 4254 §7) is encrypted: that more and more flows is all that shows of it.
 *
 * SSH 1 is given up after the lines; the text that a server may send before its line is not looked
 * through.
 */
#include "dissect/text.h"
#include "dissect/tunnel.h"

#define LINE_MAX 255 /* RFC 4253 §4.2, with its line end */
#define START    8   /* "SSH-2.0-"; versions 1.5 and 1.99 are alike */
#define MAJOR    4   /* where the version is in it */

#define PACKET_HEADER 6     /* length, length of the padding, message */
#define PACKET_MAX    35000 /* RFC 4253 §6.1 */
#define NEWKEYS       21

struct ssh_flow {
	struct tunnel_way way[2];
	bool said[2];
	bool keyed[2]; /* what this end sends is encrypted */
	bool keyless;  /* version 1: its packets are not read */
	bool down;     /* said */
};

static bool ssh_probe(struct reader r)
{
	uint8_t start[START];
	reader_copy(&r, start, sizeof(start));
	bool version = (start[MAJOR] == '1' || start[MAJOR] == '2') && start[MAJOR + 1] == '.';
	return version && memcmp(start, "SSH-", MAJOR) == 0;
}

/* Is the line there, up to its end? It is of printable characters. */
static enum verdict line_read(struct reader r)
{
	for (unsigned i = 0; i < LINE_MAX && reader_left(&r); i++) {
		uint8_t byte = reader_u8(&r);
		if (byte == '\n')
			return DONE;
		if (byte < ' ' && byte != '\r')
			return NOT_MINE;
	}
	return reader_left(&r) ? NOT_MINE : MORE;
}

static enum verdict line_dissect(
	struct dissection *d, struct ssh_flow *f, unsigned side, struct reader *r)
{
	if (reader_left(r) < START)
		return MORE;
	if (!ssh_probe(*r))
		return NOT_MINE;
	enum verdict verdict = line_read(*r);
	bool version_old = text_starts(*r, "SSH-1.") && !text_starts(*r, "SSH-1.99");
	if (verdict != DONE)
		return verdict;
	reader_skip(r, reader_find(r, '\n') + 1);
	f->said[side] = true;
	f->keyless |= version_old;
	if (side == 0)
		tunnel_asks(d, TUNNEL_SSH, 0, NULL);
	else
		tunnel_answers(d, TUNNEL_SSH, 0, NULL);
	return DONE;
}

/* One packet of the key exchange, in clear up to the last. */
static enum verdict exchange_read(struct ssh_flow *f, unsigned side, struct reader *r)
{
	struct reader peek = *r;
	size_t length = reader_u32(&peek);
	reader_skip(&peek, 1);
	uint8_t message = reader_u8(&peek);
	if (reader_left(r) < PACKET_HEADER)
		return MORE;
	if (f->keyless || length < PACKET_HEADER || length > PACKET_MAX)
		return NOT_MINE;
	if (reader_left(r) < sizeof(uint32_t) + length)
		return MORE;
	reader_skip(r, sizeof(uint32_t) + length);
	f->keyed[side] = message == NEWKEYS;
	return DONE;
}

static void data_read(struct dissection *d, struct ssh_flow *f, unsigned side, struct reader *r)
{
	tunnel_count(&f->way[side], reader_left(r));
	tunnel_carries(d, &f->way[side], TUNNEL_SSH, TUNNEL_DATA, 0);
	reader_skip(r, reader_left(r));
}

static enum verdict ssh_dissect(struct dissection *d, struct reader *r)
{
	struct ssh_flow *f = dissection_flow_state(d);
	unsigned side = tunnel_side(d);
	enum verdict verdict = DONE;
	if (!f)
		return NOT_MINE;
	f->keyed[side] |= d->gap && f->said[side];
	while (verdict == DONE && reader_left(r)) {
		if (f->keyed[side])
			data_read(d, f, side, r);
		else if (f->said[side])
			verdict = exchange_read(f, side, r);
		else
			verdict = line_dissect(d, f, side, r);
	}
	return verdict;
}

static void ssh_end(struct dissection *d)
{
	struct ssh_flow *f = dissection_flow_known(d);
	if (f && f->said[0] && f->said[1])
		tunnel_ends(d, TUNNEL_SSH, &f->down);
}

extern const struct dissector dissector_ssh;
const struct dissector dissector_ssh = {
	.info = {"ssh", "RFC 4253"},
	.carrier = CARRIER_STREAM,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct ssh_flow),
	.first_min = 'S',
	.first_max = 'S',
	.probe = ssh_probe,
	.dissect = ssh_dissect,
	.end = ssh_end,
	.reset = ssh_end,
};
