/*
 * ESP straight in IP (RFC 4303), in tunnel or transport mode alike. Emits TUNNEL: data, once a run
 * of packets has shown itself, then once in a while. What is inside is encrypted; that of ESP with
 * NULL encryption (RFC 2410) is not looked for. ESP in UDP is proto_ike.c's.
 */
#include "dissect/esp.h"

#define PROTOCOL_ESP 50

struct esp_flow {
	struct esp_way way[2];
};

static enum verdict esp_dissect(struct dissection *d, struct reader *r)
{
	/* The first time it is a layer: there are no ports, and the flow is not looked up yet. */
	if (!d->flow) {
		d->packet->src.port = 0;
		d->packet->dst.port = 0;
		return dissection_next(d, CARRIER_FLOW, 0);
	}
	if (r->cut)
		return TRUNCATED;
	struct esp_flow *f = esp_shape(*r, 1) ? dissection_flow_state(d) : NULL;
	return f ? esp_packet(d, &f->way[tunnel_side(d)], r, ESP_RUN) : NOT_MINE;
}

extern const struct dissector dissector_esp;
const struct dissector dissector_esp = {
	.info = {"esp", "RFC 4303"},
	.carrier = CARRIER_IPPROTO,
	.numbers = {PROTOCOL_ESP},
	.number_count = 1,
	.state_size = sizeof(struct esp_flow),
	.dissect = esp_dissect,
};
