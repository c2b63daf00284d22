/*
 * From the rights that opening takes to none, in one direction. As root the run goes on as another
 * user; capabilities go for everybody, and nothing brings them back.
 */
#ifndef SEEP_CLI_PRIVILEGE_H
#define SEEP_CLI_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/* Who the run goes on as, where nobody else is named. */
#define PRIVILEGE_USER "nobody"

struct privilege {
	const char *name;
	bool said; /* named by the user: failing to become them ends the run */
	uid_t uid;
	gid_t gid;
};

/* Looks up whom to become; NULL: PRIVILEGE_USER. False with the reason printed. */
bool privilege_find(const char *name, struct privilege *out);

/* Keeps only the capabilities that it takes: to open interfaces and files of whomever and become
 * another user; or to open files only. */
enum privilege_need { PRIVILEGE_OPENING, PRIVILEGE_FILES };
void privilege_narrow(enum privilege_need need);

/* Becomes the other user (only as root), without any capability, for good. False, with the reason
 * printed, when rights are left. */
bool privilege_drop(const struct privilege *p);

#endif
