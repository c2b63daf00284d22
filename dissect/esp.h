/*
 * ESP (RFC 4303), straight in IP or in UDP: only the SPI and the sequence number are in clear, so
 * it is believed when one direction sends a run of packets with one SPI and advancing numbers.
 */
#ifndef SEEP_DISSECT_ESP_H
#define SEEP_DISSECT_ESP_H

#include "dissect/tunnel.h"

#define ESP_RUN     4   /* packets that make a tunnel */
#define ESP_SPI_MIN 256 /* lower ones are reserved (RFC 4303 §2.1), but set up by hand */

/* One direction. */
struct esp_way {
	uint32_t spi, sequence;
	uint8_t run;
	struct tunnel_way way;
};

/* Could these bytes be a whole ESP packet? SPIs below `spi_min` do not count. */
bool esp_shape(struct reader r, uint32_t spi_min);

/* Counts the packet, and says so when `run` of them, or more, have followed one another. */
enum verdict esp_packet(struct dissection *d, struct esp_way *way, struct reader *r, uint8_t run);

#endif
