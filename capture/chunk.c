/*
 * Large reads of a savefile or a pipe. A read that a signal interrupts counts as the end of the
 * file: signals that are not to end a run are delivered with SA_RESTART and never seen here.
 */
#include "capture/chunk.h"

#include "capture/compressed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool chunk_open(struct chunk *c, int fd)
{
	*c = (struct chunk){.fd = fd, .size = CHUNK_SIZE, .bytes = malloc(CHUNK_SIZE)};
	if (!c->bytes)
		return false;
	c->view = reader_make(c->bytes, 0, false);
	/* Only a hint, which pipes refuse. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return true;
}

void chunk_close(struct chunk *c)
{
	unpacker_free(c->unpacker);
	if (c->fd != STDIN_FILENO)
		close(c->fd);
	free(c->bytes);
}

/* One read behind `used` bytes of the buffer; returns how many came. */
static size_t chunk_read(struct chunk *c, size_t used)
{
	uint8_t *to = c->bytes + used;
	ssize_t got = c->unpacker ? unpacker_read(c->unpacker, to, c->size - used, &c->reason)
				  : read(c->fd, to, c->size - used);
	if (got > 0) {
		c->offset += (uint64_t)got;
		return (size_t)got;
	}
	c->ended = true;
	c->interrupted = got < 0 && errno == EINTR;
	if (got < 0 && !c->interrupted)
		c->error = errno;
	return 0;
}

static void chunk_drop(struct chunk *c)
{
	while (c->skip && !c->ended) {
		size_t got = chunk_read(c, 0);
		size_t dropped = c->skip < got ? (size_t)c->skip : got;
		c->skip -= dropped;
		c->view = reader_make(c->bytes + dropped, got - dropped, false);
	}
}

static bool chunk_grow(struct chunk *c, size_t size)
{
	uint8_t *bytes = realloc(c->bytes, size);
	if (!bytes) {
		c->error = ENOMEM;
		c->ended = true;
		return false;
	}
	c->bytes = bytes;
	c->size = size;
	return true;
}

void chunk_fill(struct chunk *c)
{
	chunk_drop(c);
	size_t left = reader_left(&c->view);
	if (left)
		memmove(c->bytes, c->view.at, left);
	if (c->need <= c->size || chunk_grow(c, c->need)) {
		while (left < c->need && !c->ended)
			left += chunk_read(c, left);
	}
	c->view = reader_make(c->bytes, left, false);
}

bool chunk_unpack(struct chunk *c)
{
	c->unpacker = unpacker_new(c->fd, c->view);
	c->view = reader_make(c->bytes, 0, false);
	c->offset = 0;
	c->ended = false;
	return c->unpacker != NULL;
}

const char *chunk_error(const struct chunk *c)
{
	return c->reason ? c->reason : strerror(c->error);
}

void chunk_skip(struct chunk *c, uint64_t n)
{
	size_t left = reader_left(&c->view);
	size_t here = n < left ? (size_t)n : left;
	reader_skip(&c->view, here);
	c->skip += n - here;
}
