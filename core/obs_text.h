/*
 * Text in an observation: inline, because an observation has no pointers.
 */
#ifndef SEEP_CORE_OBS_TEXT_H
#define SEEP_CORE_OBS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define OBS_TEXT_MAX 256

struct obs_text {
	uint16_t length;
	bool cut;                    /* the wire had more */
	uint8_t bytes[OBS_TEXT_MAX]; /* as on the wire: any bytes, no NUL at the end */
};

/* Names of hosts, codecs, foundations ... are shorter. */
#define OBS_WORD_MAX 64

struct obs_word {
	uint8_t length;
	bool cut;
	uint8_t bytes[OBS_WORD_MAX];
};

#endif
