/*
 * What a person writes on the command line: addresses, endpoints, prefixes, the policy's lists. An
 * address that parses must print as text that parses to the same address.
 */
#include "core/policy.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void text_round(const char *text)
{
	char out[PREFIX_TEXT_MAX + ENDPOINT_TEXT_MAX];
	struct prefix prefix, prefix_again;
	struct endpoint end, end_again;
	if (prefix_parse(text, &prefix) &&
		!(prefix_parse(prefix_text(&prefix, out), &prefix_again) &&
			prefix.bits == prefix_again.bits &&
			addr_equal(&prefix.addr, &prefix_again.addr)))
		abort();
	if (endpoint_parse(text, &end) &&
		!(endpoint_parse(endpoint_text(&end, out), &end_again) &&
			endpoint_equal(&end, &end_again)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const add[])(struct policy *, const char *, const char **) = {
		policy_add_egress, policy_add_tunnel, policy_add_proxy, policy_add_resolver,
		policy_add_client};
	char *text = calloc(1, size + 1);
	struct policy *policy = calloc(1, sizeof(*policy));
	if (!text || !policy)
		abort();
	if (size)
		memcpy(text, data, size);
	text_round(text);
	for (size_t i = 0; i < sizeof(add) / sizeof(add[0]); i++) {
		const char *why = NULL;
		if (!add[i](policy, text, &why) && !why)
			abort();
	}
	free(policy);
	free(text);
	return 0;
}
