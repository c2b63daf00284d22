/*
 * A page of text for people: rows that line up, paragraphs that fit the window, colour only where
 * it is wanted. Everything put on it is cleaned (clean.h) first, so nothing that came off the wire
 * or from a file name reaches a terminal raw.
 */
#ifndef SEEP_OUTPUT_PAGE_H
#define SEEP_OUTPUT_PAGE_H

#include "output/driver.h"

#include <stdbool.h>
#include <stdio.h>

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW, STYLE_BLUE };

struct page {
	struct sink *sink;
	FILE *file; /* NULL without memory: everything put on the page is lost, and counted */
	char *bytes;
	size_t length;
	size_t width; /* columns */
	bool color;
	bool started; /* the current line has a word already */
};

void page_begin(struct page *p, struct output *o);

/* A word on the current line, two spaces behind the one before. */
void page_word(struct page *p, enum style style, const char *text);

/* Ends the current line. */
void page_newline(struct page *p);

/* Text at the indentation of the rows, wrapped. */
void page_paragraph(struct page *p, enum style style, const char *text);

/* "  label       text", wrapped under the text; nothing when the text is empty. A NULL label
 * continues the row above. */
void page_row(struct page *p, const char *label, enum style style, const char *text);

/* Hands the page to its sink in one write. */
void page_end(struct page *p);

#endif
