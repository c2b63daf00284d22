/*
 * nDPI, as unknown.c uses it: a few packets of one flow, then a guess. The input is a byte of
 * protocol and family, the port, and what is said: pieces behind two bytes, of which the highest
 * bit is who says it and the others how long it is. nDPI is opened once.
 */
#include "dissect/ndpi.h"
#include "dissect/unknown.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static void piece_say(struct namer *n, void *state, struct packet p, struct reader *in)
{
	struct obs_application said = {0};
	struct endpoint src = p.src;
	uint16_t head = reader_u16(in);
	size_t left = reader_left(in), length = head & 0x7fff;
	if (head & 0x8000) {
		p.src = p.dst;
		p.dst = src;
	}
	p.payload = reader_sub(in, length < left ? length : left);
	namer_ask(n, state, &p, 0, &said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct namer *n;
	struct reader in = reader_make(data, size, false);
	uint8_t what = reader_u8(&in);
	struct packet p = {.protocol = what & 1 ? 6 : 17};
	struct obs_application said = {0};
	void *state = calloc(1, namer_state_size());
	n = n ? n : namer_open();
	if (!n || !state)
		abort();
	endpoint_parse(what & 2 ? "[2001:db8::1]:50000" : "192.168.77.10:50000", &p.src);
	endpoint_parse(what & 2 ? "[2001:db8::2]" : "192.0.2.10", &p.dst);
	p.dst.port = reader_u16(&in);
	for (unsigned i = 0; i < NDPI_PACKETS && reader_left(&in); i++)
		piece_say(n, state, p, &in);
	namer_guess(n, state, &said);
	namer_forget(state);
	free(state);
	return 0;
}
