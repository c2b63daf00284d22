/*
 * Clients, for who learns about them. Detections look them up through rules/knowledge.h.
 */
#ifndef SEEP_RULES_CLIENTS_H
#define SEEP_RULES_CLIENTS_H

#include "rules/knowledge.h"

/* The sender's MAC address, where the sender is not behind the gateway that sent the frame on. */
const uint8_t *sender_mac(const struct knowledge *k, const struct obs_head *h);

/* A request that nothing says came from outside is the capturing host's own, but for a gateway's
 * sides, where it is anybody's. */
bool request_is_own(const struct knowledge *k, uint8_t direction, uint16_t interface);

/* The client's row, new or not, with what is known of it now. Never NULL. */
struct client *client_see(struct knowledge *k, const struct policy_subject *who, uint64_t now_ns);

/* The same, of who sent a packet. */
struct client *client_see_sender(struct knowledge *k, const struct obs_head *h);

#endif
