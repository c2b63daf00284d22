/*
 * Policy files. One is taken exactly when nothing was complained of, and each complaint has a
 * place; what was taken can be looked up in and printed without harm.
 */
#include "cli/policy_print.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static void complain(void *sink, const struct config_error *error)
{
	uint32_t *told = sink;
	if (!error->line || !error->column || !error->text[0] || ++*told > CONFIG_ERRORS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t told = 0;
	struct config *c = config_new();
	if (!c || config_parse(c, (const char *)data, size, complain, &told) != (told == 0))
		abort();
	if (told == 0)
		policy_print(c);
	free(c);
	return 0;
}
