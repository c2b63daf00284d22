/*
 * EVE records to a Unix socket that another program listens on, as Suricata's unix_stream and
 * unix_dgram: what the socket is, connecting tells. While nobody listens, records wait (link.h).
 */
#include "output/eve.h"

const struct output_driver output_unix = {
	.info = {"unix", "the same as eve, to a Unix socket: unix:PATH"},
	.to = TO_UNIX,
	.state_size = sizeof(struct eve),
	.observation = eve_observation,
	.alert = eve_alert,
	.end = eve_end,
	.close = eve_observation_flush,
};
