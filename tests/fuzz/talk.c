/* The harness of the fuzz targets that talk, see talk.h. */
#include "tests/fuzz/talk.h"

#include "core/link_type.h"
#include "core/observation.h"
#include "dissect/dissect.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define IP_SIZE       20
#define UDP_SIZE      8
#define TCP_SIZE      20
#define PROTOCOL_TCP  6
#define PROTOCOL_UDP  17
#define MESSAGE_SIZE  3 /* flags and length in front of each */
#define TABLE_ENTRIES 64
#define STEP_NS       UINT64_C(1000000000)

enum { FLAG_BACK = 1, FLAG_CUT = 2, FLAG_HOLE = 4 };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct talk {
	struct dissect *dissect;
	struct stats stats;
	uint64_t now_ns;
	uint32_t sequence[2];
	uint8_t protocol;
};

static void observation_look(void *sink, const struct observation *o)
{
	(void)sink;
	if (o->head.kind >= OBS_KINDS)
		abort();
}

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* Writes the transport header; its size. */
static size_t transport_write(
	struct talk *t, uint8_t *at, uint8_t flags, uint8_t tcp_flags, size_t length)
{
	bool back = flags & FLAG_BACK;
	if (t->protocol != PROTOCOL_TCP && t->protocol != PROTOCOL_UDP)
		return 0;
	put16(at, back ? 4500 : 40000);
	put16(at + 2, back ? 40000 : 4500);
	if (t->protocol == PROTOCOL_UDP) {
		put16(at + 4, UDP_SIZE + length);
		put16(at + 6, 0);
		return UDP_SIZE;
	}
	uint32_t *sequence = &t->sequence[back];
	*sequence += flags & FLAG_HOLE ? 7 : 0;
	put16(at + 4, *sequence >> 16);
	put16(at + 6, *sequence & 0xffff);
	memset(at + 8, 0, TCP_SIZE - 8);
	at[12] = 5 << 4;
	at[13] = tcp_flags;
	*sequence += (uint32_t)length + (tcp_flags & TCP_SYN ? 1 : 0);
	return TCP_SIZE;
}

static void message_send(
	struct talk *t, uint8_t flags, uint8_t tcp_flags, const uint8_t *data, size_t length)
{
	uint8_t header[IP_SIZE + TCP_SIZE] = {0};
	size_t headers = IP_SIZE + transport_write(t, header + IP_SIZE, flags, tcp_flags, length);
	header[0] = 0x45;
	put16(header + 2, headers + length);
	header[8] = 64;
	header[9] = t->protocol;
	put16(header + 12, 0xc000);
	put16(header + 14, flags & FLAG_BACK ? 0x0202 : 0x0201);
	put16(header + 16, 0xc000);
	put16(header + 18, flags & FLAG_BACK ? 0x0201 : 0x0202);
	uint8_t *packet = malloc(headers + length);
	if (!packet)
		abort();
	memcpy(packet, header, headers);
	if (length)
		memcpy(packet + headers, data, length);
	t->now_ns += STEP_NS;
	struct batch batch = {.count = 1};
	batch.frames[0] = (struct frame){.bytes = packet,
		.time_ns = t->now_ns,
		.number = 1,
		.captured = (uint32_t)(headers + length),
		.wire = (uint32_t)(headers + length) + (flags & FLAG_CUT ? 1 : 0),
		.link_type = LINK_RAW};
	dissect_batch(t->dissect, &batch);
	free(packet);
}

static void messages_send(struct talk *t, const uint8_t *data, size_t size)
{
	while (size >= MESSAGE_SIZE) {
		uint8_t flags = data[0];
		size_t length = (size_t)data[1] << 8 | data[2];
		data += MESSAGE_SIZE;
		size -= MESSAGE_SIZE;
		length = length < size ? length : size;
		if (length > UINT16_MAX - IP_SIZE - TCP_SIZE)
			return;
		message_send(t, flags, TCP_ACK, data, length);
		data += length;
		size -= length;
	}
}

static void talk_start(struct talk *t, uint8_t protocol)
{
	const struct dissect_options options = {.flows = TABLE_ENTRIES,
		.transactions = TABLE_ENTRIES,
		.conversations = TABLE_ENTRIES};
	static const struct interest interest = {~0U};
	*t = (struct talk){.protocol = protocol};
	t->dissect = dissect_new(&options, &interest, &t->stats, observation_look, NULL);
	if (!t->dissect)
		abort();
}

static int talk_end(struct talk *t)
{
	dissect_finish(t->dissect);
	dissect_free(t->dissect);
	return 0;
}

int talk_datagrams(uint8_t protocol, const uint8_t *data, size_t size)
{
	struct talk t;
	talk_start(&t, protocol);
	messages_send(&t, data, size);
	return talk_end(&t);
}

int talk_stream(const uint8_t *data, size_t size)
{
	struct talk t;
	talk_start(&t, PROTOCOL_TCP);
	message_send(&t, 0, TCP_SYN, NULL, 0);
	message_send(&t, FLAG_BACK, TCP_SYN, NULL, 0);
	messages_send(&t, data, size);
	message_send(&t, 0, TCP_FIN | TCP_ACK, NULL, 0);
	message_send(&t, FLAG_BACK, TCP_RST, NULL, 0);
	return talk_end(&t);
}

/* Two messages of an opener and two answers; the relay is where talk_datagrams' server is. */
static void associate_send(struct talk *t)
{
	static const uint8_t greeting[] = {5, 1, 0};
	static const uint8_t method[] = {5, 0};
	static const uint8_t request[] = {5, 3, 0, 1, 0, 0, 0, 0, 0, 0};
	static const uint8_t reply[] = {5, 0, 0, 1, 192, 0, 2, 2, 4500 >> 8, 4500 & 0xff};
	message_send(t, 0, TCP_SYN, NULL, 0);
	message_send(t, FLAG_BACK, TCP_SYN, NULL, 0);
	message_send(t, 0, TCP_ACK, greeting, sizeof(greeting));
	message_send(t, FLAG_BACK, TCP_ACK, method, sizeof(method));
	message_send(t, 0, TCP_ACK, request, sizeof(request));
	message_send(t, FLAG_BACK, TCP_ACK, reply, sizeof(reply));
}

int talk_associated(const uint8_t *data, size_t size)
{
	struct talk t;
	talk_start(&t, PROTOCOL_TCP);
	associate_send(&t);
	t.protocol = PROTOCOL_UDP;
	messages_send(&t, data, size);
	return talk_end(&t);
}
