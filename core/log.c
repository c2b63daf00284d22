/*
 * Messages for the person at the terminal. What they quote (file names, text from a capture) may
 * hold anything, so control bytes are shown, not sent.
 */
#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 1024

void log_message(const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	fputs("seep: ", stderr);
	for (const char *c = text; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		if (byte < 0x20 || byte == 0x7f)
			fprintf(stderr, "\\x%02x", byte);
		else
			fputc(byte, stderr);
	}
	fputc('\n', stderr);
}
