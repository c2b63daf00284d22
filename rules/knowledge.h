/*
 * What the engine learned from the wire: who the clients are, whether a tunnel is in use, and which
 * addresses traffic comes out of at its far end. Written by the engine alone; detections read it.
 */
#ifndef SEEP_RULES_KNOWLEDGE_H
#define SEEP_RULES_KNOWLEDGE_H

#include "core/alert.h"
#include "core/interest.h"
#include "core/policy.h"
#include "core/source.h"
#include "core/stats.h"
#include "core/summary.h"
#include "core/table.h"
#include "rules/crossings.h"
#include "rules/hidden_hosts.h"
#include "rules/hosts.h"
#include "rules/lan.h"
#include "rules/life.h"
#include "rules/outings.h"
#include "rules/proxies.h"
#include "rules/resolvers.h"
#include "rules/rules.h"
#include "rules/sockets.h"
#include "rules/spans.h"
#include "rules/tunnels.h"

#define EGRESS_SET_MAX 16

/* What knowledge_learn reads. */
#define KNOWLEDGE_WANTS                                                                            \
	(INTEREST_IN(OBS_LINK) | INTEREST_IN(OBS_STUN_REQUEST) | INTEREST_IN(OBS_BINDING_RESULT) | \
		INTEREST_IN(OBS_ALLOCATION) | INTEREST_IN(OBS_TUNNEL) | INTEREST_IN(OBS_PROXY) |   \
		RESOLVERS_WANTS | INTEREST_IN(OBS_DNS_RECORD) | INTEREST_IN(OBS_CANDIDATE) |       \
		INTEREST_IN(OBS_SESSION) | OUTINGS_WANTS | LAN_WANTS | INTEREST_IN(OBS_MEDIA) |    \
		INTEREST_IN(OBS_HELLO))

/* Addresses traffic may come out of. */
struct egress_set {
	uint32_t count;
	struct prefix prefix[EGRESS_SET_MAX];
};

struct client_key {
	struct addr addr;
	uint8_t reserved[7];
};

/* How much of what a policy_limit grants is used up. */
struct limit_use {
	uint64_t since_ns;
	uint32_t told;
	uint32_t worst; /* enum severity: the gravest told so far */
};

struct client {
	struct table_entry age;
	struct client_key key;
	uint32_t entry; /* the policy's entry about it, 0 when there is none */
	bool declared;  /* by an entry with its address, or its MAC address */
	uint8_t mac[6];
	bool has_mac, self; /* `self`: it is the host that captured */
	struct limit_use told;
	uint64_t requests;
	uint64_t findings[SEVERITIES];
	struct egress_set learned; /* on a gateway, where each client has its own way out */
	struct addr real[2];       /* what the world sees of it outside the tunnel: IPv4, IPv6 */
	uint8_t reserved[6];
};

struct server_key {
	struct endpoint endpoint;
	uint8_t reserved[4];
};

struct server {
	struct table_entry age;
	struct server_key key;
	uint64_t answers;
};

struct knowledge {
	const struct policy *policy;
	const struct source_table *sources;
	struct stats *stats;
	const struct geo *geo; /* or NULL */
	uint64_t now_ns;       /* packet time */
	struct table clients, servers;
	struct table heard; /* what each client was told of others, see rules/heard.h */
	struct hosts hosts;
	struct tunnels tunnels;
	struct proxies proxies;
	struct sockets sockets;
	struct resolvers resolvers;
	struct hidden_hosts hidden_hosts;
	struct lan lan;
	struct lives lives;
	struct outings outings;
	struct crossings crossings;
	struct spans spans;
	uint64_t tunnel_ns; /* the first packet on an interface in the role of a tunnel; 0: none */
	bool tunnel_seen;   /* there is such an interface */
	bool tunnel_used;   /* something was read there: it is up */
	bool gateway; /* so did one in a gateway's role: what one client does says nothing of others
		       */
	struct egress_set learned; /* of the one host a capture is about, when it is no gateway */
};

/* What a client's traffic is measured against. */
struct expectation {
	bool any;      /* something is expected; else a leak can't be told from ordinary exposure */
	bool tunnel;   /* traffic should go into a tunnel */
	bool proxy;    /* or to a proxy */
	bool observed; /* neither a declaration nor an interface says so, only packets outside */
	bool declared; /* `egress` is the user's word */
	bool learned;  /* or was learned */
	const struct prefix *egress; /* where it should come out; policy's or knowledge's */
	uint32_t egress_count;       /* may be 0 */
	enum through through;
	struct endpoint through_at; /* of the tunnel or proxy; none: not known */
};

bool knowledge_init(struct knowledge *k, const struct engine_options *options,
	const struct policy *policy, const struct source_table *sources, struct stats *stats);
void knowledge_free(struct knowledge *k);

/* From here on another policy holds. */
void knowledge_follow(struct knowledge *k, const struct policy *policy);

/* The engine's: takes in an observation before detections see it. */
void knowledge_learn(struct knowledge *k, const struct observation *o);

/* Is the sender of this request a client to judge? With a list of whom to judge, who is on it and
 * nobody else. Otherwise who has an entry in the policy, and every local one: in a private network,
 * or with a global address and shown to be local. */
bool knowledge_judges(const struct knowledge *k, const struct obs_head *request);

/* The same for who asked in a transaction; false when the request was not seen. */
bool knowledge_judges_answer(const struct knowledge *k, const struct obs_stun_answer *answer);

/* Is this socket of a client's a tunnel's own? What it asks says nothing of other traffic. */
bool knowledge_socket_is_tunnels(const struct knowledge *k, const struct endpoint *socket);

/* The user named this client, by its address or so that it was told from others. */
bool knowledge_declared(const struct knowledge *k, const struct addr *client);

/* What the policy says of this client, or of everybody. */
const struct policy_terms *knowledge_terms(const struct knowledge *k, const struct addr *client);

/* NULL when it was never seen, or forgotten. */
struct client *knowledge_client(const struct knowledge *k, const struct addr *addr);

void knowledge_expect(
	const struct knowledge *k, const struct addr *client, struct expectation *out);

/* The tunnel that packets outside show the client to have, up or down for a short time, and the
 * proxies it uses; NULL when none was seen. Of the client's address, or of another address of the
 * same host (rules/hosts.h). */
const struct client_tunnels *knowledge_tunnels(
	const struct knowledge *k, const struct addr *client);
const struct tunnel *knowledge_tunnel(const struct knowledge *k, const struct addr *client);
const struct client_proxies *knowledge_proxies(
	const struct knowledge *k, const struct addr *client);

/* Since when the tunnel that is expected of the client has been up, as far as the capture shows; 0:
 * since before it began. */
uint64_t knowledge_tunnel_since(const struct knowledge *k, const struct addr *client);

/* Does a tunnel of the client end at this address, at whatever port? */
bool knowledge_far_end(
	const struct knowledge *k, const struct addr *client, const struct addr *addr);

/* The same of these tunnels of the client's, and of those that the policy declares for it. */
bool knowledge_reach(const struct knowledge *k, const struct addr *client,
	const struct client_tunnels *tunnels, const struct addr *addr);

/* The address of that family which the world sees of the client outside its tunnel, as a mapped
 * address told; NULL when none did. */
const struct addr *knowledge_real(
	const struct knowledge *k, const struct addr *client, uint8_t family);

/* Who of a capture's one host has this address outside, as a mapped address told: what is said
 * within the tunnel comes from another address. NULL when nobody has, and on a gateway. */
const struct addr *knowledge_real_owner(const struct knowledge *k, const struct addr *real);

/* Is anything expected of anybody who was seen? */
bool knowledge_expects(const struct knowledge *k);

/* Of an interface, as far as this client is concerned; see rules/path.h. No client: by what holds
 * for everybody. */
enum role knowledge_role(const struct knowledge *k, const struct addr *client, uint16_t interface);
enum path knowledge_path(const struct knowledge *k, const struct addr *client, uint16_t interface,
	const struct endpoint *dst);
/* The same for what a client asked, when `o` answers it. Inside what a proxy carries the server is
 * the proxy's to reach. */
enum path knowledge_path_asked(const struct knowledge *k, const struct observation *o,
	const struct obs_stun_answer *answer);
enum confidence knowledge_confidence(
	const struct knowledge *k, const struct addr *client, uint16_t interface);

/* Is this on the interface of a tunnel that takes all traffic? */
bool knowledge_tunnel_carried(const struct knowledge *k, const struct obs_head *h);

/* Did it come out where it should have? */
bool expectation_met(const struct expectation *e, const struct addr *mapped);

/* Did this address, reached by this path, come out where it should not have? */
bool expectation_violated(const struct expectation *e, enum path path, const struct addr *mapped);

/* The members of the summary that only knowledge has. */
void knowledge_summarise(const struct knowledge *k, struct summary *s);

#endif
