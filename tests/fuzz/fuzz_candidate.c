/* Candidate lines, and their words one by one: the first byte says which part a word is. */
#include "dissect/candidate.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);
	struct obs_candidate c = {0};
	if (!copy && size)
		abort();
	if (size)
		memcpy(copy, data, size);
	struct reader r = reader_make(copy, size, false);
	(void)candidate_read(&c, r);
	enum candidate_part part = reader_u8(&r) % (PART_NETWORK_COST + 1);
	const uint8_t transport = c.transport, type = c.type, tcptype = c.tcptype;
	if (!candidate_set(&c, part, r) &&
		(c.transport != transport || c.type != type || c.tcptype != tcptype))
		abort();
	free(copy);
	return 0;
}
