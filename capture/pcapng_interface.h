/*
 * What a pcapng Interface Description Block says, and the options it shares with packet blocks.
 */
#ifndef SEEP_CAPTURE_PCAPNG_INTERFACE_H
#define SEEP_CAPTURE_PCAPNG_INTERFACE_H

#include "core/reader.h"
#include "core/source.h"
#include "core/stats.h"

struct pcapng_interface {
	uint64_t multiply, divide; /* a time stamp, to get nanoseconds */
	uint64_t offset_ns;        /* modulo 2^64: may be meant negative */
	/* Frames dropped so far: as the last statistics say, or as packets said in all. */
	uint64_t kernel_drops, interface_drops, packet_drops;
	uint32_t snap_length;
	uint16_t index; /* into source_table.interfaces */
	uint16_t link_type;
};

/* The next option and its value; false at their end, or when they make no sense any more. */
bool pcapng_option(struct reader *options, bool little, uint16_t *code, struct reader *value);

/* Reads a block's body, the name included. NULL, or what is wrong with it. */
const char *pcapng_interface_read(struct pcapng_interface *i, struct reader *body, bool little,
	char name[INTERFACE_NAME_MAX]);

/* Drops go into the counters: those that a packet says were before it, and those of statistics,
 * which count from the beginning of the capture and usually mean the same ones. */
void pcapng_interface_dropped(struct pcapng_interface *i, uint64_t drops, struct stats *stats);
void pcapng_interface_statistics(
	struct pcapng_interface *i, struct reader *options, bool little, struct stats *stats);

uint64_t pcapng_interface_time(const struct pcapng_interface *i, uint64_t time);

#endif
