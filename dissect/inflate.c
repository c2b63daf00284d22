/*
 * zlib and brotli with memory of ours: allocation is a bump pointer that nobody gives back to until
 * the whole is over.
 */
#define ZLIB_CONST
#include "dissect/inflate.h"

#include "core/pages.h"
#include "dissect/text.h"

#include <brotli/decode.h>
#include <zlib.h>

#define SCRATCH_BYTES  ((size_t)8 << 20)  /* brotli's tables and window; untouched pages are free */
#define INFLATER_BYTES ((size_t)44 << 10) /* zlib: 7 KiB of state, 32 KiB of window */
#define WASTE_BYTES    4096

/* deflateInit2's windowBits: raw, or a zlib or gzip header as there is one. The largest window
 * reads what any smaller one wrote. */
enum { WINDOW_RAW = -15, WINDOW_ANY_HEADER = 15 + 32 };

struct inflater {
	z_stream z;
	struct arena memory;
	uint8_t bytes[INFLATER_BYTES];
};

static void *zlib_take(void *opaque, uInt items, uInt size)
{
	return arena_take(opaque, (size_t)items * size);
}

static void zlib_give(void *opaque, void *at)
{
	(void)opaque;
	(void)at;
}

static void *brotli_take(void *opaque, size_t size)
{
	return arena_take(opaque, size);
}

/* By its name in Content-Encoding or Transfer-Encoding (RFC 9110 §8.4.1, RFC 9112 §7). */
static enum coding coding_find(struct reader name)
{
	if (!reader_left(&name) || text_is(name, "identity"))
		return CODING_NONE;
	if (text_is(name, "gzip") || text_is(name, "x-gzip"))
		return CODING_GZIP;
	if (text_is(name, "deflate"))
		return CODING_DEFLATE;
	return text_is(name, "br") ? CODING_BROTLI : CODING_UNKNOWN;
}

static void coding_add(struct codings *c, uint8_t coding)
{
	c->unknown |= coding == CODING_UNKNOWN || c->count == CODINGS_MAX;
	if (!c->unknown && coding != CODING_NONE)
		c->coding[c->count++] = coding;
}

void codings_add(struct codings *c, struct reader list)
{
	while (reader_left(&list) && !c->unknown)
		coding_add(c, (uint8_t)coding_find(text_item(&list, ',')));
}

void codings_join(struct codings *c, const struct codings *later)
{
	c->unknown |= later->unknown;
	for (unsigned i = 0; i < later->count; i++)
		coding_add(c, later->coding[i]);
}

bool inflate_init(struct inflate *f)
{
	f->out[0] = pages_reserve(INFLATE_BODY_MAX);
	f->out[1] = pages_reserve(INFLATE_BODY_MAX);
	return arena_init(&f->scratch, SCRATCH_BYTES) && f->out[0] && f->out[1];
}

void inflate_free(struct inflate *f)
{
	arena_free(&f->scratch);
	pages_release(f->out[0], INFLATE_BODY_MAX);
	pages_release(f->out[1], INFLATE_BODY_MAX);
}

/* How much may come out of a body of this size. */
static size_t body_room(size_t in)
{
	size_t room = INFLATE_RATIO_FREE + in * INFLATE_RATIO_MAX;
	return room < INFLATE_BODY_MAX ? room : INFLATE_BODY_MAX;
}

/* To the end of the stream; a gzip file may go on with another member (RFC 1952 §2.2). */
static bool zlib_run(z_stream *z)
{
	static const uint8_t magic[] = {0x1f, 0x8b};
	for (;;) {
		if (inflate(z, Z_FINISH) != Z_STREAM_END)
			return false;
		if (z->avail_in < sizeof(magic) || memcmp(z->next_in, magic, sizeof(magic)) != 0)
			return true;
		if (inflateReset(z) != Z_OK)
			return false;
	}
}

static bool zlib_body(
	struct inflate *f, uint8_t *to, int window, struct reader in, struct reader *out)
{
	size_t room = body_room(reader_left(&in));
	z_stream z = {
		.zalloc = zlib_take,
		.zfree = zlib_give,
		.opaque = &f->scratch,
		.next_in = in.at,
		.avail_in = (uInt)reader_left(&in),
		.next_out = to,
		.avail_out = (uInt)room,
	};
	arena_reset(&f->scratch);
	if (inflateInit2(&z, window) != Z_OK)
		return false;
	bool whole = zlib_run(&z);
	*out = reader_make(to, room - z.avail_out, false);
	inflateEnd(&z);
	return whole;
}

static bool brotli_body(struct inflate *f, uint8_t *to, struct reader in, struct reader *out)
{
	arena_reset(&f->scratch);
	BrotliDecoderState *b = BrotliDecoderCreateInstance(brotli_take, zlib_give, &f->scratch);
	if (!b)
		return false;
	size_t left = reader_left(&in), total = body_room(left), room = total;
	const uint8_t *next = in.at;
	uint8_t *at = to;
	bool whole = BrotliDecoderDecompressStream(b, &left, &next, &room, &at, NULL) ==
		BROTLI_DECODER_RESULT_SUCCESS;
	*out = reader_make(to, total - room, false);
	BrotliDecoderDestroyInstance(b);
	return whole;
}

static bool coding_undo(
	struct inflate *f, enum coding coding, uint8_t *to, struct reader in, struct reader *out)
{
	switch (coding) {
	case CODING_GZIP:
		return zlib_body(f, to, WINDOW_ANY_HEADER, in, out);
	case CODING_DEFLATE: /* RFC 9110 §8.4.1.2: some send it without the zlib header */
		return zlib_body(f, to, WINDOW_ANY_HEADER, in, out) ||
			zlib_body(f, to, WINDOW_RAW, in, out);
	case CODING_BROTLI:
		return brotli_body(f, to, in, out);
	default:
		return false;
	}
}

bool inflate_body(
	struct inflate *f, const struct codings *codings, struct reader in, struct reader *out)
{
	*out = in;
	if (codings->unknown)
		return false;
	for (unsigned i = codings->count; i-- > 0;) {
		if (!coding_undo(f, codings->coding[i], f->out[i & 1], *out, out))
			return false;
	}
	return true;
}

size_t inflater_size(void)
{
	return sizeof(struct inflater);
}

void inflater_begin(struct inflater *i)
{
	i->memory = (struct arena){.bytes = i->bytes, .size = sizeof(i->bytes)};
	i->z = (z_stream){.zalloc = zlib_take, .zfree = zlib_give, .opaque = &i->memory};
	/* What it would fail for is memory: then the first use fails as well. */
	(void)inflateInit2(&i->z, WINDOW_RAW);
}

static bool message_bomb(const struct inflated *m)
{
	return m->out > INFLATE_MESSAGE_MAX ||
		m->out > INFLATE_RATIO_FREE + m->in * INFLATE_RATIO_MAX;
}

/* One step: into the message while there is room, else to where nobody looks. */
static int inflater_step(struct inflater *i, struct inflated *m)
{
	uint8_t waste[WASTE_BYTES];
	size_t room = m->room - m->length;
	bool keep = room > 0;
	i->z.next_out = keep ? m->bytes + m->length : waste;
	i->z.avail_out = (uInt)(keep ? room : sizeof(waste));
	uInt before = i->z.avail_out;
	int status = inflate(&i->z, Z_SYNC_FLUSH);
	m->out += before - i->z.avail_out;
	m->length += keep ? before - i->z.avail_out : 0;
	/* A final block ends the stream, but not the window (RFC 7692 §7.2.3.4). */
	if (status == Z_STREAM_END)
		return inflateResetKeep(&i->z);
	return status;
}

bool inflater_add(struct inflater *i, struct reader in, struct inflated *message)
{
	i->z.next_in = in.at;
	i->z.avail_in = (uInt)reader_left(&in);
	message->in += reader_left(&in);
	for (;;) {
		int status = inflater_step(i, message);
		if (status == Z_BUF_ERROR) /* nothing more to be had from these bytes */
			return true;
		if (status != Z_OK || message_bomb(message))
			return false;
		if (i->z.avail_in == 0 && i->z.avail_out > 0)
			return true;
	}
}
