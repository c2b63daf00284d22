/*
 * A document that an output puts together in memory and writes in one piece. What is not ours is
 * put in as text: it can end no tag and start none.
 */
#ifndef SEEP_OUTPUT_DOCUMENT_H
#define SEEP_OUTPUT_DOCUMENT_H

#include "output/sink.h"

#include <stdio.h>

struct document {
	struct sink *sink;
	FILE *file; /* NULL without memory: all of it is lost, and counted */
	char *bytes;
	size_t length;
};

void document_begin(struct document *d, struct sink *sink);

/* Markup of ours, as it is. What is formatted into it must not come from outside. */
__attribute__((format(printf, 2, 3))) void document_add(
	struct document *d, const char *format, ...);
void document_bytes(struct document *d, const void *bytes, size_t length);

/* Text from anywhere, for XML 1.0 and HTML, between tags or in a quoted attribute. */
void document_text(struct document *d, const char *text);

/* Hands the document to its sink in one write. */
void document_end(struct document *d);

#endif
