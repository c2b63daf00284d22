/*
 * The harness of the fuzz targets, see fuzz.h. Headers in front of the fuzzed bytes are right, so
 * that the layer under test is reached by every input.
 */
#include "tests/fuzz/fuzz.h"

#include "core/observation.h"
#include "dissect/dissect.h"
#include "dissect/run.h"

#include <stdlib.h>
#include <string.h>

#define IP_SIZE       20
#define UDP_SIZE      8
#define SLL2_SIZE     20
#define TCP_SIZE      20
#define PIECES_MAX    16
#define PACKET_MAX    0xffff
#define TABLE_ENTRIES 64 /* few, so that eviction happens, too */

static void observation_look(void *sink, const struct observation *o)
{
	(void)sink;
	if (o->head.kind >= OBS_KINDS)
		abort();
	const uint8_t *body = observation_body(o);
	for (const struct field *f = observation_info[o->head.kind].fields; f->name; f++) {
		const struct obs_text *text = (const void *)(body + f->offset);
		if (f->type == FIELD_TEXT && text->length > OBS_TEXT_MAX)
			abort();
	}
}

/* Puts header and data into one exact block, which the caller frees. */
static uint8_t *bytes_join(const uint8_t *header, size_t n, const uint8_t *data, size_t size)
{
	uint8_t *all = malloc(n + size);
	if (!all)
		abort();
	if (n)
		memcpy(all, header, n);
	if (size)
		memcpy(all + n, data, size);
	return all;
}

static struct dissect *dissect_begin(const struct interest *interest, struct stats *stats)
{
	const struct dissect_options options = {.flows = TABLE_ENTRIES,
		.transactions = TABLE_ENTRIES,
		.conversations = TABLE_ENTRIES};
	struct dissect *d = dissect_new(&options, interest, stats, observation_look, NULL);
	if (!d)
		abort();
	return d;
}

static void frames_dissect(const struct batch *batch)
{
	const struct interest interest = {~0U};
	struct stats stats = {0};
	struct dissect *d = dissect_begin(&interest, &stats);
	dissect_batch(d, batch);
	dissect_finish(d);
	dissect_free(d);
}

static struct frame frame_make(uint16_t link_type, const uint8_t *bytes, size_t size)
{
	return (struct frame){.bytes = bytes,
		.time_ns = 1,
		.number = 1,
		.captured = (uint32_t)size,
		.wire = (uint32_t)size,
		.link_type = link_type};
}

int fuzz_link(uint16_t link_type, const uint8_t *data, size_t size)
{
	uint8_t *bytes = bytes_join(NULL, 0, data, size);
	struct batch batch = {.count = 2};
	batch.frames[0] = frame_make(link_type, bytes, size);
	batch.frames[1] = batch.frames[0];
	batch.frames[1].wire++;
	frames_dissect(&batch);
	free(bytes);
	return 0;
}

int fuzz_ethertype(uint16_t type, const uint8_t *data, size_t size)
{
	uint8_t header[SLL2_SIZE] = {(uint8_t)(type >> 8), (uint8_t)type};
	uint8_t *bytes = bytes_join(header, sizeof(header), data, size);
	fuzz_link(LINK_LINUX_SLL2, bytes, sizeof(header) + size);
	free(bytes);
	return 0;
}

/* An IPv4 header between 192.0.2.1 and 192.0.2.2, either way. */
static void ip_write(uint8_t ip[IP_SIZE], uint8_t protocol, size_t payload, bool back)
{
	const size_t length = IP_SIZE + payload;
	const uint8_t header[IP_SIZE] = {0x45, 0, (uint8_t)(length >> 8), (uint8_t)length, 0, 0, 0,
		0, 64, protocol, 0, 0, 192, 0, 2, back ? 2 : 1, 192, 0, 2, back ? 1 : 2};
	memcpy(ip, header, IP_SIZE);
}

int fuzz_ip(uint8_t protocol, const uint8_t *data, size_t size)
{
	if (size > PACKET_MAX - IP_SIZE)
		return 0;
	uint8_t header[IP_SIZE];
	ip_write(header, protocol, size, false);
	uint8_t *bytes = bytes_join(header, sizeof(header), data, size);
	fuzz_link(LINK_RAW, bytes, IP_SIZE + size);
	free(bytes);
	return 0;
}

static uint8_t *datagram_make(const uint8_t *data, size_t size, bool back)
{
	const size_t length = UDP_SIZE + size;
	const uint8_t udp[UDP_SIZE] = {0x10, back ? 1 : 0, 0x10, back ? 0 : 1,
		(uint8_t)(length >> 8), (uint8_t)length, 0, 0};
	uint8_t header[IP_SIZE + UDP_SIZE];
	ip_write(header, 17, length, back);
	memcpy(header + IP_SIZE, udp, UDP_SIZE);
	return bytes_join(header, sizeof(header), data, size);
}

int fuzz_udp(const uint8_t *data, size_t size)
{
	const size_t all = IP_SIZE + UDP_SIZE + size;
	if (all > PACKET_MAX)
		return 0;
	uint8_t *there = datagram_make(data, size, false);
	uint8_t *back = datagram_make(data, size, true);
	if (size)
		back[IP_SIZE + UDP_SIZE] ^= 1;
	struct batch batch = {.count = 3};
	batch.frames[0] = frame_make(LINK_RAW, there, all);
	batch.frames[1] = frame_make(LINK_RAW, back, all);
	batch.frames[2] = batch.frames[1];
	batch.frames[2].wire++;
	frames_dissect(&batch);
	free(there);
	free(back);
	return 0;
}

static uint8_t *segment_make(const uint8_t *data, size_t at, size_t size, bool back)
{
	uint8_t tcp[IP_SIZE + TCP_SIZE] = {0};
	ip_write(tcp, 6, TCP_SIZE + size, back);
	uint8_t *at_tcp = tcp + IP_SIZE;
	const uint8_t header[TCP_SIZE] = {0x10, back ? 1 : 0, 0x10, back ? 0 : 1,
		(uint8_t)(at >> 24), (uint8_t)(at >> 16), (uint8_t)(at >> 8), (uint8_t)at, 0, 0, 0,
		0, 0x50, 0x18};
	memcpy(at_tcp, header, TCP_SIZE);
	return bytes_join(tcp, sizeof(tcp), data + at, size);
}

/* The frames' bytes were made for them. */
static void batch_free(const struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++)
		free((void *)(uintptr_t)batch->frames[i].bytes);
}

int fuzz_segments(const uint8_t *data, size_t size)
{
	struct batch batch = {0};
	if (size < 2 || size > PACKET_MAX / 2)
		return 0;
	size_t cut = data[0] + 1U, least = 2 * size / BATCH_FRAMES + 1;
	cut = cut < least ? least : cut;
	for (size_t at = 1; at < size && batch.count + 2 <= BATCH_FRAMES; at += cut) {
		size_t length = size - at < cut ? size - at : cut;
		for (int back = 0; back < 2; back++) {
			const uint8_t *bytes = segment_make(data, at, length, back);
			batch.frames[batch.count++] = frame_make(
				LINK_RAW, bytes, IP_SIZE + TCP_SIZE + length);
		}
	}
	frames_dissect(&batch);
	batch_free(&batch);
	return 0;
}

int fuzz_content(enum content content, const uint8_t *data, size_t size)
{
	const struct interest interest = {~0U};
	const struct frame frame = {.number = 1, .time_ns = 1};
	struct packet packet = {.frame = &frame};
	struct stats stats = {0};
	struct dissect *run = dissect_begin(&interest, &stats);
	struct dissection d = {.run = run, .stats = &stats, .packet = &packet};
	uint8_t *bytes = bytes_join(NULL, 0, data, size);
	for (int cut = 0; cut < 2; cut++) {
		struct reader r = reader_make(bytes, size, cut);
		dissection_content(&d, content, &r);
	}
	free(bytes);
	dissect_free(run);
	return 0;
}

/* One end says `size` bytes; moves its sequence number on. */
static void segment_add(struct batch *batch, uint32_t sequence[2], bool back, uint8_t flags,
	const void *data, size_t size)
{
	const uint32_t at = sequence[back];
	const uint8_t tcp[TCP_SIZE] = {0x10, back, 0x10, !back, (uint8_t)(at >> 24),
		(uint8_t)(at >> 16), (uint8_t)(at >> 8), (uint8_t)at, 0, 0, 0, 0, 0x50, flags};
	uint8_t header[IP_SIZE + TCP_SIZE];
	ip_write(header, 6, TCP_SIZE + size, back);
	memcpy(header + IP_SIZE, tcp, TCP_SIZE);
	uint8_t *bytes = bytes_join(header, sizeof(header), data, size);
	batch->frames[batch->count++] = frame_make(LINK_RAW, bytes, sizeof(header) + size);
	sequence[back] += (uint32_t)size;
}

int fuzz_stream(const char *there, const char *back, const uint8_t *data, size_t size)
{
	struct batch batch = {0};
	uint32_t sequence[2] = {1, 1};
	if (size > PACKET_MAX - IP_SIZE - TCP_SIZE)
		return 0;
	if (there)
		segment_add(&batch, sequence, false, TCP_ACK, there, strlen(there));
	if (back)
		segment_add(&batch, sequence, true, TCP_ACK, back, strlen(back));
	for (unsigned i = 0; i < PIECES_MAX && size >= 2; i++) {
		size_t length = (size_t)(data[0] & 0x7f) << 8 | data[1];
		bool from_back = data[0] & 0x80;
		data += 2;
		size -= 2;
		if (length > size)
			length = size;
		segment_add(&batch, sequence, from_back, TCP_ACK, data, length);
		data += length;
		size -= length;
	}
	segment_add(&batch, sequence, false, TCP_FIN, "", 0);
	segment_add(&batch, sequence, true, TCP_RST, "", 0);
	frames_dissect(&batch);
	batch_free(&batch);
	return 0;
}
