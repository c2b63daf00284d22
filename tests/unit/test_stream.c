/*
 * TCP streams as a dissector sees them, see support/lines.h. A row is what is sent, as offsets from
 * the first byte of its side, and the log of what was read.
 */
#include "tests/unit/support/lines.h"

#define EVENTS_MAX   10
#define CLIENT_FIRST 1001
#define SERVER_FIRST 5001

enum kind { NOTHING, SENT, ANSWERED, SENT_FIN, ANSWERED_FIN, SENT_RST, ANSWERED_RST, CUT };

struct event {
	enum kind kind;
	int32_t at;
	const char *text;
};

static const struct row {
	const char *name;
	struct event event[EVENTS_MAX];
	const char *log;
	unsigned overlap, differs, gaps, outside;
} rows[] = {
	{"in order", {{SENT, 0, "L:a\n"}, {SENT, 4, "b\n"}}, ">L:a;>b;", 0, 0, 0, 0},
	{"two in one", {{SENT, 0, "L:a\nb\n"}}, ">L:a;>b;", 0, 0, 0, 0},
	{"one in three", {{SENT, 0, "L:"}, {SENT, 2, "a"}, {SENT, 3, "\n"}}, ">L:a;", 0, 0, 0, 0},
	{"one and a half", {{SENT, 0, "L:a\nb"}, {SENT, 5, "c\nd"}, {SENT, 8, "\n"}},
		">L:a;>bc;>d;", 0, 0, 0, 0},
	{"both ways", {{SENT, 0, "L:a\n"}, {ANSWERED, 0, "x\n"}, {SENT, 4, "b\n"}}, ">L:a;<x;>b;",
		0, 0, 0, 0},
	{"the server speaks first", {{ANSWERED, 0, "L:x\n"}, {SENT, 0, "a\n"}}, "<L:x;>a;", 0, 0, 0,
		0},
	{"out of order", {{SENT, 0, "L:a\n"}, {SENT, 6, "c\n"}, {SENT, 4, "b\n"}}, ">L:a;>b;>c;", 0,
		0, 0, 0},
	{"the first one late", {{SENT, 4, "b\n"}, {SENT, 6, "c\n"}, {SENT, 0, "L:a\n"}},
		">L:a;>b;>c;", 0, 0, 0, 0},
	{"repeated", {{SENT, 0, "L:a\n"}, {SENT, 0, "L:a\n"}, {SENT, 4, "b\n"}}, ">L:a;>b;", 1, 0,
		0, 0},
	{"repeated while held", {{SENT, 0, "L:a"}, {SENT, 0, "L:a"}, {SENT, 3, "\n"}}, ">L:a;", 1,
		0, 0, 0},
	{"other bytes while held", {{SENT, 0, "L:a"}, {SENT, 1, "XX\n"}}, ">L:a;", 1, 1, 0, 0},
	{"other bytes behind a hole",
		{{SENT, 0, "L:a\n"}, {SENT, 6, "c\n"}, {SENT, 5, "\nX\n"}, {SENT, 4, "b"}},
		">L:a;>b;>c;", 1, 1, 0, 0},
	{"repeated and more", {{SENT, 0, "L:a\n"}, {SENT, 0, "L:a\nb\n"}}, ">L:a;>b;", 1, 0, 0, 0},
	{"a keep-alive", {{SENT, 0, "L:a\n"}, {SENT, 3, "?"}, {SENT, 4, "b\n"}}, ">L:a;>b;", 0, 0,
		0, 0},
	{"a keep-alive while held", {{SENT, 0, "L:a"}, {SENT, 2, "?"}, {SENT, 3, "\n"}}, ">L:a;", 0,
		0, 0, 0},
	{"nobody reads it", {{SENT, 0, "GET / HTTP/1.1\r\n"}, {SENT, 16, "L:a\n"}}, ">L:a;", 0, 0,
		0, 0},
	{"given up after four",
		{{SENT, 0, "1\n"}, {SENT, 2, "2\n"}, {SENT, 4, "3\n"}, {SENT, 6, "4\n"},
			{SENT, 8, "L:a\n"}},
		"", 0, 0, 0, 0},
	{"not its protocol", {{SENT, 0, "L:a\nquit\nb\n"}, {SENT, 11, "c\n"}, {ANSWERED, 0, "x\n"}},
		">L:a;<x;", 0, 0, 0, 0},
	{"far away, alone", {{SENT, 0, "L:a\n"}, {SENT, 900000, "x\n"}, {SENT, 4, "b\n"}},
		">L:a;>b;", 0, 0, 0, 1},
	{"far away, and on",
		{{SENT, 0, "L:a\n"}, {SENT, 900000, "x\n"}, {SENT, 900002, "y\n"},
			{SENT, 900004, "z\n"}},
		">L:a;>!y;>z;", 0, 0, 1, 1},
	{"far back, and on",
		{{SENT, 0, "L:a\n"}, {SENT, -900000000, "x\n"}, {SENT, -899999998, "y\n"}},
		">L:a;>!y;", 0, 0, 1, 1},
	{"far away behind a hole",
		{{SENT, 0, "L:a\n"}, {SENT, 6, "c\n"}, {SENT, 900000, "x\n"},
			{SENT, 900002, "y\n"}},
		">L:a;>!c;>!y;", 0, 0, 2, 1},
	{"old bytes", {{SENT, 0, "L:a\n"}, {SENT, -2000, "x\n"}, {SENT, 4, "b\n"}}, ">L:a;>b;", 1,
		0, 0, 0},
	{"another protocol", {{SENT, 0, "L:a\nother\nb\n"}, {ANSWERED, 0, "x\n"}},
		">L:a;>other;>*b;<*x;", 0, 0, 0, 0},
	{"another protocol for bytes that wait",
		{{SENT, 0, "L:a\n"}, {SENT, 4, "b"}, {ANSWERED, 0, "other\n"}, {SENT, 5, "\n"}},
		">L:a;<other;>*b;", 0, 0, 0, 0},
	{"found out anew", {{SENT, 0, "L:a\nanew\nL:b\n"}, {ANSWERED, 0, "L:x\n"}},
		">L:a;>anew;>L:b;<L:x;", 0, 0, 0, 0},
	{"found out anew, in pieces", {{SENT, 0, "L:a\nanew\nL"}, {SENT, 10, ":b\n"}},
		">L:a;>anew;>L:b;", 0, 0, 0, 0},
	{"the other side's start waits",
		{{ANSWERED, 0, "L"}, {SENT, 0, "L:a\n"}, {ANSWERED, 1, "\n"}}, ">L:a;<L;", 0, 0, 0,
		0},
	{"an empty line before the start", {{SENT, 0, "\r\nL:a\n"}}, ">L:a;", 0, 0, 0, 0},
	{"kept alive by empty lines",
		{{SENT, 0, "\r\n"}, {SENT, 2, "\r\n"}, {SENT, 4, "\r\n"}, {SENT, 6, "\r\n"},
			{SENT, 8, "L:a\n"}},
		">L:a;", 0, 0, 0, 0},
	{"given up, and then known by the other side",
		{{ANSWERED, 0, "x"}, {ANSWERED, 1, "x"}, {ANSWERED, 2, "x"}, {ANSWERED, 3, "x"},
			{SENT, 0, "L:a\n"}, {ANSWERED, 4, "y\n"}},
		">L:a;<!y;", 0, 0, 0, 0},
	{"the last line has no end", {{SENT, 0, "L:a\n"}, {SENT_FIN, 4, "b"}}, ">L:a;>b$;", 0, 0, 0,
		0},
	{"a FIN alone", {{SENT, 0, "L:a\nb"}, {SENT_FIN, 5, ""}}, ">L:a;>b$;", 0, 0, 0, 0},
	{"a FIN before the end", {{SENT, 0, "L:a\n"}, {SENT_FIN, 6, "c"}, {SENT, 4, "b\n"}},
		">L:a;>b;>c$;", 0, 0, 0, 0},
	{"one side has ended", {{SENT_FIN, 0, "L:a\n"}, {ANSWERED, 0, "x\n"}}, ">L:a$;<x;", 0, 0, 0,
		0},
	{"behind the end", {{SENT_FIN, 0, "L:a\n"}, {ANSWERED_FIN, 0, "x\n"}, {SENT, 0, "L:a\n"}},
		">L:a$;<x$;", 0, 0, 0, 0},
	{"reset", {{SENT, 0, "L:a\n"}, {ANSWERED_RST, 0, ""}, {SENT, 4, "b\n"}}, ">L:a;", 0, 0, 0,
		0},
	{"reset elsewhere", {{SENT, 0, "L:a\n"}, {ANSWERED_RST, 1, ""}, {SENT, 4, "b\n"}},
		">L:a;>b;", 0, 0, 0, 0},
	{"a reset's text", {{SENT, 0, "L:a\n"}, {SENT_RST, 9, "why\n"}, {SENT, 4, "b\n"}},
		">L:a;>b;", 0, 0, 0, 0},
	{"cut", {{SENT, 0, "L:a\n"}, {CUT, 4, "b\nc"}, {SENT, 40, "d\n"}}, ">L:a;>b;>!d;", 0, 0, 0,
		0},
	{"cut with a hole before",
		{{SENT, 0, "L:a\n"}, {CUT, 20, "b\n"}, {SENT, 40, "d\n"}, {SENT, 42, "e\n"}},
		">L:a;>!d;>e;", 0, 0, 0, 0},
};

#define CUT_BYTES 30 /* on the wire and not captured */

static void event_send(struct lines *l, const struct event *e, uint32_t client, uint32_t server)
{
	bool from_client = e->kind == SENT || e->kind == SENT_FIN || e->kind == SENT_RST ||
		e->kind == CUT;
	bool fin = e->kind == SENT_FIN || e->kind == ANSWERED_FIN;
	bool rst = e->kind == SENT_RST || e->kind == ANSWERED_RST;
	size_t missing = e->kind == CUT ? CUT_BYTES : 0;
	rig_cut(&l->rig, from_client, TCP_ACK | (fin ? TCP_FIN : 0U) | (rst ? TCP_RST : 0U),
		(from_client ? client : server) + (uint32_t)e->at, e->text,
		strlen(e->text) + missing, missing);
}

static void row_check(const struct row *row, uint32_t client, uint32_t server)
{
	struct lines *l = lines_open();
	const struct stats *s = &l->rig.stats;
	lines_flags(l, true, TCP_SYN, client - 1);
	lines_flags(l, false, TCP_SYN | TCP_ACK, server - 1);
	for (const struct event *e = row->event; e->kind; e++)
		event_send(l, e, client, server);
	if (strcmp(l->log, row->log) != 0)
		fail_msg("%s: \"%s\", expected \"%s\"", row->name, l->log, row->log);
	if (s->stream_overlap != row->overlap || s->stream_overlap_differs != row->differs ||
		s->stream_gaps != row->gaps || s->stream_outside != row->outside)
		fail_msg("%s: overlap %u, differs %u, gaps %u, outside %u", row->name,
			(unsigned)s->stream_overlap, (unsigned)s->stream_overlap_differs,
			(unsigned)s->stream_gaps, (unsigned)s->stream_outside);
	lines_free(l);
}

static void streams_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		row_check(&rows[i], CLIENT_FIRST, SERVER_FIRST);
		/* Sequence numbers wrap in the middle of it. */
		row_check(&rows[i], UINT32_MAX - 1, UINT32_MAX);
		row_check(&rows[i], 0x7fffffff, 0);
	}
}

static void said(struct lines *l, const char *log)
{
	assert_string_equal(l->log, log);
	lines_free(l);
}

static void picked_up_in_the_middle(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	lines_send(l, 700, "the end of something\n");
	lines_send(l, 721, "L:a\n");
	lines_send(l, 725, "b\n");
	lines_answer(l, 90, "x\n");
	said(l, ">L:a;>b;<x;");
	/* No hole is waited for before it is known. */
	l = lines_open();
	lines_send(l, 700, "the end of something\n");
	lines_send(l, 800, "L:a\n");
	lines_send(l, 721, "late\n");
	lines_send(l, 804, "b\n");
	said(l, ">!L:a;>b;");
	/* The start comes in pieces. */
	l = lines_open();
	lines_send(l, 700, "L");
	lines_send(l, 701, ":a\n");
	said(l, ">L:a;");
}

static void a_new_connection(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	lines_connect(l);
	lines_connect(l); /* both repeated */
	lines_send(l, 1001, "L:a\nb");
	lines_flags(l, true, TCP_SYN, 1000);
	lines_send(l, 1006, "c\nother\n");
	lines_flags(l, true, TCP_SYN, 70000);
	lines_accept(l, 70000, 2000);
	lines_send(l, 70001, "L:d\n");
	lines_answer(l, 2001, "x\n");
	assert_int_equal(l->rig.stats.streams, 2);
	assert_int_equal(l->rig.run->streams.streams.count, 1);
	said(l, ">L:a;>bc;>other;>L:d;<x;");
	/* One that nobody read does not make the next one unread. */
	l = lines_open();
	lines_connect(l);
	for (uint32_t i = 0; i < 4; i++) {
		lines_send(l, 1001 + 2 * i, "?\n");
		lines_answer(l, 5001 + 2 * i, "!\n");
	}
	assert_int_equal(l->rig.stats.streams_unread, 1);
	assert_int_equal(l->rig.run->streams.streams.count, 0);
	lines_send(l, 1009, "L:a\n");
	lines_flags(l, true, TCP_SYN, 70000);
	lines_send(l, 70001, "L:b\n");
	said(l, ">L:b;");
}

/* A SYN that the other end does not take up is nobody's beginning (RFC 5961 §4). */
static void a_forged_syn_changes_nothing(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	lines_connect(l);
	lines_send(l, 1001, "L:a\n");
	lines_answer(l, 5001, "x\n");
	lines_flags(l, true, TCP_SYN, 700000);
	lines_flags(l, false, TCP_SYN | TCP_ACK, 800000);
	lines_send(l, 1005, "b\n");
	lines_answer(l, 5003, "y\n");
	lines_flags(l, false, TCP_ACK, 5005); /* which asks back */
	assert_int_equal(l->rig.stats.streams, 1);
	said(l, ">L:a;<x;>b;<y;");
	/* A true one after a forged answer. */
	l = lines_open();
	lines_connect(l);
	lines_send(l, 1001, "L:a\n");
	lines_flags(l, true, TCP_SYN, 700000);
	lines_flags(l, false, TCP_SYN | TCP_ACK, 800000);
	lines_accept(l, 700000, 900000);
	lines_send(l, 700001, "L:b\n");
	lines_answer(l, 900001, "y\n");
	said(l, ">L:a;>L:b;<y;");
	/* Of the answers, which are all that was captured, the first bytes tell. */
	l = lines_open();
	lines_answer(l, 5001, "L:a\n");
	lines_flags(l, false, TCP_SYN | TCP_ACK, 800000);
	lines_answer(l, 5005, "b\n");
	lines_answer(l, 800001, "L:c\n");
	said(l, ">L:a;>b;>L:c;");
}

static void a_syn_says_where_it_begins(void **state)
{
	(void)state;
	/* With data in it (RFC 7413), which the server did not take and that comes again. */
	struct lines *l = lines_open();
	rig_segment(&l->rig, true, TCP_SYN, 1000, "L:a\n", 4);
	lines_flags(l, false, TCP_SYN | TCP_ACK, 5000);
	lines_send(l, 1001, "L:a\nb\n");
	said(l, ">L:a;>b;");
	/* Of another connection, whose predecessor was picked up in the middle. */
	l = lines_open();
	lines_send(l, 900000, "L:a\nother\nb");
	lines_answer(l, 900000, "x");
	lines_connect(l);
	lines_send(l, 1001, "L:c\n");
	lines_answer(l, 5001, "y\n");
	said(l, ">L:a;>other;>L:c;<y;");
	/* Captured behind the first segment. */
	l = lines_open();
	lines_send(l, 1001, "L:a\n");
	lines_flags(l, true, TCP_SYN, 1000);
	lines_flags(l, false, TCP_SYN | TCP_ACK, 5000);
	lines_send(l, 1005, "b\n");
	said(l, ">L:a;>b;");
	/* Nothing but SYNs takes no stream. */
	l = lines_open();
	for (uint8_t i = 1; i < 20; i++) {
		l->rig.client = i;
		lines_connect(l);
		lines_flags(l, false, TCP_RST, 5001);
		lines_flags(l, true, TCP_FIN, 1001);
	}
	assert_int_equal(l->rig.stats.streams, 0);
	assert_int_equal(l->rig.run->streams.streams.count, 0);
	said(l, "");
}

/* The receiver has got everything before this byte of the client's. */
static void acknowledge(struct lines *l, uint32_t at)
{
	l->rig.acknowledged = CLIENT_FIRST + at;
	lines_flags(l, false, TCP_ACK, SERVER_FIRST);
}

static struct lines *lines_with_a_hole(void)
{
	struct lines *l = lines_open();
	lines_connect(l);
	lines_send(l, CLIENT_FIRST, "L:a\n");
	lines_send(l, CLIENT_FIRST + 6, "c\n");
	return l;
}

/* What was received and not captured will not come. */
static void a_hole_that_was_received(void **state)
{
	(void)state;
	struct lines *l = lines_with_a_hole();
	acknowledge(l, 8);
	assert_string_equal(l->log, ">L:a;"); /* it may have overtaken the segment */
	acknowledge(l, 8);
	assert_string_equal(l->log, ">L:a;>!c;");
	assert_int_equal(l->rig.stats.stream_gaps, 1);
	assert_int_equal(l->rig.run->streams.holey, 0);
	lines_send(l, CLIENT_FIRST + 8, "d\n");
	said(l, ">L:a;>!c;>d;");
}

static void a_hole_that_was_not(void **state)
{
	(void)state;
	struct lines *l = lines_with_a_hole();
	for (unsigned i = 0; i < 2 * STREAM_ACKS; i++)
		acknowledge(l, 4);
	assert_int_equal(l->rig.run->streams.holey, 1);
	lines_send(l, CLIENT_FIRST + 4, "b\n");
	assert_int_equal(l->rig.run->streams.holey, 0);
	assert_int_equal(l->rig.stats.stream_gaps, 0);
	said(l, ">L:a;>b;>c;");
}

static void several_holes_and_the_end(void **state)
{
	(void)state;
	struct lines *l = lines_with_a_hole();
	lines_send(l, CLIENT_FIRST + 10, "e\n");
	lines_flags(l, true, TCP_FIN | TCP_ACK, CLIENT_FIRST + 12);
	acknowledge(l, 13); /* the FIN, too: that is all there was */
	assert_int_equal(l->rig.stats.stream_gaps, 2);
	said(l, ">L:a;>!c;>!e$;");
}

/* An acknowledgment with bytes comes before what these bytes answer. */
static void received_and_answered(void **state)
{
	(void)state;
	struct lines *l = lines_with_a_hole();
	acknowledge(l, 8);
	lines_answer(l, SERVER_FIRST, "x\n");
	said(l, ">L:a;>!c;<x;");
}

static void ends_give_everything_back(void **state)
{
	(void)state;
	struct lines *l = lines_open();
	const struct streams *s = &l->rig.run->streams;
	lines_connect(l);
	lines_send(l, 1001, "L:a\nb");
	lines_answer(l, 5001, "x");
	assert_int_equal(s->buffers.count, 2);
	lines_flags(l, true, TCP_FIN | TCP_ACK, 1006);
	assert_int_equal(s->buffers.count, 1);
	lines_flags(l, false, TCP_FIN | TCP_ACK, 5002);
	assert_int_equal(s->buffers.count, 0);
	assert_int_equal(s->streams.count, 0);
	said(l, ">L:a;>b$;<x$;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_read),
		cmocka_unit_test(picked_up_in_the_middle),
		cmocka_unit_test(a_new_connection),
		cmocka_unit_test(a_forged_syn_changes_nothing),
		cmocka_unit_test(a_syn_says_where_it_begins),
		cmocka_unit_test(a_hole_that_was_received),
		cmocka_unit_test(a_hole_that_was_not),
		cmocka_unit_test(several_holes_and_the_end),
		cmocka_unit_test(received_and_answered),
		cmocka_unit_test(ends_give_everything_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
