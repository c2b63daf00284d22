/* Runs of ESP packets. */
#include "dissect/esp.h"

#define SEQUENCE_AHEAD 4096 /* lost or not captured between two of a run */
#define SEQUENCE_LATE  64   /* reordered */

static void run_count(struct esp_way *way, uint32_t spi, uint32_t sequence)
{
	uint32_t ahead = sequence - way->sequence;
	if (way->run && way->spi == spi && -ahead <= SEQUENCE_LATE)
		return;
	bool next = way->run && way->spi == spi && ahead <= SEQUENCE_AHEAD;
	way->run = next ? (uint8_t)(way->run + (way->run < ESP_RUN)) : 1;
	way->spi = spi;
	way->sequence = sequence;
}

enum verdict esp_packet(struct dissection *d, struct esp_way *way, struct reader *r, uint8_t run)
{
	size_t size = reader_left(r);
	uint32_t spi = reader_u32(r);
	uint32_t sequence = reader_u32(r);
	tunnel_count(&way->way, size);
	run_count(way, spi, sequence);
	if (way->run < run)
		return NOT_MINE;
	tunnel_carries(d, &way->way, TUNNEL_ESP, TUNNEL_DATA, 0);
	return DONE;
}
