/*
 * The bundled captures as scripts: each is played again and again, every round with other
 * addresses and ports.
 */
#ifndef SEEP_BENCH_SCRIPT_H
#define SEEP_BENCH_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#define SCRIPT_FRAME_MAX 65536

struct script_frame {
	uint8_t *bytes;
	uint32_t length;
	uint32_t network;   /* where the first address starts; 0: not IP */
	uint32_t transport; /* where the ports start; 0: none to be seen */
	uint8_t address;    /* bytes in an address */
	uint8_t protocol;
};

struct script {
	struct script_frame *frames;
	uint32_t count;
};

/* Reads an Ethernet capture. False when it is none, cannot be read or is empty. */
bool script_load(struct script *s, const char *file);
void script_free(struct script *s);

/* Writes frame `i` as it looks in this round and returns its length. */
uint32_t script_frame(
	const struct script *s, uint32_t i, uint32_t round, uint8_t frame[SCRIPT_FRAME_MAX]);

#endif
