/*
 * Conversations over TCP: sequence numbers and acknowledgements are right (bulk.c counts them),
 * each opens with a handshake and is closed by both sides.
 */
#include "tests/bench/hello.h"
#include "tests/bench/play.h"
#include "tests/bench/put.h"

#include <stdio.h>

#define HANDSHAKE  3 /* packets */
#define CLOSE      2
#define RECORD_MAX 16384

enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE_RECORD = 22, APPLICATION_DATA = 23 };

void play_tcp_scan(struct bulk_flow *f, struct turn *t)
{
	t->up = f->sent == 0;
	t->flags = t->up ? TCP_SYN : TCP_RST | TCP_ACK;
	if (!t->up)
		f->sequence[0] = 0; /* a closed port has none of its own */
}

/* SYN, SYN|ACK, ACK at the start, FIN|ACK from both at the end; else this is no such packet. */
static bool tcp_frame(const struct bulk_flow *f, struct turn *t)
{
	t->flags = TCP_ACK;
	if (f->sent < HANDSHAKE) {
		t->up = f->sent != 1;
		if (f->sent < 2)
			t->flags = t->up ? TCP_SYN : TCP_SYN | TCP_ACK;
		return true;
	}
	if (f->left > CLOSE)
		return false;
	t->up = f->left == CLOSE;
	t->flags = TCP_FIN | TCP_ACK;
	return true;
}

static uint32_t segment_size(const struct bulk_flow *f, uint32_t size)
{
	return size < f->segment ? size : f->segment;
}

/* Half of TCP's packets carry nothing, a quarter is full. */
static void data_draw(struct bulk_flow *f, struct turn *t)
{
	uint32_t dice = random_below(&f->random, 100);
	t->up = dice < 55 || (dice >= 73 && dice < 87);
	if (dice >= 73)
		t->size = segment_size(f, random_between(&f->random, 40, 600));
	else if (dice >= 55)
		t->size = f->segment;
}

static uint8_t *put_record(uint8_t *at, uint32_t type, uint32_t size)
{
	return put16(put16(put8(at, type), 0x0303), size);
}

/* Fills a segment with application data: records go on in the segments behind it. A header that
 * would not fit waits for the next one. */
static void put_records(struct bulk_flow *f, struct turn *t, uint8_t *at, uint32_t size)
{
	uint32_t *left = &f->record_left[t->up];
	uint8_t *end = at + size;
	while (end - at > 5 || (*left && end > at)) {
		if (!*left) {
			*left = t->up ? (uint32_t)(end - at) - 5
				      : random_between(&f->random, 64, RECORD_MAX);
			at = put_record(at, APPLICATION_DATA, *left);
		}
		uint32_t room = (uint32_t)(end - at), n = *left < room ? *left : room;
		at = put_noise(at, &f->random, n);
		*left -= n;
	}
	t->size = (uint32_t)(at - t->payload);
}

static enum hello_shape hello_shape(const struct bulk_flow *f)
{
	return f->seed % 2 ? HELLO_HYBRID : HELLO_PADDED;
}

/* A hello that is longer than a segment goes out in two. */
static void play_client_hello(struct bulk_flow *f, struct turn *t)
{
	uint8_t hello[HELLO_MAX];
	uint8_t *end = hello_client(hello + 5, f->seed, hello_shape(f));
	uint32_t n = (uint32_t)(end - hello);
	put_record(hello, HANDSHAKE_RECORD, n - 5);
	t->up = true;
	if (f->stage == 0) {
		t->size = n < BULK_SEGMENT_MAX ? n : BULK_SEGMENT_MAX;
		f->stage = t->size == n ? 2 : 1;
		put(t->payload, hello, t->size);
	} else {
		t->size = n - BULK_SEGMENT_MAX;
		f->stage = 2;
		put(t->payload, hello + BULK_SEGMENT_MAX, t->size);
	}
}

static void play_server_hello(struct bulk_flow *f, struct turn *t)
{
	uint8_t *at = hello_server(t->payload + 5, f->seed, hello_shape(f));
	put_record(t->payload, HANDSHAKE_RECORD, (uint32_t)(at - t->payload) - 5);
	at = put8(put_record(at, CHANGE_CIPHER_SPEC, 1), 1);
	uint32_t now = (uint32_t)(at - t->payload);
	f->stage++;
	put_records(f, t, at, f->segment > now ? f->segment - now : 0);
}

void play_tls(struct bulk_flow *f, struct turn *t)
{
	if (tcp_frame(f, t))
		return;
	if (f->stage < 2) {
		play_client_hello(f, t);
	} else if (f->stage == 2) {
		play_server_hello(f, t);
	} else {
		data_draw(f, t);
		put_records(f, t, t->payload, t->size);
	}
}

static uint32_t http_request(const struct bulk_flow *f, char *out, size_t room)
{
	char name[NAME_MAX_LENGTH];
	name_make(name, f->seed);
	return (uint32_t)snprintf(out, room,
		"GET /articles/%x/index.html HTTP/1.1\r\nHost: %s\r\n"
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101\r\n"
		"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
		"Accept-Language: en\r\nConnection: keep-alive\r\n\r\n",
		(unsigned)(f->seed >> 32), name);
}

/* The head goes out by itself, each other segment is full of body. */
static uint32_t http_response(const struct bulk_flow *f, char *out, size_t room)
{
	uint32_t steps = f->total - HANDSHAKE - 1 - CLOSE;
	uint32_t body = (steps - steps / 3 - 1) * f->segment;
	return (uint32_t)snprintf(out, room,
		"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nServer: example\r\n"
		"Content-Type: text/html; charset=utf-8\r\nContent-Length: %u\r\n"
		"Cache-Control: max-age=600\r\n\r\n",
		body);
}

static void put_html(struct turn *t, uint32_t size, bool first)
{
	static const char open[] = "<!DOCTYPE html><html><body>";
	static const char text[] = "<p>The quick brown fox jumps over the lazy dog.</p>\n";
	uint32_t n = first ? sizeof open - 1 : 0;
	put(t->payload, open, n);
	for (uint32_t i = n; i < size; i++)
		t->payload[i] = (uint8_t)text[(i - n) % (sizeof text - 1)];
	t->size = size;
}

/* The request, then two segments of the answer for each acknowledgement. */
void play_http(struct bulk_flow *f, struct turn *t)
{
	if (tcp_frame(f, t))
		return;
	uint32_t step = f->sent - HANDSHAKE;
	t->up = step % 3 == 0;
	if (step == 0)
		t->size = http_request(f, (char *)t->payload, BULK_SEGMENT_MAX);
	else if (step == 1)
		t->size = http_response(f, (char *)t->payload, BULK_SEGMENT_MAX);
	else if (!t->up)
		put_html(t, f->segment, step == 2);
}

/* Starts with data from the client, in a protocol of nobody's. */
void play_tcp_unknown(struct bulk_flow *f, struct turn *t)
{
	if (tcp_frame(f, t))
		return;
	data_draw(f, t);
	if (f->sent == HANDSHAKE) {
		t->up = true;
		t->size = segment_size(f, 200);
	}
	put_noise(t->payload, &f->random, t->size);
}
