/* Files and interfaces by name, each with the role that may stand before it. */
#include "cli/sources.h"

#include <string.h>
#include <sys/resource.h>

/* "lan:x.pcap" is x.pcap with a role; "./lan:x.pcap" and any other prefix are file names. */
static const char *role_split(const char *argument, enum role *role)
{
	char word[16];
	const char *colon = strchr(argument, ':');
	size_t length = colon ? (size_t)(colon - argument) : sizeof(word);
	*role = ROLE_AUTO;
	if (length >= sizeof(word))
		return argument;
	memcpy(word, argument, length);
	word[length] = '\0';
	return role_parse(word, role) ? colon + 1 : argument;
}

/* Each capture keeps its file open until its last frame. */
static void files_allow(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int files_open(const struct options *o, struct capture *c, bool *failed)
{
	if (o->file_count > SOURCE_CAPTURES_MAX)
		return usage_error("more than %d captures", SOURCE_CAPTURES_MAX);
	bool any = false;
	files_allow();
	for (int i = 0; i < o->file_count; i++) {
		enum role role;
		const char *name = role_split(o->files[i], &role);
		bool opened = capture_open(c, name, role);
		*failed |= !opened;
		any |= opened;
	}
	return any ? EXIT_CLEAN : EXIT_FAILED;
}

/* Each interface has a role of its own, and is watched by one capture. */
static bool interface_takes(const struct options *o, const char *name, enum role role)
{
	if (strcmp(name, "any") == 0 && (role != ROLE_AUTO || o->interface_count > 1)) {
		usage_error("-i any: stands for all interfaces, so it is named alone");
		return false;
	}
	for (unsigned i = 0, same = 0; i < o->interface_count; i++) {
		enum role other;
		same += strcmp(role_split(o->interfaces[i], &other), name) == 0;
		if (same > 1) {
			usage_error("-i %s: named twice", name);
			return false;
		}
	}
	return true;
}

static int live_open(const struct options *o, struct capture *c)
{
	if (!o->interface_count)
		return capture_add_live(c, NULL, ROLE_AUTO) ? EXIT_CLEAN : EXIT_FAILED;
	for (unsigned i = 0; i < o->interface_count; i++) {
		enum role role;
		const char *name = role_split(o->interfaces[i], &role);
		if (!interface_takes(o, name, role))
			return EXIT_USAGE;
		if (!capture_add_live(c, strcmp(name, "any") == 0 ? NULL : name, role))
			return EXIT_FAILED;
	}
	return EXIT_CLEAN;
}

int sources_open(const struct options *o, struct capture *c, bool *failed)
{
	return o->live ? live_open(o, c) : files_open(o, c, failed);
}
