/*
 * EVE records read back: whatever they say, an alert is within its bounds and has a name.
 */
#include "output/recorded.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recorded *r = calloc(1, sizeof(*r));
	struct alert a;
	char id[FINDING_ID_SIZE];
	cJSON *record = cJSON_ParseWithLength((const char *)data, size);
	if (!r || !(r->sources = source_table_new()))
		abort();
	for (int i = 0; i < 2; i++) {
		if (recorded_alert(r, record, &a))
			finding_id(&a, id);
	}
	cJSON_Delete(record);
	recorded_free(r);
	free(r->sources);
	free(r);
	return 0;
}
