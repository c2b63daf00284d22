/* What a policy means, in a few lines for a person. */
#ifndef SEEP_CLI_POLICY_PRINT_H
#define SEEP_CLI_POLICY_PRINT_H

#include "cli/config.h"

void policy_print(const struct config *c);

#endif
