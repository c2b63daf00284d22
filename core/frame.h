/*
 * What capture/ hands on: one frame as it was captured, and a batch of them.
 *
 * A frame's bytes belong to the source it came from and stay valid until the next batch is asked
 * for. Frames travel in batches so that the stages behind can work through a stage at a time and
 * fetch memory ahead.
 */
#ifndef SEEP_CORE_FRAME_H
#define SEEP_CORE_FRAME_H

#include "core/direction.h"

#include <stdint.h>

#define BATCH_FRAMES 32

struct frame {
	const uint8_t *bytes;
	uint64_t time_ns;   /* since 1970-01-01T00:00:00Z */
	uint64_t number;    /* within its capture, from 1, as Wireshark counts */
	uint32_t captured;  /* bytes there are */
	uint32_t wire;      /* bytes there were */
	uint16_t capture;   /* index into source_table.captures */
	uint16_t interface; /* index into source_table.interfaces */
	uint16_t link_type; /* LINKTYPE_ value, https://www.tcpdump.org/linktypes.html */
	uint8_t direction;  /* enum direction */
};

struct batch {
	uint32_t count;
	uint64_t time_ns; /* live: every frame up to then was handed out; 0 in files */
	struct frame frames[BATCH_FRAMES];
};

#endif
