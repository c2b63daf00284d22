/* Users and capabilities (capabilities(7)), by libcap-ng. */
#include "cli/privilege.h"

#include "core/log.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

bool privilege_find(const char *name, struct privilege *out)
{
	*out = (struct privilege){.name = name ? name : PRIVILEGE_USER, .said = name};
	if (geteuid() != 0 && !name)
		return true;
	if (geteuid() != 0) {
		log_message("-Z %s: only root can become another user", name);
		return false;
	}
	errno = 0;
	const struct passwd *user = getpwnam(out->name);
	if (!user && name) {
		log_message("-Z %s: %s", name, errno ? strerror(errno) : "there is no such user");
		return false;
	}
	/* The number is the same wherever the user has no name. */
	out->uid = user ? user->pw_uid : 65534;
	out->gid = user ? user->pw_gid : 65534;
	return true;
}

static const struct {
	unsigned capability;
	enum privilege_need need; /* the last that takes it */
} needed[] = {
	{CAP_NET_RAW, PRIVILEGE_OPENING},
	{CAP_NET_ADMIN, PRIVILEGE_OPENING},
	{CAP_SETUID, PRIVILEGE_OPENING},
	{CAP_SETGID, PRIVILEGE_OPENING},
	{CAP_SETPCAP, PRIVILEGE_OPENING},
	{CAP_DAC_OVERRIDE, PRIVILEGE_FILES},
	{CAP_FOWNER, PRIVILEGE_FILES},
};

#define NEEDED (sizeof(needed) / sizeof(needed[0]))

void privilege_narrow(enum privilege_need need)
{
	bool have[NEEDED];
	if (capng_get_caps_process() != 0)
		return;
	for (size_t i = 0; i < NEEDED; i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, needed[i].capability);
	capng_clear(CAPNG_SELECT_CAPS);
	for (size_t i = 0; i < NEEDED; i++) {
		if (have[i] && needed[i].need >= need)
			capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
				needed[i].capability);
	}
	capng_apply(CAPNG_SELECT_CAPS); /* failing leaves more than needed, until all goes */
}

/* Where another user cannot be become (a namespace without one, a container without the right), the
 * run goes on as root in name: what follows takes the rights all the same. */
static bool user_become(const struct privilege *p)
{
	bool changed = setgroups(0, NULL) == 0 && setresgid(p->gid, p->gid, p->gid) == 0 &&
		setresuid(p->uid, p->uid, p->uid) == 0;
	if (!changed && p->said)
		log_message("-Z %s: cannot become this user: %s", p->name, strerror(errno));
	return changed || !p->said;
}

/* The bounding set cannot be emptied without a right to do so, and binds nobody who has none. */
static bool capabilities_drop(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_ALL) != 0 && capng_apply(CAPNG_SELECT_CAPS) != 0)
		return false;
	capng_get_caps_process();
	return capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE;
}

static bool user_regained(const struct privilege *p)
{
	return p->uid != 0 && getuid() == p->uid && (setuid(0) == 0 || seteuid(0) == 0);
}

bool privilege_drop(const struct privilege *p)
{
	if (capng_get_caps_process() != 0 || prctl(PR_SET_KEEPCAPS, 1) != 0) {
		log_message("capabilities cannot be given up: %s", strerror(errno));
		return false;
	}
	if (geteuid() == 0 && !user_become(p))
		return false;
	/* Kept until here so that the bounding set could be emptied, too. */
	capng_get_caps_process();
	if (capng_have_capability(CAPNG_PERMITTED, CAP_SETPCAP)) {
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, CAP_SETPCAP);
		capng_apply(CAPNG_SELECT_CAPS);
	}
	bool dropped = capabilities_drop() && prctl(PR_SET_KEEPCAPS, 0) == 0 &&
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (dropped && !user_regained(p))
		return true;
	log_message("rights cannot be given up: %s", dropped ? "they come back" : strerror(errno));
	return false;
}
