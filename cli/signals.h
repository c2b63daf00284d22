/* What signals ask of a run, noted to be served between two batches. */
#ifndef SEEP_CLI_SIGNALS_H
#define SEEP_CLI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Of SIGUSR1, SIGHUP and SIGUSR2. */
enum signal_wish { WISH_STATS, WISH_REOPEN, WISH_RELOAD, WISHES };

void signals_catch(void);

/* Not 0 once SIGINT or SIGTERM came. */
const volatile sig_atomic_t *signals_stop(void);

/* Was it asked for since it was last taken? */
bool signals_take(enum signal_wish wish);

#endif
