/*
 * JSON messages of signalling (RFC 8259), with the framing of socket.io, engine.io and SockJS in
 * front or none. There is no standard for what is in them, so nothing is expected at a place:
 * every string, at any depth, that starts as a session description, a candidate line or JSON again
 * is handed on. Keys and words around it only add to it: "type": "offer" or "answer" (or a key, an
 * event or another member of that name) gives the role, "usernameFragment" the fragment of a
 * candidate that names none, and an empty "candidate" is the end of candidates (W3C WebRTC §4.8.1).
 *
 * A scanner of our own, not cJSON: that one builds a tree with malloc, per packet, through hooks
 * that are global; here a message costs one pass and the strings found are unescaped into memory
 * kept for that. Nothing is handed on before the whole message has been read. Binary messages of
 * engine.io among text ones, which are base64 there, are handed on as well. Candidates taken apart
 * into members (mediasoup) are left alone. Whose candidates: see proto_sdp.c.
 */
#include "core/arena.h"
#include "dissect/base64.h"
#include "dissect/candidate.h"
#include "dissect/json.h"
#include "dissect/text.h"

#define BYTES_MAX   262144  /* of one message */
#define NESTED_MAX  8       /* strings unescaped at a time, one within the other */
#define FRAMING_MAX 128     /* bytes before the JSON */
#define PEEK_SIZE   32      /* of a string, to tell what it is */
#define RECORD_END  0x1e    /* between messages of engine.io 4 */
#define LENGTH_END  0xff    /* behind a length of engine.io 3 between bytes */
#define PREFIX      ")]}'," /* against being run as a script */
#define FINDS_MAX   64      /* strings handed on of one message */
#define SCOPES_MAX  128 /* objects and arrays with something to tell about the strings in them */

/* An object or array, as far as it says something of what is in it. Number 0 is nobody. */
struct scope {
	uint8_t parent;
	uint8_t role; /* enum sdp_role */
	bool typed;   /* the role stands under the key "type" */
	bool trickle; /* has the members of an RTCIceCandidateInit */
	uint16_t finds;
	struct reader ufrag;
};

/* What a string to hand on is. */
enum find_kind {
	FIND_TEXT,
	FIND_END, /* an empty "candidate" */
	FIND_BASE64,
};

struct find {
	struct reader text;
	uint8_t scope;
	uint8_t role; /* the key's, or unknown */
	uint8_t kind; /* enum find_kind */
};

struct message {
	struct json json;
	struct reader key;                    /* of the value that comes next; empty in an array */
	uint8_t scope_of[JSON_DEPTH_MAX + 1]; /* by depth; 0: none yet */
	uint8_t role_of[JSON_DEPTH_MAX + 1];  /* what the key of the object or array says */
	struct scope scopes[SCOPES_MAX];
	struct find finds[FINDS_MAX];
	unsigned scope_count, find_count;
	bool cut;
};

static uint8_t word_role(struct reader word)
{
	if (text_is(word, "offer"))
		return SDP_OFFER;
	return text_is(word, "answer") || text_is(word, "pranswer") ? SDP_ANSWER : SDP_ROLE_UNKNOWN;
}

/* The scope of what is open now; those around it get theirs first. */
static uint8_t scope_here(struct message *m)
{
	uint8_t parent = m->scope_of[m->json.depth];
	if (parent)
		return parent;
	for (unsigned depth = 1; depth <= m->json.depth; depth++) {
		if (!m->scope_of[depth]) {
			if (m->scope_count == SCOPES_MAX - 1) {
				m->cut = true;
				return parent;
			}
			m->scope_of[depth] = (uint8_t)++m->scope_count;
			m->scopes[m->scope_count] = (struct scope){
				.parent = parent, .role = m->role_of[depth]};
		}
		parent = m->scope_of[depth];
	}
	return parent;
}

static void scope_open(struct message *m)
{
	m->scope_of[m->json.depth] = 0;
	m->role_of[m->json.depth] = word_role(m->key);
	m->key = (struct reader){0};
}

/* A scope in which nothing was found has told for nobody: its place is free again. */
static void scope_close(struct message *m)
{
	uint8_t scope = m->scope_of[m->json.depth + 1];
	if (scope && scope == m->scope_count && m->scopes[scope].finds == 0)
		m->scope_count--;
}

static void find_add(struct message *m, struct reader text, enum find_kind kind)
{
	if (m->find_count == FINDS_MAX) {
		m->cut = true;
		return;
	}
	uint8_t scope = scope_here(m);
	m->scopes[scope].finds++;
	m->finds[m->find_count++] = (struct find){
		.text = text, .scope = scope, .role = word_role(m->key), .kind = (uint8_t)kind};
}

static void role_note(struct message *m, uint8_t role)
{
	struct scope *scope = &m->scopes[scope_here(m)];
	bool typed = text_is(m->key, "type");
	if (scope->role && (scope->typed || !typed))
		return;
	scope->role = role;
	scope->typed = typed;
}

static void string_read(struct message *m, struct reader text)
{
	uint8_t start[PEEK_SIZE];
	uint8_t role = word_role(text);
	size_t length = json_unescape(text, start, sizeof(start));
	if (role && m->json.depth)
		role_note(m, role);
	else if (text_is(m->key, "usernameFragment") || text_is(m->key, "ufrag"))
		m->scopes[scope_here(m)].ufrag = text;
	else if (length == 0 && text_is(m->key, "candidate"))
		find_add(m, text, FIND_END);
	else if (candidate_text(reader_make(start, length, false)))
		find_add(m, text, FIND_TEXT);
	m->key = (struct reader){0};
}

static void key_read(struct message *m, struct reader text)
{
	m->key = text;
	if (text_is(text, "sdpMid") || text_is(text, "sdpMLineIndex"))
		m->scopes[scope_here(m)].trickle = true;
}

/* One value, to its end. */
static bool value_read(struct message *m)
{
	struct reader text;
	enum json_token token = json_next(&m->json, &text);
	for (; token != JSON_END && token != JSON_BROKEN; token = json_next(&m->json, &text)) {
		if (token == JSON_OPEN)
			scope_open(m);
		else if (token == JSON_CLOSE)
			scope_close(m);
		else if (token == JSON_KEY)
			key_read(m, text);
		else if (token == JSON_STRING)
			string_read(m, text);
		else
			m->key = (struct reader){0};
	}
	return token == JSON_END;
}

/* What may stand before a value and between two: white space, engine.io's types, lengths and record
 * separators, socket.io's ids; and the lengths of engine.io 3 between bytes, which are digits as
 * numbers behind 0 (text) or 1, and end in 255. */
static bool framing_byte(uint8_t byte)
{
	return text_space(byte) || (byte >= '0' && byte <= '9') || byte == ':' || byte == '-' ||
		byte == RECORD_END || byte < 10 || byte == LENGTH_END;
}

/* Behind the "b" of a binary message in base64: in engine.io 4 up to the end of its record, in 3
 * with a type in front, and alone as it came with a length. */
static void binary_take(struct message *m, struct reader *r, bool typed)
{
	if (typed && reader_left(r))
		reader_skip(r, 1);
	m->key = (struct reader){0};
	m->json.depth = 0;
	find_add(m, text_until(r, RECORD_END), FIND_BASE64);
}

/* A value that is one word: nothing can be in it. */
static bool word_skip(struct reader *r)
{
	return text_step(r, "null") || text_step(r, "true") || text_step(r, "false");
}

/* Steps to where a value starts; false: none does. At the end that is no error. */
static bool framing_skip(struct message *m, struct reader *r)
{
	uint8_t before = 0;
	for (unsigned i = 0; i < FRAMING_MAX && reader_left(r); i++) {
		uint8_t byte = text_peek(*r);
		if (byte == '{' || byte == '[' || byte == '"')
			return true;
		if (word_skip(r))
			continue;
		reader_skip(r, 1);
		if (byte == '/') /* "42/call,["; socket.io's namespace */
			(void)text_until(r, ',');
		else if (byte == 'b' && (before == RECORD_END || before == ':'))
			binary_take(m, r, before == ':');
		else if (!framing_byte(byte) && !(byte == 'a' && text_peek(*r) == '['))
			reader_fail(r);
		before = byte;
	}
	return false;
}

/* What the objects and arrays around a string say of it. */
static void scope_ask(const struct message *m, const struct find *f, struct dissection *inside,
	struct obs_word *ufrag)
{
	uint8_t role = f->role;
	for (uint8_t at = f->scope; at; at = m->scopes[at].parent) {
		const struct scope *scope = &m->scopes[at];
		if (!role)
			role = scope->role;
		if (!ufrag->length && reader_left(&scope->ufrag))
			obs_word_set(ufrag, scope->ufrag);
	}
	if (role)
		inside->sdp_role = role;
	if (ufrag->length)
		inside->ufrag = ufrag;
}

static void find_hand_on(struct dissection *d, const struct message *m, const struct find *f)
{
	static const char end[] = "a=end-of-candidates\r\n";
	struct arena *memory = d->state;
	struct dissection inside = *d;
	struct obs_word ufrag = {0};
	size_t used = memory->used, size = reader_left(&f->text);
	scope_ask(m, f, &inside, &ufrag);
	if (f->kind == FIND_END) {
		struct reader r = reader_make(end, sizeof(end) - 1, false);
		if (m->scopes[f->scope].trickle)
			dissection_content(&inside, CONTENT_SDP, &r);
		return;
	}
	uint8_t *bytes = arena_take(memory, size);
	if (!bytes) {
		d->stats->content_cut++;
		return;
	}
	size_t length = f->kind == FIND_BASE64 ? base64_decode(f->text, bytes, size)
					       : json_unescape(f->text, bytes, size);
	struct reader r = reader_make(bytes, length, false);
	dissection_content(&inside, CONTENT_UNKNOWN, &r);
	memory->used = used;
}

static enum verdict json_dissect(struct dissection *d, struct reader *r)
{
	struct message m = {0};
	if (r->cut)
		return TRUNCATED;
	if (reader_left(r) > BYTES_MAX) {
		d->stats->content_cut++;
		return NOT_MINE;
	}
	(void)text_step(r, PREFIX);
	while (framing_skip(&m, r)) {
		m.json = json_make(*r);
		m.key = (struct reader){0};
		if (!value_read(&m)) {
			d->stats->content_cut += m.json.deep;
			return MALFORMED;
		}
		*r = m.json.r;
	}
	if (r->failed || reader_left(r))
		return MALFORMED;
	d->stats->content_cut += m.cut;
	for (unsigned i = 0; i < m.find_count; i++)
		find_hand_on(d, &m, &m.finds[i]);
	return DONE;
}

static void *memory_open(const struct dissect_options *options)
{
	(void)options;
	return arena_new((size_t)NESTED_MAX * BYTES_MAX);
}

static void memory_close(void *state)
{
	arena_delete(state);
}

extern const struct dissector dissector_json;
const struct dissector dissector_json = {
	.info = {"json", "RFC 8259"},
	.carrier = CARRIER_CONTENT,
	.numbers = {CONTENT_JSON},
	.number_count = 1,
	.open = memory_open,
	.close = memory_close,
	.dissect = json_dissect,
};
