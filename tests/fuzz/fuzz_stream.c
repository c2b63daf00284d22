/*
 * TCP reassembly against a model: segments of one direction with any sequence numbers, lengths,
 * flags and cuts. A byte of the stream says where it stands, or, in a forged segment, where not; so
 * what is delivered can be checked: bytes are those sent for their place, come again unchanged, and
 * nothing is skipped without a word.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/stream_rig.h"

#define SPAN         (1U << 19) /* of sequence numbers looked at */
#define SEGMENTS_MAX 2000
#define FIRST        0xfffffff0U /* wraps soon */
#define FORGED       0x80U

struct model {
	uint32_t next;  /* the place of the first byte not yet taken */
	uint32_t known; /* bytes from there on were seen already: */
	uint8_t seen[2 * WINDOW_BYTES];
	uint8_t take;    /* how much the reader takes each time, in eighths */
	uint64_t stream; /* the how-manieth one this is; another SYN makes another one */
	bool began;
};

static void expect(bool good)
{
	if (!good)
		abort();
}

static uint8_t byte_at(uint32_t place)
{
	return (uint8_t)(place * 2654435761U >> 25);
}

static bool model_probe(struct reader r)
{
	return reader_left(&r);
}

/* Delivered bytes, whose place the stream knows: the test reads it there. */
static enum verdict model_read(struct dissection *d, struct reader *r)
{
	struct model *m = d->state;
	size_t left = reader_left(r);
	const struct stream_side *side = &d->stream->side[d->packet->from_opener ? 0 : 1];
	if (!d->packet->from_opener)
		return NOT_MINE;
	uint32_t place = side->window.base - FIRST;
	m->began = m->began && m->stream == d->stats->streams;
	m->stream = d->stats->streams;
	expect(!m->began || place == m->next || d->gap);
	expect(left <= sizeof(m->seen));
	bool again = m->began && place == m->next;
	struct reader peek = *r;
	for (uint32_t i = 0; i < left; i++) {
		uint8_t byte = reader_u8(&peek);
		expect((byte & ~FORGED) == byte_at(place + i));
		expect(!again || i >= m->known || m->seen[i] == byte);
		m->seen[i] = byte;
	}
	m->began = true;
	size_t taken = left * m->take / 8;
	m->known = (uint32_t)(left - taken);
	memmove(m->seen, m->seen + taken, m->known);
	m->next = place + (uint32_t)taken;
	reader_skip(r, taken);
	return taken == left ? DONE : MORE;
}

static const struct dissector model_dissector = {
	.carrier = CARRIER_STREAM,
	.first_min = 0,
	.first_max = 255,
	.probe = model_probe,
	.dissect = model_read,
};

static void segment_send(struct rig *g, struct model *m, struct reader *in, uint8_t *bytes)
{
	uint8_t what = reader_u8(in);
	uint32_t place = (what & 3) == 3
		? reader_u32(in) % SPAN
		: m->next + m->known + (uint32_t)(int8_t)reader_u8(in) * (what & 3);
	size_t length = reader_u8(in) * ((what & 0x0c) ? 1U : 200U);
	size_t missing = (what & 0xf0) == 0x10 ? length / 3 : 0;
	unsigned flags = (what & 0xf0) == 0x20 ? TCP_FIN
		: (what & 0xf0) == 0x30        ? TCP_RST
		: (what & 0xf0) == 0x40        ? TCP_SYN
					       : TCP_ACK;
	if ((what & 0xf0) == 0x60) { /* the other end has got so much */
		g->acknowledged = FIRST + place;
		rig_segment(g, false, TCP_ACK, 1, "", 0);
		return;
	}
	if (flags == TCP_SYN) /* of this connection; another one starts at another place */
		place = UINT32_MAX;
	if ((what & 0xf0) == 0x50)
		m->take = reader_u8(in) % 9;
	for (uint32_t i = 0; i < length; i++)
		bytes[i] = byte_at(place + i + (flags == TCP_SYN)) | (what & 0x80 ? FORGED : 0U);
	rig_cut(g, true, flags, FIRST + place, bytes, length, missing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader in = reader_make(data, size, false);
	struct model *m = calloc(1, sizeof(*m));
	uint8_t *bytes = malloc(WINDOW_BYTES);
	struct rig g;
	if (!m || !bytes)
		abort();
	m->take = 8;
	rig_open(&g, &model_dissector, m);
	for (unsigned i = 0; i < SEGMENTS_MAX && reader_left(&in); i++)
		segment_send(&g, m, &in, bytes);
	const struct streams *s = &g.run->streams;
	expect(s->buffers.count <= 2 && s->streams.count <= 1 && s->holey <= 2);
	rig_close(&g);
	free(bytes);
	free(m);
	return 0;
}
