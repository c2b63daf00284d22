/*
 * nDPI wants an IP packet in one piece. It gets one made for it, the addresses and ports of the
 * innermost headers before the payload, so that neither encapsulation nor reassembly is its
 * business. What is longer than NAMER_PAYLOAD is shortened, and nulls follow the packet: a read
 * a little too far, of which nDPI has had its share, finds nothing of the packet before.
 *
 * Its interface changed: 4.6 wants an argument more for a packet, 4.10 and 5.0 one less for the
 * guess, and from 5.0 on every protocol is looked for without being asked. The argument of the
 * opening is a 0 that was a set of flags and is a pointer now.
 */
#include "dissect/ndpi.h"

#include "core/log.h"

#include <ndpi/ndpi_api.h>
#include <stdlib.h>
#include <string.h>

#define NDPI_SINCE(major, minor) \
	(NDPI_MAJOR > (major) || (NDPI_MAJOR == (major) && NDPI_MINOR >= (minor)))

#define NAMER_PAYLOAD 1500
#define NAMER_SLACK   128
#define IPV4_HEADER   20
#define IPV6_HEADER   40
#define UDP_HEADER    8
#define TCP_HEADER    20
#define HEADERS_MAX   (IPV6_HEADER + TCP_HEADER)
#define HOP_LIMIT     64
#define PSH_ACK       0x18
#define NS_PER_MS     1000000

enum { PROTOCOL_TCP = 6 };

struct namer {
	struct ndpi_detection_module_struct *module;
	uint8_t packet[HEADERS_MAX + NAMER_PAYLOAD + NAMER_SLACK];
};

static void module_start(struct ndpi_detection_module_struct *module)
{
#if !NDPI_SINCE(5, 0)
	NDPI_PROTOCOL_BITMASK all;
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(module, &all);
#endif
	ndpi_finalize_initialization(module);
}

static bool library_fits(void)
{
	bool fits = ndpi_get_api_version() == NDPI_API_VERSION &&
		ndpi_detection_get_sizeof_ndpi_flow_struct() == sizeof(struct ndpi_flow_struct);
	if (!fits)
		log_message("nDPI here is not the one that seep was built with; build again, or "
			    "use --no-ndpi");
	return fits;
}

struct namer *namer_open(void)
{
	struct namer *n = library_fits() ? calloc(1, sizeof(*n)) : NULL;
	if (!n)
		return NULL;
	n->module = ndpi_init_detection_module(0);
	if (!n->module) {
		free(n);
		return NULL;
	}
	module_start(n->module);
	return n;
}

void namer_close(struct namer *n)
{
	if (!n)
		return;
	ndpi_exit_detection_module(n->module);
	free(n);
}

size_t namer_state_size(void)
{
	return (sizeof(struct ndpi_flow_struct) + 7) & ~(size_t)7;
}

void namer_forget(void *state)
{
	ndpi_free_flow_data(state);
}

static uint8_t *put_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put_zero(uint8_t *at, size_t length)
{
	memset(at, 0, length);
	return at + length;
}

static uint8_t *put_v4(uint8_t *at, const struct addr *a)
{
	memcpy(at, a->bytes, 4);
	return at + 4;
}

/* A relay may stand between families: then both are written as IPv6. */
static uint8_t *put_v6(uint8_t *at, const struct addr *a)
{
	if (a->family == ADDR_V6) {
		memcpy(at, a->bytes, sizeof(a->bytes));
		return at + sizeof(a->bytes);
	}
	at = put_zero(at, 10);
	return put_v4(put_u16(at, 0xffff), a);
}

static uint8_t *put_ipv4(uint8_t *at, const struct packet *p, size_t behind)
{
	*at++ = 0x45;
	*at++ = 0;
	at = put_u16(at, IPV4_HEADER + behind);
	at = put_zero(at, 4);
	*at++ = HOP_LIMIT;
	*at++ = p->protocol;
	at = put_zero(at, 2);
	return put_v4(put_v4(at, &p->src.addr), &p->dst.addr);
}

static uint8_t *put_ipv6(uint8_t *at, const struct packet *p, size_t behind)
{
	*at++ = 0x60;
	at = put_u16(put_zero(at, 3), behind);
	*at++ = p->protocol;
	*at++ = HOP_LIMIT;
	return put_v6(put_v6(at, &p->src.addr), &p->dst.addr);
}

static uint8_t *put_udp(uint8_t *at, const struct packet *p, size_t length)
{
	at = put_u16(put_u16(at, p->src.port), p->dst.port);
	return put_zero(put_u16(at, UDP_HEADER + length), 2);
}

/* Without the other side's sequence number nDPI takes no segment for a repetition. */
static uint8_t *put_tcp(uint8_t *at, const struct packet *p)
{
	at = put_u16(put_u16(at, p->src.port), p->dst.port);
	at = put_u16(put_u16(at, p->sequence >> 16), p->sequence);
	at = put_zero(at, 4);
	*at++ = TCP_HEADER / 4 << 4;
	*at++ = PSH_ACK;
	return put_zero(put_u16(at, UINT16_MAX), 4);
}

/* Returns the packet's length. */
static unsigned short packet_make(struct namer *n, const struct packet *p)
{
	struct reader r = p->payload;
	size_t length = reader_left(&r) < NAMER_PAYLOAD ? reader_left(&r) : NAMER_PAYLOAD;
	size_t behind = length + (p->protocol == PROTOCOL_TCP ? TCP_HEADER : UDP_HEADER);
	bool v6 = p->src.addr.family == ADDR_V6 || p->dst.addr.family == ADDR_V6;
	uint8_t *at = v6 ? put_ipv6(n->packet, p, behind) : put_ipv4(n->packet, p, behind);
	at = p->protocol == PROTOCOL_TCP ? put_tcp(at, p) : put_udp(at, p, length);
	reader_copy(&r, at, length);
	at += length;
	memset(at, 0, NAMER_SLACK);
	return (unsigned short)(at - n->packet);
}

static void word_set(struct obs_word *out, const char *text, size_t max)
{
	size_t length = text ? strnlen(text, max) : 0;
	out->cut = length > sizeof(out->bytes);
	out->length = (uint8_t)(out->cut ? sizeof(out->bytes) : length);
	if (length)
		memcpy(out->bytes, text, out->length);
}

/* Of these every message is read by a dissector of ours. Where none was, it is none: noise on port
 * 53 is DNS to nDPI. */
static bool ours_alone(uint16_t protocol)
{
	static const uint16_t ours[] = {NDPI_PROTOCOL_DNS, NDPI_PROTOCOL_MDNS, NDPI_PROTOCOL_LLMNR,
		NDPI_PROTOCOL_DHCP, NDPI_PROTOCOL_DHCPV6, NDPI_PROTOCOL_STUN};
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (ours[i] == protocol)
			return true;
	}
	return false;
}

/* What it says of the flow now. */
static bool name_read(
	const struct namer *n, const struct ndpi_flow_struct *flow, struct obs_application *out)
{
	uint16_t application = flow->detected_protocol_stack[0];
	uint16_t protocol = flow->detected_protocol_stack[1];
	if (application == NDPI_PROTOCOL_UNKNOWN ||
		flow->confidence == NDPI_CONFIDENCE_MATCH_BY_PORT)
		return false;
	if (protocol == NDPI_PROTOCOL_UNKNOWN)
		protocol = application;
	if (ours_alone(protocol))
		return false;
	word_set(&out->protocol, ndpi_get_proto_name(n->module, protocol), SIZE_MAX);
	if (application != protocol)
		word_set(&out->application, ndpi_get_proto_name(n->module, application), SIZE_MAX);
	if (flow->category != NDPI_PROTOCOL_CATEGORY_UNSPECIFIED)
		word_set(&out->category, ndpi_category_get_name(n->module, flow->category),
			SIZE_MAX);
	word_set(&out->host, flow->host_server_name, sizeof(flow->host_server_name));
	out->guessed = flow->confidence != NDPI_CONFIDENCE_DPI;
	return true;
}

bool namer_ask(struct namer *n, void *state, const struct packet *p, uint64_t now_ns,
	struct obs_application *out)
{
	unsigned short length = packet_make(n, p);
#if NDPI_SINCE(4, 6)
	ndpi_detection_process_packet(
		n->module, state, n->packet, length, now_ns / NS_PER_MS, NULL);
#else
	ndpi_detection_process_packet(n->module, state, n->packet, length, now_ns / NS_PER_MS);
#endif
	return name_read(n, state, out);
}

bool namer_guess(struct namer *n, void *state, struct obs_application *out)
{
#if NDPI_SINCE(5, 0)
	ndpi_detection_giveup(n->module, state);
#elif NDPI_SINCE(4, 10)
	uint8_t guessed;
	ndpi_detection_giveup(n->module, state, &guessed);
#else
	uint8_t guessed;
	ndpi_detection_giveup(n->module, state, 1, &guessed);
#endif
	return name_read(n, state, out);
}
