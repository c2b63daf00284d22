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

#define ESP_SEQUENCE_MAX 0xffffffU /* of those that a shape may have: 24 bits, some 20 GB */
#define ESP_MIN          24        /* header, the shortest trailer and integrity check value */
#define ESP_GRAIN        4         /* padded to it (RFC 4303 §2.4) */

/* Could these bytes be a whole ESP packet? SPIs below `spi_min` do not count. Inline, because every
 * datagram is asked about. */
static inline bool esp_shape(struct reader r, uint32_t spi_min)
{
	size_t size = reader_left(&r);
	if (size < ESP_MIN || size % ESP_GRAIN)
		return false;
	uint32_t spi = reader_u32(&r);
	uint32_t sequence = reader_u32(&r);
	return spi >= spi_min && sequence > 0 && sequence <= ESP_SEQUENCE_MAX;
}

/* Counts the packet, and says so when `run` of them, or more, have followed one another. */
enum verdict esp_packet(struct dissection *d, struct esp_way *way, struct reader *r, uint8_t run);

#endif
