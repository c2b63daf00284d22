/*
 * Reads a file of EVE records and has the outputs tell its alerts again. The last record of a run,
 * its statistics, gives the amounts; the verdict is what the findings come to, since no record says
 * what was expected where nothing was found.
 */
#include "output/recorded.h"

#include "core/log.h"
#include "output/json.h"
#include "output/kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_TEXT_MAX 64

struct replay {
	struct recorded recorded;
	struct kept kept;
	struct stats *stats;
	struct outputs *set;
	struct summary summary;
	const char *path;
	uint64_t line, broken;
};

/* Counters are written as "group.member": a member of the group's object. */
static void counters_take(struct stats *stats, const cJSON *record)
{
	for (const struct stat_info *info = stat_info; info->name; info++) {
		size_t group = strcspn(info->name, ".");
		char name[NAME_TEXT_MAX];
		snprintf(name, sizeof(name), "%.*s", (int)group, info->name);
		const cJSON *object = cJSON_GetObjectItemCaseSensitive(record, name);
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(
			object, info->name + group + 1);
		uint64_t *value = (uint64_t *)(void *)((char *)stats + info->offset);
		if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 1e18)
			*value += (uint64_t)item->valuedouble;
	}
}

static void span_note(struct summary *s, uint64_t first_ns, uint64_t last_ns)
{
	if (!s->first_ns || first_ns < s->first_ns)
		s->first_ns = first_ns;
	if (last_ns > s->last_ns)
		s->last_ns = last_ns;
}

static void record_broken(struct replay *r, const char *why)
{
	if (!r->broken++)
		log_message("%s:%" PRIu64 ": %s", r->path, r->line, why);
}

static void alert_take(struct replay *r, const cJSON *record)
{
	struct alert a;
	if (!cJSON_HasObjectItem(record, "leak"))
		return; /* another program's, in a file of several */
	if (!recorded_alert(&r->recorded, record, &a)) {
		record_broken(r, "not an alert of seep");
		return;
	}
	span_note(&r->summary, a.first_ns, a.last_ns);
	kept_add(&r->kept, &a);
	outputs_alert(r->set, &a);
}

static void line_take(struct replay *r, const char *line, size_t length)
{
	cJSON *record = cJSON_ParseWithLengthOpts(line, length + 1, NULL, true);
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(record, "event_type");
	if (!cJSON_IsString(type))
		record_broken(r, "not an EVE record");
	else if (strcmp(type->valuestring, "alert") == 0)
		alert_take(r, record);
	else if (strcmp(type->valuestring, "stats") == 0)
		counters_take(r->stats, cJSON_GetObjectItemCaseSensitive(record, "stats"));
	cJSON_Delete(record);
}

/* Reads on to the end of a line that is too long. */
static void line_skip(FILE *file)
{
	int byte;
	do
		byte = getc(file);
	while (byte != '\n' && byte != EOF);
}

/* A byte of the line is at `last` if it goes on. */
static bool line_read(char *line, char *last, FILE *file)
{
	*last = '\n';
	return fgets(line, JSON_LINE_MAX, file) != NULL;
}

static bool lines_take(struct replay *r, FILE *file)
{
	char *line = malloc(JSON_LINE_MAX);
	if (!line) {
		log_message("%s: out of memory", r->path);
		return false;
	}
	char *last = line + JSON_LINE_MAX - 2;
	while (line_read(line, last, file)) {
		size_t length = strlen(line);
		r->line++;
		if (length && line[length - 1] == '\n')
			line_take(r, line, length);
		else
			record_broken(r, "the line is not complete, or too long");
		if (*last && *last != '\n')
			line_skip(file);
	}
	free(line);
	if (ferror(file))
		log_message("%s: %s", r->path, strerror(errno));
	return !ferror(file);
}

static bool file_take(struct replay *r, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	r->path = path;
	r->line = r->broken = 0;
	if (!file) {
		log_message("%s: %s", path, strerror(errno));
		return false;
	}
	bool good = lines_take(r, file);
	if (file != stdin)
		fclose(file);
	if (r->broken > 1)
		log_message("%s: %" PRIu64 " lines could not be read", path, r->broken);
	return good && !r->broken;
}

static void findings_count(struct summary *s, const struct kept *kept)
{
	for (uint32_t i = 0; i < kept->count; i++) {
		if (kept_stands(&kept->findings[i]))
			s->findings[kept->findings[i].alert.severity]++;
	}
}

bool outputs_tell_again(struct outputs *set, const struct output_context *context,
	struct source_table *sources, char *const *paths, int count)
{
	struct replay *r = calloc(1, sizeof(*r));
	bool good = true;
	if (!r) {
		log_message("out of memory");
		return false;
	}
	r->set = set;
	r->stats = context->stats;
	r->recorded.sources = sources;
	r->recorded.catalogue = context->catalogue;
	for (int i = 0; i < count; i++)
		good &= file_take(r, paths[i]);
	r->summary.stats = context->stats;
	r->summary.sources = sources;
	r->summary.recorded = true;
	r->summary.expectation = true;
	r->summary.failed = !good;
	findings_count(&r->summary, &r->kept);
	outputs_end(set, &r->summary);
	kept_free(&r->kept);
	recorded_free(&r->recorded);
	free(r);
	return good;
}
