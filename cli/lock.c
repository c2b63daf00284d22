/* Rights given up in one direction, and what is left to a helper. */
#include "cli/lock.h"

#include "cli/sandbox.h"
#include "core/log.h"

#include <fcntl.h>

bool lock_begin(struct lock *l, const struct options *o)
{
	if (!privilege_find(o->user, &l->user))
		return false;
	if (!o->no_sandbox)
		privilege_narrow(PRIVILEGE_OPENING);
	return true;
}

bool lock_help(struct lock *l, const struct options *o, const struct outputs *outputs)
{
	struct output_file file;
	l->helper = helper_new();
	if (!l->helper) {
		log_message("not enough memory");
		return false;
	}
	for (unsigned i = 0; outputs_file(outputs, i, &file); i++) {
		if (file.path)
			helper_add(l->helper, file.path, file.flags, file.mode);
	}
	if (o->policy)
		helper_add(l->helper, o->policy, O_RDONLY, 0);
	return o->no_sandbox || helper_start(l->helper);
}

static unsigned rights_kept(const struct options *o, const struct outputs *outputs)
{
	unsigned asked = outputs_rights(outputs), rights = o->live ? SANDBOX_CAPTURE : 0;
	if (asked & OUTPUT_SOCKETS)
		rights |= SANDBOX_SOCKETS;
	if (asked & OUTPUT_THREADS)
		rights |= SANDBOX_THREADS;
	return rights;
}

bool lock_close(const struct lock *l, const struct options *o, const struct outputs *outputs)
{
	if (o->no_sandbox)
		return true;
	if (!privilege_drop(&l->user))
		return false;
	unsigned layers = sandbox_lock(rights_kept(o, outputs));
	if (o->verbose)
		log_message("locked down: seccomp %s, Landlock %s",
			layers & SANDBOX_SECCOMP ? "on" : "not to be had",
			layers & SANDBOX_LANDLOCK ? "on" : "not to be had");
	return true;
}

int lock_open(const struct lock *l, const char *path)
{
	return helper_open(l->helper, path);
}

void lock_free(struct lock *l)
{
	helper_free(l->helper);
}
