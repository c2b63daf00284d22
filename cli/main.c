/*
 * seep: did any real-time traffic go around the tunnel, and which real address did it give away?
 * Finds the subcommand and runs it.
 */
#include "cli/cli.h"

#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command *command_find(const char *name)
{
	for (unsigned i = 0; command_info(i); i++) {
		if (strcmp(command_info(i)->name, name) == 0)
			return command_info(i);
	}
	return NULL;
}

static int version_print(void)
{
	puts("seep " SEEP_VERSION);
	return EXIT_CLEAN;
}

static int command_run(const struct command *command, int argc, char **argv)
{
	struct options options = {.config = config_new()};
	int status = EXIT_CLEAN;
	if (!options.config) {
		log_message("not enough memory");
		return EXIT_FAILED;
	}
	if (!options_parse(&options, command, argc, argv))
		status = EXIT_USAGE;
	else if (options.version)
		status = version_print();
	else if (options.help)
		help_print_command(stdout, command);
	else
		status = command->run(&options);
	free(options.config);
	return status;
}

static int seep_run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0) {
		help_print(stdout);
		return EXIT_CLEAN;
	}
	if (strcmp(name, "-V") == 0 || strcmp(name, "--version") == 0)
		return version_print();
	const struct command *command = command_find(name);
	if (command)
		return command_run(command, argc - 1, argv + 1);
	if (name[0] == '\0') {
		help_print(stderr);
		return EXIT_USAGE;
	}
	return usage_error("no subcommand \"%s\"", name);
}

/* Who starts us with a standard file closed must not find records where messages should go. */
static void standard_files_open(void)
{
	int fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDWR);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	standard_files_open();
	signal(SIGPIPE, SIG_IGN); /* a reader that goes away ends the run, with its exit status */
	int status = seep_run(argc, argv);
	if (fflush(stdout) == 0 || errno == EPIPE)
		return status;
	log_message("standard output: %s", strerror(errno));
	return EXIT_FAILED;
}
