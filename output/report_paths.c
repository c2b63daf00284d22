/*
 * Pictures: for each client that leaked, the way its traffic was meant to go, and the line that
 * went around it; then all findings along the time of the capture. Inline SVG, without scripts.
 * Widths are of the picture's own units; texts that do not fit are cut, the tables have them whole.
 */
#include "output/facts.h"
#include "output/report.h"

#include <inttypes.h>
#include <string.h>

#define CLIENTS_SHOWN  8
#define NAMES_SHOWN    2
#define BOX_LETTERS    30 /* more are set closer */
#define BARS_SHOWN     40
#define BAR_HEIGHT     22
#define BAR_TOP        30
#define TIMELINE_LEFT  330
#define TIMELINE_WIDTH 560
#define TICKS          4

/* What is known of one client's leaks. */
struct picture {
	const struct addr *client;
	enum severity worst;
	struct report_names expected, leaked, servers;
};

static void names_text(const struct report_names *names, const char *none, struct strip *s)
{
	uint32_t shown = names->count < NAMES_SHOWN ? names->count : NAMES_SHOWN;
	for (uint32_t i = 0; i < shown; i++) {
		strip_comma(s);
		strip_add(s, "%s", names->text[i]);
	}
	if (names->count + names->more > shown)
		strip_add(s, " and %" PRIu32 " more", names->count + names->more - shown);
	if (!names->count)
		strip_add(s, "%s", none);
}

static void picture_add(struct picture *p, const struct alert *a)
{
	char text[ENDPOINT_TEXT_MAX];
	for (size_t i = 0; i < a->expected_count; i++)
		report_names_add(&p->expected, prefix_text(&a->expected[i], text));
	report_names_leaked(&p->leaked, a);
	if (a->server.addr.family != ADDR_NONE)
		report_names_add(&p->servers, endpoint_text(&a->server, text));
	if (a->severity > p->worst)
		p->worst = a->severity;
}

static void put_text(struct report_view *v, unsigned x, unsigned y, const char *class,
	const char *anchor, const char *text)
{
	document_add(&v->d, "<text x=\"%u\" y=\"%u\" class=\"%s\" text-anchor=\"%s\">", x, y, class,
		anchor);
	document_text(&v->d, text);
	document_add(&v->d, "</text>\n");
}

/* A box with a heading and a line of text in it. */
static void put_box(struct report_view *v, unsigned x, unsigned y, const char *class,
	const char *heading, const char *text)
{
	document_add(&v->d,
		"<rect x=\"%u\" y=\"%u\" width=\"230\" height=\"58\" rx=\"6\" class=\"box %s\"/>\n",
		x, y, class);
	put_text(v, x + 115, y + 24, "dim", "middle", heading);
	document_add(&v->d, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\"%s>", x + 115, y + 44,
		strlen(text) > BOX_LETTERS ? " textLength=\"218\" lengthAdjust=\"spacingAndGlyphs\""
					   : "");
	document_text(&v->d, text);
	document_add(&v->d, "</text>\n");
}

/* Client on the left, tunnel or proxy above in the middle, server on the right. */
static void put_picture(struct report_view *v, const struct picture *p, unsigned number)
{
	struct strip expected = {0}, leaked = {0}, servers = {0}, told = {0};
	char client[ADDR_TEXT_MAX];
	names_text(&p->expected, "its exit is not known", &expected);
	names_text(&p->leaked, "that it is there", &leaked);
	strip_add(&told, p->leaked.count ? "gave away %s" : "told %s", leaked.text);
	names_text(&p->servers, "on the way", &servers);
	document_add(&v->d,
		"<svg viewBox=\"0 0 900 190\" role=\"img\" aria-labelledby=\"p%u\">\n"
		"<title id=\"p%u\">",
		number, number);
	document_text(&v->d, addr_text(p->client, client));
	document_text(&v->d, " went around its tunnel: ");
	document_text(&v->d, told.text);
	document_add(&v->d, "</title>\n");
	if (p->expected.count)
		document_add(&v->d,
			"<path class=\"meant\" d=\"M240 100 C290 100 285 45 323 45\"/>"
			"<path class=\"meant\" d=\"M565 45 C615 45 610 100 653 100\"/>"
			"<path class=\"meant-head\" d=\"M323 39l12 6-12 6z\"/>"
			"<path class=\"meant-head\" d=\"M653 94l12 6-12 6z\"/>\n");
	document_add(&v->d,
		"<path class=\"around\" d=\"M240 118 C340 160 560 160 653 118\"/>"
		"<path class=\"around-head\" d=\"M648 111l17 2-11 13z\"/>\n");
	put_box(v, 5, 78, "", "client", client);
	put_box(v, 335, 15, p->expected.count ? "" : "none",
		p->expected.count ? "meant to come out of" : "tunnel or proxy", expected.text);
	put_box(v, 665, 78, "", "told to", servers.text);
	put_text(v, 450, 176, "told", "middle", told.text);
	document_add(&v->d, "</svg>\n");
}

/* Another finding of this client was drawn already. */
static bool client_drawn(const struct report_view *v, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++) {
		if (addr_equal(&v->findings[k]->alert.client, &v->findings[i]->alert.client))
			return true;
	}
	return false;
}

static void client_draw(struct report_view *v, uint32_t first, unsigned number)
{
	struct picture picture = {.client = &v->findings[first]->alert.client};
	for (uint32_t i = first; i < v->standing; i++) {
		const struct alert *a = &v->findings[i]->alert;
		if (addr_equal(&a->client, picture.client) && a->severity > SEVERITY_INFO)
			picture_add(&picture, a);
	}
	put_picture(v, &picture, number);
}

void report_paths(struct report_view *v)
{
	unsigned clients = 0;
	for (uint32_t i = 0; i < v->standing; i++) {
		if (v->findings[i]->alert.severity <= SEVERITY_INFO || client_drawn(v, i))
			continue;
		if (++clients > CLIENTS_SHOWN)
			break;
		if (clients == 1)
			document_add(&v->d, "<section>\n<h2>Which way it went</h2>\n");
		client_draw(v, i, clients);
	}
	if (clients > CLIENTS_SHOWN)
		document_add(&v->d,
			"<p class=\"dim\">The %u clients with the gravest findings.</p>\n",
			CLIENTS_SHOWN);
	document_add(&v->d, clients ? "</section>\n" : "");
}

/* Where a moment lies in the picture. */
static unsigned time_x(const struct report_view *v, uint64_t ns)
{
	uint64_t first = v->summary->first_ns, last = v->summary->last_ns;
	if (ns <= first || last <= first)
		return TIMELINE_LEFT;
	if (ns >= last)
		return TIMELINE_LEFT + TIMELINE_WIDTH;
	double part = (double)(ns - first) / (double)(last - first);
	return TIMELINE_LEFT + (unsigned)(part * TIMELINE_WIDTH);
}

static void put_ticks(struct report_view *v, unsigned height)
{
	uint64_t first = v->summary->first_ns, span = v->summary->last_ns - first;
	for (unsigned i = 0; i <= TICKS; i++) {
		struct strip label = {0};
		char amount[AMOUNT_TEXT_SIZE];
		unsigned x = TIMELINE_LEFT + i * TIMELINE_WIDTH / TICKS;
		strip_add(&label, "+%s", duration_people(span / TICKS * i, amount));
		document_add(&v->d,
			"<line class=\"axis\" x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>\n", x,
			BAR_TOP - 6, x, height);
		put_text(v, x, BAR_TOP - 12, "dim",
			i == TICKS  ? "end"
				: i ? "middle"
				    : "start",
			i ? label.text : "start");
	}
}

static void put_bar(struct report_view *v, const struct kept_finding *f, unsigned row)
{
	const struct alert *a = &f->alert;
	const unsigned y = BAR_TOP + row * BAR_HEIGHT, least = 5;
	unsigned from = time_x(v, a->first_ns), to = time_x(v, a->last_ns);
	char client[ADDR_TEXT_MAX], span[SPAN_TEXT_SIZE];
	struct strip label = {0};
	strip_add(&label, "%s  %s", addr_text(&a->client, client), a->detection->id);
	put_text(v, TIMELINE_LEFT - 12, y + 15, "", "end", label.text);
	document_add(&v->d,
		"<rect class=\"bar %s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"12\" rx=\"2\"><title>",
		severity_name(a->severity), from, y + 4, to - from > least ? to - from : least);
	document_text(&v->d, span_people(a->first_ns, a->last_ns, span));
	document_text(&v->d, ": ");
	document_text(&v->d, a->message);
	document_add(&v->d, "</title></rect>\n");
}

static void put_lane(struct report_view *v, const struct lane *lane, const char *name, unsigned row)
{
	const unsigned y = BAR_TOP + row * BAR_HEIGHT, least = 3;
	char span[SPAN_TEXT_SIZE];
	put_text(v, TIMELINE_LEFT - 12, y + 15, "dim", "end", name);
	for (uint32_t i = 0; i < lane->count; i++) {
		uint64_t first = lane->span[i].from_ns, last = lane->span[i].to_ns;
		unsigned from = time_x(v, first), to = time_x(v, last);
		document_add(&v->d,
			"<rect class=\"bar went\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"12\">"
			"<title>%s</title></rect>\n",
			from, y + 4, to - from > least ? to - from : least,
			span_people(first, last, span));
	}
}

/* How many rows they took. */
static unsigned put_lanes(struct report_view *v)
{
	unsigned rows = 0;
	for (unsigned i = 0; i < LANES; i++) {
		if (v->lanes->lane[i].count)
			put_lane(v, &v->lanes->lane[i], lane_name(i), rows++);
	}
	return rows;
}

static unsigned lanes_count(const struct report_view *v)
{
	unsigned count = 0;
	for (unsigned i = 0; i < LANES; i++)
		count += v->lanes->lane[i].count > 0;
	return count;
}

void report_timeline(struct report_view *v)
{
	uint32_t bars = v->standing < BARS_SHOWN ? v->standing : BARS_SHOWN;
	unsigned height = BAR_TOP + (lanes_count(v) + bars) * BAR_HEIGHT + 6;
	if (!bars && !lanes_count(v))
		return;
	document_add(&v->d,
		"<section>\n<h2>When</h2>\n<svg viewBox=\"0 0 900 %u\" role=\"img\" "
		"aria-label=\"what went on, and findings, by time\">\n",
		height);
	put_ticks(v, height);
	unsigned lanes = put_lanes(v);
	for (uint32_t i = 0; i < bars; i++)
		put_bar(v, v->findings[i], lanes + i);
	document_add(&v->d, "</svg>\n");
	if (v->standing > bars)
		document_add(&v->d, "<p class=\"dim\">The gravest %u of %u findings.</p>\n", bars,
			v->standing);
	document_add(&v->d, "</section>\n");
}
