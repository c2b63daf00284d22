/* seep interfaces: what seep live would watch on this host, in which role and why. */
#include "capture/capture.h"
#include "cli/cli.h"

#include "core/clean.h"

#include <string.h>

/* Addresses shown of an interface; more are counted. */
#define ADDRS_SHOWN 4

/* Names may be any bytes but a slash and a space. Without a width the line ends. */
static void column_print(const char *text, int width)
{
	char clean[CLEAN_SIZE(HOST_WHY_MAX)];
	clean_text(clean, sizeof(clean), text, strlen(text), CLEAN_TERMINAL);
	printf("%-*s%s", width, clean, width ? "  " : "\n");
}

static void addresses_print(const struct host_link *l)
{
	char text[PREFIX_TEXT_MAX];
	for (uint32_t i = 0; i < l->addrs && i < ADDRS_SHOWN; i++)
		printf("%s%s", i ? ", " : "    ", prefix_text(&l->addr[i], text));
	if (l->addrs > ADDRS_SHOWN)
		printf(" and %u more", l->addrs - ADDRS_SHOWN);
	if (l->addrs)
		putchar('\n');
}

static void link_print(void *sink, const struct host_link *l)
{
	(void)sink;
	column_print(l->name, 15);
	column_print(l->kind[0] ? l->kind : "-", 9);
	column_print(l->up ? "up" : "down", 4);
	column_print(l->watched ? role_name(l->role) : "-", 8);
	column_print(l->watched ? "watched:" : "not:", 8);
	column_print(l->why, 0);
	addresses_print(l);
}

static int interfaces_run(struct options *o)
{
	if (o->file_count)
		return usage_error("interfaces: takes no arguments");
	return capture_interfaces(link_print, NULL) ? EXIT_CLEAN : EXIT_FAILED;
}

extern const struct command command_interfaces;
const struct command command_interfaces = {
	.name = "interfaces",
	.arguments = "",
	.summary = "what live would watch, as what, and why",
	.run = interfaces_run,
};
