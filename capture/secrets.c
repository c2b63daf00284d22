/* Secrets are wiped before their memory is given back. */
#include "capture/secrets.h"

#include <stdlib.h>
#include <string.h>

bool secrets_add(struct secrets *s, uint16_t capture, uint32_t type, struct reader bytes)
{
	size_t length = reader_left(&bytes);
	if (s->count == SECRETS_MAX || length > SECRETS_BYTES_MAX - s->bytes)
		return false;
	uint8_t *copy = malloc(length ? length : 1);
	if (!copy)
		return false;
	reader_copy(&bytes, copy, length);
	s->bytes += length;
	s->secret[s->count++] = (struct capture_secret){
		.type = type, .capture = capture, .bytes = copy, .length = length};
	return true;
}

void secrets_clear(struct secrets *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		explicit_bzero(s->secret[i].bytes, s->secret[i].length);
		free(s->secret[i].bytes);
	}
	s->count = 0;
	s->bytes = 0;
}
