/*
 * The verdict that rules/ hands to output/: which detection, how bad, how sure, who, what was given
 * away to whom, where the evidence is, and what to do. Outputs render it without knowing
 * detections.
 */
#ifndef SEEP_CORE_ALERT_H
#define SEEP_CORE_ALERT_H

#include "core/observation.h"
#include "core/source.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
#define SEVERITIES 5
enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };
/* How far a leaked address got; later is worse. */
enum stage { STAGE_NONE, STAGE_GATHERED, STAGE_SIGNALLED, STAGE_NOMINATED, STAGE_MEDIA };
/* The way the evidence went. */
enum path { PATH_UNKNOWN, PATH_DIRECT, PATH_TUNNEL, PATH_PROXY, PATH_LAN };
/* What the traffic should have gone through. */
enum through { THROUGH_EITHER, THROUGH_TUNNEL, THROUGH_PROXY };
enum alert_state { STATE_OPEN, STATE_UPDATED, STATE_CLOSED, STATE_WITHDRAWN };

/* Lower-case names as records print them. */
const char *severity_name(enum severity s);
const char *confidence_name(enum confidence c);
const char *stage_name(enum stage s); /* NULL for STAGE_NONE */
const char *path_name(enum path p);   /* NULL for PATH_UNKNOWN */
const char *alert_state_name(enum alert_state s);
bool severity_parse(const char *name, enum severity *out);

/* The constant part of a detection: what explains it to a person. */
struct detection_info {
	const char *id;        /* slug, part of every finding_id: never changed */
	uint32_t signature_id; /* unique number, for consumers that key by one */
	uint16_t revision;
	enum severity severity; /* the worst it raises */
	const char *title;
	const char *category;          /* of the EVE alert */
	const char *catalogue;         /* rows of the catalogue it implements, "D01" */
	const char *why;               /* what leaks, to whom, and why that is a leak */
	const char *remedy;            /* what to do */
	const char *false_positive;    /* the known one */
	const char *const *references; /* RFC sections and the like; ended by NULL */
};

#define ALERT_GID          7460 /* generator id of all our signatures */
#define ALERT_LEAKED_MAX   4
#define ALERT_NAMES_MAX    4
#define ALERT_EXPECTED_MAX 16
#define ALERT_FRAMES_MAX   8
#define ALERT_TEXT_MAX     512

struct alert_frame {
	uint64_t number;
	uint16_t capture, interface;
};

/* Traffic that a finding sums up. */
struct alert_traffic {
	uint64_t from_ns, until_ns; /* first and last packet, or the window they were seen in */
	uint64_t packets, bytes;
	uint32_t destinations;
};

struct alert {
	const struct detection_info *detection;
	struct obs_head head; /* of the observation that raised or last changed it */
	enum severity severity;
	enum confidence confidence;
	enum stage stage;
	enum path path;
	enum role vantage; /* of the interface the evidence was seen on */
	enum alert_state state;
	bool provisional;  /* later packets may excuse it */
	bool learned;      /* `expected` was learned, not declared */
	bool expected_cut; /* there was more to expect than fits */
	uint8_t detail;    /* the detection's own: which of its sentences to say */
	struct addr client;
	struct endpoint server; /* who was told; port 0 or no address when unknown */
	uint32_t leaked_count, expected_count, frame_count;
	struct addr leaked[ALERT_LEAKED_MAX];
	uint32_t name_count;
	struct obs_word names[ALERT_NAMES_MAX]; /* DNS names given away: no part of finding_id,
						 * because they become more */
	struct prefix network;        /* a route or LAN that it is about; none: no address */
	struct alert_traffic traffic; /* no packets: nothing is summed up */
	struct prefix expected[ALERT_EXPECTED_MAX];
	enum through through;
	struct endpoint through_at; /* the tunnel's far end, or the proxy; none: not known */
	struct alert_frame frames[ALERT_FRAMES_MAX]; /* the evidence of when it was found */
	uint64_t first_ns, last_ns, count;
	char message[ALERT_TEXT_MAX]; /* one sentence for a person */
	char remedy[ALERT_TEXT_MAX];  /* specific to what was seen */
};

#endif
