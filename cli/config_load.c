/* A policy file read whole, and complaints about it as people and editors expect them. */
#include "cli/config.h"
#include "core/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complaint_print(void *sink, const struct config_error *error)
{
	const char *const *path = sink;
	log_message(
		"%s:%" PRIu32 ":%" PRIu32 ": %s", *path, error->line, error->column, error->text);
}

/* All of the file, not NUL-terminated; NULL with a message. free() it. */
static char *file_read(const char *path, int fd, size_t *length)
{
	char *text = malloc(CONFIG_SIZE_MAX + 1);
	FILE *file = NULL;
	if (text)
		file = fd < 0 ? fopen(path, "re") : fdopen(fd, "r");
	if (file)
		*length = fread(text, 1, CONFIG_SIZE_MAX + 1, file);
	if (!file || ferror(file))
		log_message("%s: %s", path, strerror(errno));
	else if (*length > CONFIG_SIZE_MAX)
		log_message("%s: larger than %d bytes", path, CONFIG_SIZE_MAX);
	else
		goto done;
	free(text);
	text = NULL;
done:
	if (file)
		fclose(file);
	return text;
}

bool config_load(struct config *c, const char *path, int fd)
{
	size_t length = 0;
	char *text = file_read(path, fd, &length);
	bool read = text && config_parse(c, text, length, complaint_print, &path);
	free(text);
	return read;
}
