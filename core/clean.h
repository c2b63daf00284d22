/*
 * Text that came from the wire or a file name, made fit to be shown: well-formed UTF-8 stays, every
 * other byte becomes the four characters \xHH.
 */
#ifndef SEEP_CORE_CLEAN_H
#define SEEP_CORE_CLEAN_H

#include <stddef.h>

/* JSON has its own spelling for the control characters below space, a terminal obeys them. */
enum clean_for { CLEAN_JSON, CLEAN_TERMINAL };

/* Room for `length` bytes, whatever they are. */
#define CLEAN_SIZE(length) ((length)*4 + 1)

/* Fills `out` with at most `size` bytes, NUL included; what does not fit is left out, a character
 * at a time. Returns the length. */
size_t clean_text(char *out, size_t size, const void *bytes, size_t length, enum clean_for reader);

#endif
