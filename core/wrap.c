/* Lines are filled word by word; the spaces at a break are dropped. */
#include "core/wrap.h"

#include <string.h>

/* Continuation bytes take no column. */
size_t wrap_columns(const char *text, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

size_t wrap_line(const char **text, size_t width)
{
	const char *start = *text;
	size_t length = strcspn(start, " "), gap = strspn(start + length, " ");
	while (start[length + gap]) {
		size_t next = length + gap + strcspn(start + length + gap, " ");
		if (wrap_columns(start, next) > width)
			break;
		length = next;
		gap = strspn(start + length, " ");
	}
	*text = start + length + gap;
	return length;
}
