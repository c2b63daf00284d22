/*
 * What a client signals, as observations made by hand.
 */
#ifndef SEEP_TESTS_UNIT_SUPPORT_WORDS_H
#define SEEP_TESTS_UNIT_SUPPORT_WORDS_H

#include "tests/unit/support/judge.h"

#define SERVER "192.0.2.80:8080"
#define NAME   "93a9cc29-d9b1-467f-ac3b-2617f846e176.local" /* as browsers make them */

/* A candidate that was signalled. */
struct words {
	uint8_t type; /* enum candidate_type; 0 is CANDIDATE_HOST */
	const char *address, *related, *name;
	const char *client, *server; /* NULL: CLIENT_DEFAULT, SERVER */
	uint16_t interface;
	uint8_t signalling, owner; /* 0: WEBSOCKET, OWNER_SENDER */
	uint8_t hop_limit, encapsulation;
	bool answers; /* the end that did not open the connection speaks */
	const char *ufrag;
};

static inline void word_set(struct obs_word *word, const char *text)
{
	word->length = (uint8_t)(text ? strlen(text) : 0);
	memcpy(word->bytes, text ? text : "", word->length);
}

static inline struct observation signalled(struct judge *j, const struct words *w, uint8_t kind)
{
	struct observation o = judge_head(j, kind, w->interface);
	o.head.src = end(w->client ? w->client : CLIENT_DEFAULT);
	o.head.dst = end(w->server ? w->server : SERVER);
	o.head.from_opener = !w->answers;
	o.head.hop_limit = w->hop_limit;
	o.head.encapsulation = w->encapsulation;
	return o;
}

static inline struct observation candidate_of(struct judge *j, const struct words *w)
{
	struct observation o = signalled(j, w, OBS_CANDIDATE);
	struct obs_candidate *c = &o.candidate;
	c->type = w->type ? w->type : CANDIDATE_HOST;
	c->signalling = w->signalling ? w->signalling : SIGNALLING_WEBSOCKET;
	c->owner = w->owner ? w->owner : OWNER_SENDER;
	c->address = w->address ? end(w->address) : (struct endpoint){0};
	c->related = w->related ? end(w->related) : (struct endpoint){0};
	c->mdns = w->name != NULL;
	word_set(&c->name, w->name);
	word_set(&c->ufrag, w->ufrag);
	return o;
}

static inline void say(struct judge *j, const struct words *w)
{
	struct observation o = candidate_of(j, w);
	engine_observe(j->engine, &o);
}

#endif
