/*
 * Loads bundled captures and rewrites them per round. Hosts with private, shared or link-local
 * addresses get other low bits, ephemeral ports other ones; both by XOR, so that whoever talked to
 * each other still does. Servers stay, and so does what STUN says: FINGERPRINT and transaction ids
 * are as they were captured. Checksums are carried along (RFC 1624).
 *
 * Left out on purpose: link types other than Ethernet, VLAN tags, IPv6 extension headers (their
 * ports stay), addresses inside payloads.
 */
#include "tests/bench/script.h"

#include "core/addr.h"
#include "core/reader.h"
#include "tests/bench/random.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define HOST_BITS       0x03ffU /* 1024 clients out of one */
#define PORT_BITS       0x7fffU
#define PORT_EPHEMERAL  32768
#define ETHERNET_HEADER 14

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP6 = 58 };

static void frame_read_ipv4(struct script_frame *f, struct reader *r)
{
	uint32_t header = (reader_u8(r) & 15U) * 4;
	reader_skip(r, 5);
	bool later_fragment = reader_u16(r) & 0x1fff;
	reader_skip(r, 1);
	f->protocol = reader_u8(r);
	reader_skip(r, 10);
	if (r->failed || header < 20)
		return;
	f->address = 4;
	f->network = ETHERNET_HEADER + 12;
	if (!later_fragment)
		f->transport = ETHERNET_HEADER + header;
}

static void frame_read_ipv6(struct script_frame *f, struct reader *r)
{
	reader_skip(r, 6);
	f->protocol = reader_u8(r);
	reader_skip(r, 33);
	if (r->failed)
		return;
	f->address = 16;
	f->network = ETHERNET_HEADER + 8;
	f->transport = ETHERNET_HEADER + 40;
}

/* Where a transport protocol keeps its checksum, from its header on; 0 without one. */
static uint32_t checksum_offset(uint8_t protocol)
{
	switch (protocol) {
	case PROTOCOL_TCP:
		return 16;
	case PROTOCOL_UDP:
		return 6;
	case PROTOCOL_ICMP6:
		return 2;
	default:
		return 0;
	}
}

static void frame_parse(struct script_frame *f)
{
	struct reader r = reader_make(f->bytes, f->length, false);
	reader_skip(&r, 12);
	uint16_t type = reader_u16(&r);
	if (type == 0x0800)
		frame_read_ipv4(f, &r);
	else if (type == 0x86dd)
		frame_read_ipv6(f, &r);
	uint32_t sum = checksum_offset(f->protocol);
	if (!sum || f->transport + sum + 2 > f->length)
		f->transport = 0;
}

static bool frame_append(struct script *s, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct script_frame f = {.length = h->caplen, .bytes = malloc(h->caplen ? h->caplen : 1)};
	void *frames = realloc(s->frames, (s->count + 1) * sizeof *s->frames);
	if (frames)
		s->frames = frames;
	if (!frames || !f.bytes) {
		free(f.bytes);
		return false;
	}
	memcpy(f.bytes, bytes, f.length);
	frame_parse(&f);
	s->frames[s->count++] = f;
	return true;
}

bool script_load(struct script *s, const char *file)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *bytes;

	*s = (struct script){0};
	pcap_t *p = pcap_open_offline(file, error);
	if (!p)
		return false;
	if (pcap_datalink(p) == DLT_EN10MB)
		while (pcap_next_ex(p, &h, &bytes) == 1)
			if (h->caplen <= SCRIPT_FRAME_MAX && !frame_append(s, h, bytes))
				break;
	pcap_close(p);
	return s->count > 0;
}

void script_free(struct script *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		free(s->frames[i].bytes);
	free(s->frames);
}

static uint32_t word_get(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static void word_set(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* RFC 1624 §3: HC' = ~(~HC + ~m + m') */
static void checksum_update(uint8_t *at, uint32_t before, uint32_t after)
{
	uint32_t sum = (word_get(at) ^ 0xffff) + (before ^ 0xffff) + after;
	sum = (sum & 0xffff) + (sum >> 16);
	word_set(at, ~(sum + (sum >> 16)));
}

/* A UDP checksum of zero says that there is none (RFC 768), and stays. */
static void transport_update(
	const struct script_frame *f, uint8_t *frame, uint32_t before, uint32_t after)
{
	uint8_t *sum = frame + f->transport + checksum_offset(f->protocol);
	if (f->transport && (f->protocol != PROTOCOL_UDP || word_get(sum)))
		checksum_update(sum, before, after);
}

static bool address_moves(const uint8_t *at, uint8_t size)
{
	struct addr a = size == 4 ? addr_v4(at) : addr_v6(at);
	enum addr_scope scope = addr_scope(&a);
	return scope == SCOPE_PRIVATE || scope == SCOPE_SHARED || scope == SCOPE_LINK;
}

static void address_rewrite(
	const struct script_frame *f, uint8_t *frame, uint32_t at, uint32_t flip)
{
	if (!address_moves(frame + at, f->address))
		return;
	uint8_t *word = frame + at + f->address - 2;
	uint32_t before = word_get(word), after = before ^ flip;
	word_set(word, after);
	if (f->address == 4)
		checksum_update(frame + f->network - 2, before, after);
	transport_update(f, frame, before, after);
}

static void port_rewrite(const struct script_frame *f, uint8_t *frame, uint32_t at, uint32_t flip)
{
	uint32_t before = word_get(frame + at), after = before ^ flip;
	if (before < PORT_EPHEMERAL)
		return;
	word_set(frame + at, after);
	transport_update(f, frame, before, after);
}

uint32_t script_frame(
	const struct script *s, uint32_t i, uint32_t round, uint8_t frame[SCRIPT_FRAME_MAX])
{
	const struct script_frame *f = &s->frames[i];
	struct random r = {round};
	uint32_t host = random_next(&r) & HOST_BITS, port = random_next(&r) & PORT_BITS;

	memcpy(frame, f->bytes, f->length);
	if (!f->network)
		return f->length;
	address_rewrite(f, frame, f->network, host);
	address_rewrite(f, frame, f->network + f->address, host);
	if (f->transport && f->protocol != PROTOCOL_ICMP6) {
		port_rewrite(f, frame, f->transport, port);
		port_rewrite(f, frame, f->transport + 2, port);
	}
	return f->length;
}
