/*
 * What a dissector is, and what it sees while it works on one packet. Private to dissect/.
 *
 * Dissectors never call each other. A layer hands what it carries back to the trampoline, naming
 * the carrier and the number that selects the next layer; a dissector over UDP is found by the
 * shape of the payload, never by a port. To add one: proto_x.c and a row in dissectors.h.
 */
#ifndef SEEP_DISSECT_DISSECTOR_H
#define SEEP_DISSECT_DISSECTOR_H

#include "core/observation.h"
#include "core/packet.h"
#include "dissect/dissect.h"

/* What a layer can be carried by. */
enum carrier {
	CARRIER_LINK,      /* selected by LINKTYPE_ value */
	CARRIER_ETHERTYPE, /* by EtherType */
	CARRIER_IPPROTO,   /* by IANA protocol number */
	CARRIER_UDP,       /* by shape */
	CARRIERS
};

enum verdict {
	NOT_MINE,  /* another dissector may try */
	MORE,      /* handed on by dissection_next */
	DONE,      /* read to the end; only now may anything be emitted */
	MALFORMED, /* breaks its own rules: counted */
	TRUNCATED, /* the snap length cut it: not its fault */
};

struct dissector;

/* One packet on its way up. */
struct dissection {
	struct dissect *run;
	struct stats *stats;
	struct packet *packet;
	void *state;          /* what the dissector's `open` made */
	const void *flow;     /* of packet, once it has one */
	enum carrier carrier; /* set by dissection_next: what comes next ... */
	uint16_t number;      /* ... and the number that selects it */
};

#define DISSECTOR_NUMBERS_MAX 5

struct dissector {
	struct dissector_info info;
	enum carrier carrier;
	uint16_t numbers[DISSECTOR_NUMBERS_MAX]; /* those of the carrier that select it */
	uint8_t number_count;
	/* For the life of the run; NULL where it needs nothing. `open` returns NULL without memory.
	 */
	void *(*open)(const struct dissect_options *options);
	void (*close)(void *state);
	/* CARRIER_UDP: the first bytes its payload may start with (RFC 7983 shares them out among
	 * the protocols of one flow), and whether a payload that does has its shape. */
	uint8_t first_min, first_max;
	bool (*probe)(struct reader r);
	enum verdict (*dissect)(struct dissection *d, struct reader *r);
};

/* For a layer: hands what is left of its reader on. */
static inline enum verdict dissection_next(
	struct dissection *d, enum carrier carrier, uint16_t number)
{
	d->carrier = carrier;
	d->number = number;
	return MORE;
}

/* What a failed reader means. */
static inline enum verdict reader_verdict(const struct reader *r)
{
	if (!r->failed)
		return DONE;
	return r->cut ? TRUNCATED : MALFORMED;
}

/* Packet time so far: late frames do not turn it back. */
uint64_t dissection_now(const struct dissection *d);

/* Does anybody want observations of this kind? */
bool dissection_wants(const struct dissection *d, enum observation_kind kind);

/* An empty observation of this kind with its head filled from the packet; and the way out. */
void dissection_observe(
	const struct dissection *d, enum observation_kind kind, struct observation *o);
void dissection_emit(const struct dissection *d, const struct observation *o);

#endif
