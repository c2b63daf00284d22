/*
 * Candidates from words. What must be there and be right is what RFC 8839 §5.1 demands up to the
 * type; an extension that is broken is left out, and the candidate still counts.
 */
#include "dissect/candidate.h"

#include "dissect/text.h"

#define LINE_MAX       4096 /* a candidate line has some 200 bytes */
#define EXTENSIONS_MAX 32
#define NAME_MAX       255 /* RFC 1035 §2.3.4 */

/* Words and what they mean; a list ends with a NULL word. */
struct meaning {
	const char *word;
	uint8_t value;
};

static const struct meaning types[] = {
	{"host", CANDIDATE_HOST},
	{"srflx", CANDIDATE_SRFLX},
	{"prflx", CANDIDATE_PRFLX},
	{"relay", CANDIDATE_RELAY},
	{NULL, CANDIDATE_UNKNOWN},
};

static const struct meaning transports[] = {
	{"udp", CANDIDATE_UDP},
	{"tcp", CANDIDATE_TCP},
	{"tcp-act", CANDIDATE_TCP}, /* Microsoft's, see tcptypes */
	{"tcp-pass", CANDIDATE_TCP},
	{"tcp-so", CANDIDATE_TCP},
	{NULL, CANDIDATE_TRANSPORT_OTHER},
};

static const struct meaning tcptypes[] = {
	{"active", TCPTYPE_ACTIVE},
	{"passive", TCPTYPE_PASSIVE},
	{"so", TCPTYPE_SO},
	{"tcp-act",
		TCPTYPE_ACTIVE}, /* drafts of RFC 6544, and MS-SDPEXT, had it in the transport */
	{"tcp-pass", TCPTYPE_PASSIVE},
	{"tcp-so", TCPTYPE_SO},
	{NULL, TCPTYPE_NONE},
};

static const struct candidate_name extensions[] = {
	{"raddr", PART_RELATED_ADDRESS},
	{"rport", PART_RELATED_PORT},
	{"tcptype", PART_TCPTYPE},
	{"generation", PART_GENERATION},
	{"ufrag", PART_UFRAG},
	{"network-id", PART_NETWORK_ID},
	{"network-cost", PART_NETWORK_COST},
	{NULL, 0},
};

static uint8_t word_meaning(const struct meaning *list, struct reader word)
{
	while (list->word && !text_is(word, list->word))
		list++;
	return list->value;
}

static bool number_set(uint16_t *out, struct reader word)
{
	uint32_t value;
	if (!text_u32(word, UINT16_MAX, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

static bool letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A host name: letters, digits, '-', '_' and '.', not digits and dots alone. */
static bool host_name(struct reader word)
{
	bool letters = false;
	if (reader_left(&word) > NAME_MAX)
		return false;
	while (reader_left(&word)) {
		uint8_t byte = reader_u8(&word);
		letters |= letter(byte);
		if (!letter(byte) && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '_' &&
			byte != '.')
			return false;
	}
	return letters;
}

/* Ends in the label "local", with or without the root's dot (RFC 6762 §3). */
static bool host_name_local(struct reader word)
{
	struct reader label = {0}, next;
	while (reader_left(&word)) {
		next = text_until(&word, '.');
		if (reader_left(&next))
			label = next;
	}
	return text_is(label, "local");
}

static bool address_set(struct obs_candidate *c, struct reader word)
{
	if (text_addr(word, &c->address.addr))
		return true;
	if (!host_name(word))
		return false;
	obs_word_set(&c->name, word);
	c->mdns = host_name_local(word);
	return true;
}

static bool tcptype_set(struct obs_candidate *c, struct reader word)
{
	uint8_t type = word_meaning(tcptypes, word);
	if (type != TCPTYPE_NONE)
		c->tcptype = type;
	return type != TCPTYPE_NONE;
}

/* Words that any text will do for, but not none. */
static bool part_needed(enum candidate_part part)
{
	return part == PART_FOUNDATION || part == PART_TRANSPORT || part == PART_TYPE;
}

bool candidate_set(struct obs_candidate *c, enum candidate_part part, struct reader word)
{
	uint32_t value;
	if (part_needed(part) && !reader_left(&word))
		return false;
	switch (part) {
	case PART_FOUNDATION:
		obs_word_set(&c->foundation, word);
		return true;
	case PART_COMPONENT:
		return number_set(&c->component, word);
	case PART_TRANSPORT:
		c->transport = word_meaning(transports, word);
		c->tcptype = word_meaning(tcptypes, word);
		return true;
	case PART_PRIORITY:
		if (!text_u32(word, UINT32_MAX, &value))
			return false;
		c->priority = value;
		return true;
	case PART_ADDRESS:
		return address_set(c, word);
	case PART_PORT:
		return number_set(&c->address.port, word);
	case PART_TYPE:
		c->type = word_meaning(types, word);
		return true;
	case PART_RELATED_ADDRESS:
		return text_addr(word, &c->related.addr);
	case PART_RELATED_PORT:
		return number_set(&c->related.port, word);
	case PART_TCPTYPE:
		return tcptype_set(c, word);
	case PART_GENERATION:
		return number_set(&c->generation, word);
	case PART_UFRAG:
		obs_word_set(&c->ufrag, word);
		return true;
	case PART_NETWORK_ID:
		return number_set(&c->network_id, word);
	case PART_NETWORK_COST:
		return number_set(&c->network_cost, word);
	}
	return false;
}

bool candidate_set_named(struct obs_candidate *c, const struct candidate_name *names,
	struct reader name, struct reader word)
{
	for (; names->name; names++) {
		if (text_is(name, names->name))
			return candidate_set(c, names->part, word);
	}
	return true;
}

bool candidate_read(struct obs_candidate *c, struct reader line)
{
	if (reader_left(&line) > LINE_MAX)
		return false;
	for (unsigned part = PART_FOUNDATION; part <= PART_PORT; part++) {
		if (!candidate_set(c, (enum candidate_part)part, text_word(&line)))
			return false;
	}
	if (!text_is(text_word(&line), "typ") || !candidate_set(c, PART_TYPE, text_word(&line)))
		return false;
	for (unsigned i = 0; i < EXTENSIONS_MAX && reader_left(&line); i++) {
		struct reader name = text_word(&line);
		(void)candidate_set_named(c, extensions, name, text_word(&line));
	}
	return true;
}

void candidate_emit(const struct dissection *d, const struct obs_candidate *c, uint8_t role,
	const struct obs_word *ufrag)
{
	struct observation o;
	dissection_observe(d, OBS_CANDIDATE, &o);
	o.candidate = *c;
	o.candidate.signalling = d->signalling;
	o.candidate.role = role;
	o.candidate.owner = d->owner;
	if (o.candidate.ufrag.length == 0 && ufrag)
		o.candidate.ufrag = *ufrag;
	dissection_emit(d, &o);
}

bool candidate_text(struct reader text)
{
	text_trim_start(&text);
	uint8_t first = text_peek(text);
	return first == '{' || first == '[' || first == '"' || text_step(&text, "v=0") ||
		text_step(&text, "candidate:") || text_step(&text, "a=") || text_step(&text, "m=");
}
