/*
 * What a detection is, and what it may look at. Private to rules/.
 *
 * A detection reads observations, the declared policy and the learned knowledge, decides, and
 * raises a draft alert; folding, grading over time and reporting are the engine's. To add one:
 * leak_x.c and a row in detections.h.
 */
#ifndef SEEP_RULES_DETECTION_H
#define SEEP_RULES_DETECTION_H

#include "rules/knowledge.h"
#include "rules/rules.h"

struct findings;
struct around_kind;
struct proof_once;

/* What `observe` gets beside the observation. */
struct judgement {
	const struct knowledge *knowledge;
	struct findings *findings;
	const struct detection *detection;
	struct table *memory;    /* see judgement_memory */
	uint64_t now_ns;         /* packet time */
	struct proof_once *once; /* proof_read's */
};

struct detection {
	struct detection_info info;
	uint32_t wants;    /* mask of observation kinds */
	bool policy_alone; /* rests on the policy's word, whatever else is expected of the client */
	bool held;         /* its findings wait a moment for one that covers them */
	/* The detection, always a held one, whose finding about a client is told by this one's,
	 * too, when the evidence went the direct path; or NULL. */
	const struct detection *covers;
	/* The detection whose finding about the same client and the same address this one's
	 * evidence makes grow, so that one leak is one finding: the first to see it names it, the
	 * worst describes it. What was found before the address was known is withdrawn for it.
	 * NULL: its own. */
	const struct detection *grows;
	/* What it measures against is a list of the policy's own: it stands where nothing is said
	 * of the way that traffic should take. */
	bool by_policy;
	size_t state_size; /* bytes it remembers of each client */
	void (*observe)(const struct judgement *j, const struct observation *o); /* or NULL */
	/* Conversations outside a tunnel are ripe to be judged (rules/outings.h); or NULL. */
	void (*outings)(const struct judgement *j);
	/* How it sums them up (rules/around.h), when its `outings` is around_observe. */
	const struct around_kind *around;
	/* Writes a->message and a->remedy; called only when the alert is about to be reported. */
	void (*describe)(struct alert *a);
	/* The run ends; or NULL. Called for each client remembered. Only with `state_size`. */
	void (*finish)(const struct judgement *j, const struct addr *client, void *state);
};

/* This detection's memory of a client, `state_size` bytes, zero at first. It stays where it is
 * until `observe` returns, or the memory of another client is asked for. */
void *judgement_memory(const struct judgement *j, const struct addr *client);

/* The same, or NULL where nothing is remembered. */
void *judgement_recall(const struct judgement *j, const struct addr *client);

/* An alert of this detection about `client`, with the evidence's head, path and vantage filled in.
 */
struct alert alert_draft(
	const struct judgement *j, const struct observation *o, const struct addr *client);

/* The same of a packet to `server` that went around a tunnel or proxy, as sure as its interface's
 * role. */
struct alert alert_draft_direct(const struct judgement *j, const struct observation *o,
	const struct addr *client, const struct endpoint *server,
	const struct expectation *expected);

/* Who sees a packet sees its source: given away where it is the client's own. Behind a NAT another
 * is shown, which is not known yet. */
void alert_add_own(struct alert *a, const struct addr *source);

/* Adds what was given away, what was expected, and a frame of evidence; what does not fit is left
 * out (and for `expected` marked). */
void alert_add_leaked(struct alert *a, const struct addr *leaked);
void alert_add_name(struct alert *a, const uint8_t *bytes, size_t length);
void alert_add_expected(struct alert *a, const struct expectation *expected);
void alert_add_frame(struct alert *a, uint16_t capture, uint16_t interface, uint64_t frame);

/* What an answer proves, for every detection alike. */
struct proof {
	const struct obs_stun_answer *answer;
	struct addr mapped; /* what it told; IPv4 in IPv6 as IPv4 */
	bool disputed;      /* it named another address, too */
	enum path path;     /* the way of the request */
	struct expectation expected;
};

/* Made once of an observation, whoever asks first. */
struct proof_once {
	bool made, proven;
	struct proof proof;
};

/* Reads the proof out of a Binding or Allocate success, the observation that is being judged. False
 * where nobody to judge asked, or nothing left the LAN. */
bool proof_read(const struct judgement *j, const struct observation *o, struct proof *out);

/* An alert about it: path, stage, confidence, addresses and frames filled in. Medium at most where
 * the answer may be a forgery, or inside the tunnel, where the address is an exit nobody declared.
 */
struct alert alert_of_proof(
	const struct judgement *j, const struct observation *o, const struct proof *proof);

/* The evidence excuses what the held detection `held` found about the client, if it was not told
 * yet: its traffic came out where it should. */
void finding_excuse(
	const struct judgement *j, const struct detection *held, const struct addr *client);

/* Hands the draft to the findings: one leak, one alert. Caps its severity at info where nothing is
 * expected of the client. */
void finding_raise(const struct judgement *j, struct alert *draft);

#endif
