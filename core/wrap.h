/* Breaking text for people into lines. */
#ifndef SEEP_CORE_WRAP_H
#define SEEP_CORE_WRAP_H

#include <stddef.h>

/* Columns that well-formed UTF-8 takes; wide and combining characters are not told apart. */
size_t wrap_columns(const char *text, size_t length);

/* The bytes of the next line of at most `width` columns, broken at a space; a word that is too long
 * for a line gets one of its own. Moves *text on to the start of the line after it. */
size_t wrap_line(const char **text, size_t width);

#endif
