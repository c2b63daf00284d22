/* Signal handlers that do nothing but note; the only state at file scope. */
#include "cli/signals.h"

#include <stddef.h>

static volatile sig_atomic_t stop_asked;
static volatile sig_atomic_t wished[WISHES];

static void stop_note(int signal_number)
{
	(void)signal_number;
	stop_asked = 1;
}

static void wish_note(int signal_number)
{
	if (signal_number == SIGUSR1)
		wished[WISH_STATS] = 1;
	else if (signal_number == SIGUSR2)
		wished[WISH_RELOAD] = 1;
	else
		wished[WISH_REOPEN] = 1;
}

void signals_catch(void)
{
	struct sigaction ends = {.sa_handler = stop_note};
	struct sigaction goes_on = {.sa_handler = wish_note, .sa_flags = SA_RESTART};
	sigaction(SIGINT, &ends, NULL);
	sigaction(SIGTERM, &ends, NULL);
	sigaction(SIGUSR1, &goes_on, NULL);
	sigaction(SIGHUP, &goes_on, NULL);
	sigaction(SIGUSR2, &goes_on, NULL);
}

const volatile sig_atomic_t *signals_stop(void)
{
	return &stop_asked;
}

bool signals_take(enum signal_wish wish)
{
	bool asked = wished[wish];
	wished[wish] = 0;
	return asked;
}
