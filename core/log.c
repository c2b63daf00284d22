/*
 * Messages for the person at the terminal. What they quote (file names, text from a capture) may
 * hold anything, so it is cleaned; each goes out whole.
 */
#include "core/log.h"

#include "core/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX 1024

void log_message(const char *format, ...)
{
	char text[MESSAGE_MAX], clean[CLEAN_SIZE(MESSAGE_MAX)];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	clean_text(clean, sizeof(clean), text, strlen(text), CLEAN_TERMINAL);
	fprintf(stderr, "seep: %s\n", clean);
}
