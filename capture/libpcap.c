/*
 * Whatever our own readers do not know, read by libpcap: classic pcap before version 2.4, and the
 * variants with other record headers. It reads through our chunk, so pipes work as well, and its
 * frames are copied, because it keeps only one.
 *
 * The link type is taken from the file's header, which all these variants share, and not from
 * pcap_datalink(): that gives DLT_ values, some of which differ from what stands in files and from
 * system to system.
 */
#include "capture/format.h"

#include "core/log.h"

#include <errno.h>
#include <pcap.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_LINK_TYPE 20 /* offset in the file header */
#define NS_PER_SECOND    UINT64_C(1000000000)

struct libpcap {
	pcap_t *pcap;
	uint8_t *bytes; /* of the frames given out */
	size_t size, used;
	struct pcap_pkthdr *head; /* of a frame that libpcap keeps for us, or NULL */
	const u_char *data;
	uint16_t interface, link_type;
};

/* The read function of a stdio stream over the chunk. */
static ssize_t libpcap_read(void *cookie, char *to, size_t size)
{
	struct chunk *c = cookie;
	if (reader_left(&c->view) == 0 && !c->ended) {
		c->need = 1;
		chunk_fill(c);
	}
	size_t left = reader_left(&c->view);
	size_t n = size < left ? size : left;
	reader_copy(&c->view, to, n);
	if (n == 0 && c->error) {
		errno = c->error;
		return -1;
	}
	return (ssize_t)n;
}

static void libpcap_refused(const struct input *in, struct reader head, const char *why)
{
	char bytes[sizeof("00 00 00 00 ")] = "";
	size_t length = 0;
	for (int i = 0; i < 4 && reader_left(&head); i++)
		length += (size_t)snprintf(bytes + length, sizeof(bytes) - length, "%s%02x",
			i ? " " : "", (unsigned)reader_u8(&head));
	log_message(
		"%s: not a capture that can be read: %s; it starts with %s", in->name, why, bytes);
}

static pcap_t *libpcap_start(struct input *in, struct reader head)
{
	char why[PCAP_ERRBUF_SIZE] = "no memory to read it";
	FILE *file = fopencookie(&in->chunk, "r", (cookie_io_functions_t){.read = libpcap_read});
	if (!file) {
		libpcap_refused(in, head, why);
		return NULL;
	}
	/* Unbuffered, so that the chunk's offset is where libpcap stands. */
	setvbuf(file, NULL, _IONBF, 0);
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(
		file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!pcap) {
		fclose(file);
		libpcap_refused(in, head, why);
	}
	return pcap;
}

static bool little_endian_file(pcap_t *pcap)
{
	bool little_endian_host = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	return pcap_is_swapped(pcap) ? !little_endian_host : little_endian_host;
}

static bool libpcap_open(struct input *in)
{
	/* libpcap's reads may refill the chunk, so the header is kept aside. */
	uint8_t bytes[INPUT_HEAD];
	size_t left = reader_left(&in->chunk.view);
	size_t length = left < sizeof(bytes) ? left : sizeof(bytes);
	struct reader whole = in->chunk.view;
	reader_copy(&whole, bytes, length);
	struct reader head = reader_make(bytes, length, false);

	struct libpcap *l = in->state = calloc(1, sizeof(*l));
	if (!l || !(l->bytes = malloc(CHUNK_SIZE))) {
		log_message("%s: no memory to read it", in->name);
		return false;
	}
	l->size = CHUNK_SIZE;
	l->pcap = libpcap_start(in, head);
	if (!l->pcap)
		return false;
	reader_skip(&head, HEADER_LINK_TYPE);
	l->link_type = (uint16_t)input_u32(&head, little_endian_file(l->pcap));
	int index = input_interface(in, "", l->link_type);
	l->interface = (uint16_t)index;
	return index >= 0;
}

static enum input_step libpcap_frame(struct input *in, struct libpcap *l, struct frame *frame)
{
	uint32_t length = l->head->caplen;
	if (length > l->size - l->used)
		return INPUT_MORE;
	uint8_t *bytes = l->bytes + l->used;
	memcpy(bytes, l->data, length);
	l->used += length;
	*frame = (struct frame){
		.bytes = bytes,
		.time_ns = (uint64_t)l->head->ts.tv_sec * NS_PER_SECOND +
			(uint64_t)l->head->ts.tv_usec,
		.number = ++in->number,
		.captured = length,
		.wire = l->head->len,
		.capture = in->capture,
		.interface = l->interface,
		.link_type = l->link_type,
	};
	l->head = NULL;
	return INPUT_FRAME;
}

static enum input_step libpcap_next(struct input *in, struct frame *frame)
{
	struct libpcap *l = in->state;
	if (!l->head) {
		struct pcap_pkthdr *head;
		int got = pcap_next_ex(l->pcap, &head, &l->data);
		if (got == PCAP_ERROR_BREAK || (got != 1 && in->chunk.interrupted))
			return INPUT_END;
		if (got != 1) {
			in->stats->truncated += in->chunk.ended && !in->chunk.error;
			return input_broken(in, chunk_offset(&in->chunk), "%s",
				in->chunk.reason ? in->chunk.reason : pcap_geterr(l->pcap));
		}
		l->head = head;
	}
	return libpcap_frame(in, l, frame);
}

static void libpcap_more(struct input *in)
{
	struct libpcap *l = in->state;
	l->used = 0;
	if (!l->head || l->head->caplen <= l->size)
		return;
	uint8_t *bytes = realloc(l->bytes, l->head->caplen);
	if (bytes) {
		l->bytes = bytes;
		l->size = l->head->caplen;
	} else {
		l->head->caplen = (bpf_u_int32)l->size; /* a cut frame is better than none */
	}
}

static void libpcap_close(struct input *in)
{
	struct libpcap *l = in->state;
	if (l->pcap)
		pcap_close(l->pcap); /* and with it the stream */
	free(l->bytes);
}

const struct format format_libpcap = {
	.name = "libpcap",
	.open = libpcap_open,
	.next = libpcap_next,
	.more = libpcap_more,
	.close = libpcap_close,
};
