/*
 * Tailscale's path discovery, "disco" (tailscale.com/disco; no RFC) over UDP: six magic bytes, the
 * sender's public key, a nonce and a sealed box. Emits TUNNEL: the opener's first ping asks, what
 * comes back answers, later ones are keepalives, said once in a while.
 *
 * Pings and pongs cannot be told apart without the keys. The tunnel's own packets on the same flow
 * are WireGuard's. Relayed traffic (DERP) is TLS and does not show.
 */
#include "dissect/tunnel.h"

#define MAGIC_SIZE 6
#define KEY_SIZE   32
#define NONCE_SIZE 24
#define BOX_MIN    18 /* its authenticator, then a message's type and version */

struct tailscale_flow {
	struct tunnel_way way[2];
	struct tunnel_asking asking;
	bool answered;
};

static bool tailscale_probe(struct reader r)
{
	static const uint8_t magic[MAGIC_SIZE] = {'T', 'S', 0xf0, 0x9f, 0x92, 0xac};
	uint8_t start[MAGIC_SIZE];
	reader_copy(&r, start, sizeof(start));
	reader_skip(&r, KEY_SIZE + NONCE_SIZE + BOX_MIN);
	return !r.failed && memcmp(start, magic, sizeof(magic)) == 0;
}

static enum verdict tailscale_dissect(struct dissection *d, struct reader *r)
{
	if (r->cut)
		return TRUNCATED;
	struct tailscale_flow *f = dissection_flow_state(d);
	unsigned side = tunnel_side(d);
	if (!f)
		return DONE;
	if (side == 0 && !f->answered) {
		tunnel_asks(d, TUNNEL_TAILSCALE, 0, &f->asking);
		return DONE;
	}
	tunnel_count(&f->way[side], reader_left(r));
	if (f->answered)
		tunnel_carries(d, &f->way[side], TUNNEL_TAILSCALE, TUNNEL_KEEPALIVE, 0);
	else
		tunnel_answers(d, TUNNEL_TAILSCALE, 0, &f->asking);
	f->answered = true;
	return DONE;
}

static void tailscale_refused(struct dissection *d)
{
	struct tailscale_flow *f = dissection_flow_known(d);
	if (f)
		tunnel_refused(d, TUNNEL_TAILSCALE, &f->asking);
}

extern const struct dissector dissector_tailscale;
const struct dissector dissector_tailscale = {
	.info = {"tailscale", "tailscale.com/disco"},
	.carrier = CARRIER_UDP,
	.tells = INTEREST_IN(OBS_TUNNEL),
	.state_size = sizeof(struct tailscale_flow),
	.first_min = 'T',
	.first_max = 'T',
	.probe = tailscale_probe,
	.dissect = tailscale_dissect,
	.refused = tailscale_refused,
};
