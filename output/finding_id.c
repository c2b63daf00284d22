/*
 * The name of a finding: the same whenever the same client gives away the same addresses, in any
 * capture, at any time, so that tickets and dashboards can key on it.
 *
 * It is the first 16 hex digits of SHA-256 over four lines, the last without a line feed: the
 * detection's id, the client, the leaked addresses, the expected prefixes. Addresses are in
 * canonical text (RFC 5952); each list is sorted bytewise and joined with ",", so that the order in
 * which they were met does not matter. What was expected counts only if it was declared: what is
 * learned depends on when. Frames, files and times are left out on purpose.
 */
#include "output/format.h"
#include "output/output.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX ALERT_EXPECTED_MAX
_Static_assert(ALERT_LEAKED_MAX <= LIST_MAX, "one list serves both");

struct text_list {
	size_t count;
	char text[LIST_MAX][PREFIX_TEXT_MAX];
};

static int text_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void list_add(struct strip *s, struct text_list *list)
{
	qsort(list->text, list->count, sizeof(list->text[0]), text_compare);
	strip_add(s, "\n");
	for (size_t i = 0; i < list->count; i++)
		strip_add(s, "%s%s", i ? "," : "", list->text[i]);
}

void finding_id(const struct alert *a, char out[FINDING_ID_SIZE])
{
	struct strip named = {0};
	char client[ADDR_TEXT_MAX];
	strip_add(&named, "%s\n%s", a->detection->id, addr_text(&a->client, client));

	struct text_list leaked = {.count = a->leaked_count},
			 expected = {.count = a->learned ? 0 : a->expected_count};
	for (size_t i = 0; i < leaked.count; i++)
		addr_text(&a->leaked[i], leaked.text[i]);
	for (size_t i = 0; i < expected.count; i++)
		prefix_text(&a->expected[i], expected.text[i]);
	list_add(&named, &leaked);
	list_add(&named, &expected);

	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	EVP_Digest(named.text, named.length, digest, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < (FINDING_ID_SIZE - 1) / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
