/*
 * Session descriptions (RFC 8866) with what ICE adds (RFC 8839): whole ones, the parts of one that
 * are trickled (RFC 8840, application/trickle-ice-sdpfrag), and a candidate line alone, with "a="
 * or without it, as RTCIceCandidate has it. Emits SESSION, with what the description says of
 * addresses, SESSION_ADDRESS for addresses of single media that differ from it, and CANDIDATE for
 * each candidate.
 *
 * Whose they are is the carrier's to know: a client sends its own, a server its own or those of who
 * it speaks for; which of these, only the rest of the traffic tells. So is the role; without one
 * a=setup:actpass makes an offer (RFC 8842 §5.2), everything else stays unknown. Keys, codecs and
 * bandwidths are passed over, as is any line that is not of the form x=value: other readers are as
 * lenient.
 */
#include "dissect/candidate.h"
#include "dissect/text.h"

#define BYTES_MAX      1048576 /* of one body; those of browsers have 2 to 20 KiB */
#define CANDIDATES_MAX 256     /* emitted of one body */
#define ADDRESSES_MAX  16      /* of c= and a=rtcp lines, besides the first ones */

/* What one description says. */
struct sdp {
	struct obs_session session;
	uint16_t port;      /* of the m= line that we are below */
	bool whole;         /* starts with v=0 */
	bool waits;         /* the c= above all m= lines has no port yet */
	bool ice;           /* says something of a whole agent, not only of one candidate */
	bool actpass;       /* a=setup:actpass */
	unsigned good, bad; /* candidate lines */
	unsigned others;
	struct obs_session_address other[ADDRESSES_MAX]; /* than those in `session` */
};

/* 0.0.0.0 or [::], which senders write until they know better. */
static bool addr_empty(const struct addr *a)
{
	static const uint8_t nothing[sizeof(a->bytes)] = {0};
	return memcmp(a->bytes, nothing, sizeof(nothing)) == 0;
}

/* An address is worth more than none, any other more than an empty one. */
static bool addr_better(const struct addr *known, const struct addr *found)
{
	if (known->family == ADDR_NONE)
		return true;
	return addr_empty(known) && !addr_empty(found);
}

static bool other_equal(const struct obs_session_address *a, const struct obs_session_address *b)
{
	return a->line == b->line && addr_equal(&a->address.addr, &b->address.addr) &&
		a->name.length == b->name.length &&
		memcmp(a->name.bytes, b->name.bytes, a->name.length) == 0;
}

/* One that is not the one in `session`: kept once. */
static void other_note(struct sdp *s, const struct obs_session_address *found)
{
	for (unsigned i = 0; i < s->others; i++) {
		if (other_equal(&s->other[i], found))
			return;
	}
	if (s->others == ADDRESSES_MAX)
		s->session.addresses_cut = true;
	else
		s->other[s->others++] = *found;
}

/* Keeps `found` in `*first`, or beside it. False: beside. */
static bool address_note(
	struct sdp *s, enum session_line line, struct endpoint *first, struct endpoint found)
{
	if (addr_better(&first->addr, &found.addr)) {
		*first = found;
		return true;
	}
	if (!addr_empty(&found.addr) && !addr_equal(&first->addr, &found.addr))
		other_note(s,
			&(struct obs_session_address){.line = (uint8_t)line,
				.media = s->session.media,
				.address = found});
	return false;
}

/* "IN IP4 192.0.2.1/127" (RFC 8866 §5.7): the address, or a name. */
static bool net_addr_read(struct reader *r, struct addr *addr, struct reader *name)
{
	(void)text_word(r); /* nettype: IN */
	(void)text_word(r); /* addrtype; the address itself tells */
	struct reader word = text_word(r);
	word = text_until(&word, '/');
	if (text_addr(word, addr))
		return true;
	*name = word;
	return false;
}

static void name_note(struct sdp *s, enum session_line line, struct reader name)
{
	struct obs_session_address other = {.line = (uint8_t)line, .media = s->session.media};
	struct obs_word *first = &s->session.origin_name;
	obs_word_set(&other.name, name);
	if (!other.name.length)
		return;
	if (first->length == 0)
		*first = other.name;
	else if (first->length != other.name.length ||
		memcmp(first->bytes, other.name.bytes, first->length) != 0)
		other_note(s, &other);
}

/* o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address> */
static void origin_read(struct sdp *s, struct reader r)
{
	struct reader name = {0};
	for (unsigned i = 0; i < 3; i++)
		(void)text_word(&r);
	if (!net_addr_read(&r, &s->session.origin.addr, &name))
		name_note(s, SESSION_CONNECTION, name);
}

static void connection_read(struct sdp *s, struct reader r)
{
	struct reader name = {0};
	struct addr addr;
	if (!net_addr_read(&r, &addr, &name)) {
		name_note(s, SESSION_CONNECTION, name);
		return;
	}
	if (address_note(s, SESSION_CONNECTION, &s->session.connection,
		    (struct endpoint){addr, s->port}))
		s->waits = s->session.media == 0;
}

/* m=<media> <port>["/" <number of ports>] <proto> <fmt> ... */
static void media_read(struct sdp *s, struct reader r)
{
	uint32_t port = 0;
	(void)text_word(&r); /* the media */
	struct reader word = text_word(&r);
	if (!text_u32(text_until(&word, '/'), UINT16_MAX, &port))
		port = 0;
	s->port = (uint16_t)port;
	if (s->session.media < UINT8_MAX)
		s->session.media++;
	if (s->waits)
		s->session.connection.port = s->port;
	s->waits = false;
}

/* a=rtcp:<port> [<nettype> <addrtype> <address>] (RFC 3605) */
static void rtcp_read(struct sdp *s, struct reader r)
{
	struct reader name = {0};
	struct addr addr;
	uint32_t port;
	if (!text_u32(text_word(&r), UINT16_MAX, &port))
		return;
	if (net_addr_read(&r, &addr, &name))
		(void)address_note(
			s, SESSION_RTCP, &s->session.rtcp, (struct endpoint){addr, (uint16_t)port});
	else
		name_note(s, SESSION_RTCP, name);
}

static void ufrag_read(struct obs_word *ufrag, struct reader r)
{
	if (ufrag->length == 0)
		obs_word_set(ufrag, text_word(&r));
}

static void candidate_note(struct sdp *s, struct reader r)
{
	struct obs_candidate c = {0};
	bool good = candidate_read(&c, r);
	s->good += good;
	s->bad += !good;
	if (s->session.candidates < UINT16_MAX)
		s->session.candidates++;
}

/* An a= line, without the "a=". */
static void attribute_read(struct sdp *s, struct reader r)
{
	struct reader name = text_until(&r, ':');
	if (text_is(name, "candidate")) {
		candidate_note(s, r);
	} else if (text_is(name, "rtcp")) {
		rtcp_read(s, r);
	} else if (text_is(name, "ice-ufrag")) {
		ufrag_read(&s->session.ufrag, r);
		s->ice = true;
	} else if (text_is(name, "ice-lite")) {
		s->session.ice_lite = true;
	} else if (text_is(name, "end-of-candidates")) {
		s->session.end_of_candidates = true;
		s->ice = true;
	} else if (text_is(name, "setup")) {
		s->actpass |= text_is(text_word(&r), "actpass");
	}
}

static void line_read(struct sdp *s, struct reader line)
{
	struct reader value = line;
	if (text_step(&value, "a="))
		attribute_read(s, value);
	else if (text_step(&value, "c="))
		connection_read(s, value);
	else if (text_step(&value, "m="))
		media_read(s, value);
	else if (text_step(&value, "o="))
		origin_read(s, value);
	else if (text_step(&value, "candidate:"))
		candidate_note(s, value);
}

static void session_emit(const struct dissection *d, const struct sdp *s, uint8_t role)
{
	struct observation o;
	dissection_observe(d, OBS_SESSION, &o);
	o.session = s->session;
	o.session.signalling = d->signalling;
	o.session.role = role;
	o.session.owner = d->owner;
	o.session.fragment = !s->whole;
	if (o.session.ufrag.length == 0 && d->ufrag)
		o.session.ufrag = *d->ufrag;
	o.head.parts = (uint8_t)s->others;
	dissection_emit(d, &o);
	for (unsigned i = 0; i < s->others; i++) {
		dissection_part(&o, OBS_SESSION_ADDRESS);
		o.session_address = s->other[i];
		dissection_emit(d, &o);
	}
}

/* The user name fragment in force from here to the next m= line; browsers write it below the
 * candidates that it is for. */
static struct obs_word section_ufrag(struct reader r, const struct obs_word *above)
{
	struct obs_word ufrag = {0};
	struct reader media = text_line(&r);
	if (text_step(&media, "a=ice-ufrag:"))
		ufrag_read(&ufrag, media);
	while (reader_left(&r)) {
		struct reader line = text_line(&r);
		if (text_step(&line, "m="))
			break;
		if (text_step(&line, "a=ice-ufrag:"))
			ufrag_read(&ufrag, line);
	}
	return ufrag.length ? ufrag : *above;
}

/* The candidates of a body that is known to be good: those that are well formed. */
static void candidates_emit(const struct dissection *d, struct reader r, uint8_t role)
{
	const struct obs_word none = {0};
	const struct obs_word session = section_ufrag(r, d->ufrag ? d->ufrag : &none);
	struct obs_word ufrag = session;
	unsigned left = CANDIDATES_MAX;
	while (reader_left(&r) && left) {
		struct reader section = r;
		struct reader line = text_line(&r);
		if (text_step(&line, "m=")) {
			ufrag = section_ufrag(section, &session);
			continue;
		}
		struct obs_candidate c = {0};
		(void)text_step(&line, "a=");
		if (text_step(&line, "candidate:") && candidate_read(&c, line)) {
			candidate_emit(d, &c, role, &ufrag);
			left--;
		}
	}
}

static bool sdp_starts(struct sdp *s, struct reader r)
{
	s->whole = text_step(&r, "v=0");
	return s->whole || text_step(&r, "a=") || text_step(&r, "m=") ||
		text_step(&r, "candidate:");
}

static enum verdict sdp_dissect(struct dissection *d, struct reader *r)
{
	struct sdp s = {0};
	text_trim_start(r);
	if (!sdp_starts(&s, *r))
		return NOT_MINE;
	if (r->cut)
		return TRUNCATED;
	if (reader_left(r) > BYTES_MAX) {
		d->stats->content_cut++;
		return NOT_MINE;
	}
	for (struct reader lines = *r; reader_left(&lines);)
		line_read(&s, text_line(&lines));
	bool session = s.whole || s.ice;
	d->stats->candidates_malformed += s.bad;
	if (!session && s.good == 0)
		return s.bad ? MALFORMED : NOT_MINE;
	uint8_t role = d->sdp_role ? d->sdp_role : s.actpass ? SDP_OFFER : SDP_ROLE_UNKNOWN;
	d->stats->sdp++;
	d->stats->candidates += s.good;
	d->stats->content_cut += s.good > CANDIDATES_MAX;
	if (session)
		session_emit(d, &s, role);
	if (s.good)
		candidates_emit(d, *r, role);
	reader_skip(r, reader_left(r));
	return DONE;
}

extern const struct dissector dissector_sdp;
const struct dissector dissector_sdp = {
	.info = {"sdp", "RFC 8866, RFC 8839"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_SDP},
	.number_count = 1,
	.dissect = sdp_dissect,
};
