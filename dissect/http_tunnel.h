/*
 * Tunnels that HTTP/1.1 sets up: SSTP, AnyConnect over TLS, MASQUE. Private to dissect/.
 */
#ifndef SEEP_DISSECT_HTTP_TUNNEL_H
#define SEEP_DISSECT_HTTP_TUNNEL_H

#include "dissect/http.h"

/* By a request's method and target; by an Upgrade field. */
enum http_tunnel http_tunnel_of_method(struct reader method, struct reader target);
enum http_tunnel http_tunnel_of_upgrade(struct reader protocol);

/* Set up by 101 rather than by 200? */
bool http_tunnel_upgrades(enum http_tunnel tunnel);

/* The client asks for f->tunnel, the server answers. */
void http_tunnel_asked(struct dissection *d, struct http_flow *f, const struct http_head *h);
void http_tunnel_answered(
	const struct dissection *d, struct http_flow *f, uint16_t status, bool granted);

/* What flows in one that was set up. */
enum verdict http_tunnel_read(
	struct dissection *d, struct http_flow *f, struct http_side *side, struct reader *r);

/* Its stream is over. */
void http_tunnel_end(const struct dissection *d, struct http_flow *f);

#endif
