/*
 * Lays out text for people. A page is put together in memory, because a record is one write.
 */
#include "output/page.h"

#include "core/clean.h"
#include "core/wrap.h"
#include "output/format.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define WIDTH_UNKNOWN 80
#define WIDTH_LEAST   40
#define WIDTH_MOST    120
#define INDENT        2
#define LABEL_WIDTH   12

static const char *const style_codes[] = {
	[STYLE_PLAIN] = "",
	[STYLE_BOLD] = "\033[1m",
	[STYLE_DIM] = "\033[2m",
	[STYLE_RED] = "\033[1;31m",
	[STYLE_YELLOW] = "\033[1;33m",
	[STYLE_BLUE] = "\033[1;34m",
};

static size_t window_width(const struct sink *sink)
{
	struct winsize window = {0};
	if (!sink->terminal || ioctl(sink->fd, TIOCGWINSZ, &window) != 0 || !window.ws_col)
		return WIDTH_UNKNOWN;
	if (window.ws_col < WIDTH_LEAST)
		return WIDTH_LEAST;
	return window.ws_col > WIDTH_MOST ? WIDTH_MOST : window.ws_col;
}

void page_begin(struct page *p, struct output *o)
{
	*p = (struct page){.sink = &o->sink};
	p->width = window_width(p->sink);
	p->color = p->sink->terminal && o->context->color;
	p->file = open_memstream(&p->bytes, &p->length);
}

void page_end(struct page *p)
{
	if (!p->file || fclose(p->file) != 0)
		sink_fail(p->sink, "out of memory");
	else
		sink_write(p->sink, p->bytes, p->length);
	free(p->bytes);
}

static void put(struct page *p, const char *text, size_t length)
{
	if (p->file)
		fwrite(text, 1, length, p->file);
}

static void put_spaces(struct page *p, size_t count)
{
	while (count--)
		put(p, " ", 1);
}

static void put_style(struct page *p, enum style style, bool on)
{
	const char *code = on ? style_codes[style] : "\033[0m";
	if (p->color && style != STYLE_PLAIN)
		put(p, code, strlen(code));
}

void page_newline(struct page *p)
{
	put(p, "\n", 1);
	p->started = false;
}

void page_word(struct page *p, enum style style, const char *text)
{
	char clean[CLEAN_SIZE(ALERT_TEXT_MAX)];
	size_t length = clean_text(clean, sizeof(clean), text, strlen(text), CLEAN_TERMINAL);
	if (p->started)
		put_spaces(p, 2);
	put_style(p, style, true);
	put(p, clean, length);
	put_style(p, style, false);
	p->started = true;
}

static void put_wrapped(struct page *p, size_t indent, enum style style, const char *text)
{
	do {
		const char *line = text;
		size_t length = wrap_line(&text, p->width - indent);
		put_style(p, style, true);
		put(p, line, length);
		put_style(p, style, false);
		page_newline(p);
		put_spaces(p, *text ? indent : 0);
	} while (*text);
}

static void put_clean(struct page *p, size_t indent, enum style style, const char *text)
{
	char clean[CLEAN_SIZE(STRIP_SIZE)];
	clean_text(clean, sizeof(clean), text, strlen(text), CLEAN_TERMINAL);
	put_wrapped(p, indent, style, clean);
}

void page_paragraph(struct page *p, enum style style, const char *text)
{
	put_spaces(p, INDENT);
	put_clean(p, INDENT, style, text);
}

void page_row(struct page *p, const char *label, enum style style, const char *text)
{
	if (!*text)
		return;
	if (!label)
		label = "";
	put_spaces(p, INDENT);
	put_style(p, STYLE_DIM, true);
	put(p, label, strlen(label));
	put_style(p, STYLE_DIM, false);
	put_spaces(p, LABEL_WIDTH - wrap_columns(label, strlen(label)));
	put_clean(p, INDENT + LABEL_WIDTH, style, text);
}
