/* Help texts, put together from the tables so that they cannot fall behind. */
#include "cli/cli.h"
#include "core/log.h"
#include "output/output.h"

#include <stdarg.h>

#define COMMAND(name) extern const struct command command_##name;
#include "cli/commands.h"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cli/commands.h"
#undef COMMAND
};

const struct command *command_info(unsigned i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
}

static void outputs_print(FILE *to)
{
	fputs("\nOutputs (-o NAME[:DEST], DEST a file or unix:, udp:, tcp:, tls:ADDRESS):\n", to);
	for (unsigned i = 0; output_info(i); i++)
		fprintf(to, "  %-10s %s\n", output_info(i)->name, output_info(i)->help);
}

static void statuses_print(FILE *to)
{
	fputs("\nExit status: 0 no leak at or above --fail-on, 1 leak found, 2 usage or policy\n"
	      "error, 3 input or output failed, 4 degraded (with --strict).\n",
		to);
}

void help_print(FILE *to)
{
	fputs("seep " SEEP_VERSION
	      ": finds real-time traffic that went around the VPN or proxy.\n\n"
	      "Usage: seep SUBCOMMAND [OPTION]... [ARGUMENT]...\n\n",
		to);
	for (unsigned i = 0; command_info(i); i++)
		fprintf(to, "  seep %-10s %-16s %s\n", command_info(i)->name,
			command_info(i)->arguments, command_info(i)->summary);
	fputs("\nOptions:\n", to);
	options_print(
		to, OPTIONS_COMMON | OPTIONS_LIVE | OPTIONS_FILES | OPTIONS_JUDGE | OPTIONS_OUTPUT);
	outputs_print(to);
	statuses_print(to);
}

void help_print_command(FILE *to, const struct command *command)
{
	fprintf(to, "seep %s: %s\n\nUsage: seep %s [OPTION]... %s\n\n", command->name,
		command->summary, command->name, command->arguments);
	options_print(to, OPTIONS_COMMON | command->options);
	if (command->options & OPTIONS_OUTPUT)
		outputs_print(to);
	if (command->options & OPTIONS_JUDGE)
		statuses_print(to);
}

int usage_error(const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	log_message("%s (see seep --help)", text);
	return EXIT_USAGE;
}
