/*
 * SSH (RFC 4253 §4.2), by the version line that each end sends first. Emits TUNNEL: the opener's
 * line asks, the other end's answers. What is forwarded inside is encrypted and does not show, so
 * the stream is given up after the lines; the text that a server may send before its line is not
 * looked through.
 */
#include "dissect/tunnel.h"

#define LINE_MAX 255 /* RFC 4253 §4.2, with its line end */
#define START    8   /* "SSH-2.0-"; versions 1.5 and 1.99 are alike */
#define MAJOR    4   /* where the version is in it */

struct ssh_flow {
	bool said[2];
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

static enum verdict ssh_dissect(struct dissection *d, struct reader *r)
{
	struct ssh_flow *f = dissection_flow_state(d);
	unsigned side = tunnel_side(d);
	if (!f || f->said[side])
		return NOT_MINE;
	if (reader_left(r) < START)
		return MORE;
	if (!ssh_probe(*r))
		return NOT_MINE;
	enum verdict verdict = line_read(*r);
	if (verdict != DONE)
		return verdict;
	f->said[side] = true;
	if (side == 0)
		tunnel_asks(d, TUNNEL_SSH, 0, NULL);
	else
		tunnel_answers(d, TUNNEL_SSH, 0, NULL);
	reader_skip(r, reader_left(r));
	return DONE;
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
};
