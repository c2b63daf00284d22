/*
 * The whole pipeline: the bytes are a savefile, and go through capture, dissect and rules into EVE
 * records that nobody reads. The policy is one that every detection has something to say about.
 */
#include "capture/capture.h"
#include "dissect/dissect.h"
#include "output/output.h"
#include "rules/rules.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct run {
	struct engine *engine;
	struct outputs *outputs;
};

static void run_observe(void *sink, const struct observation *o)
{
	const struct run *run = sink;
	outputs_observation(run->outputs, o);
	engine_observe(run->engine, o);
}

static void run_alert(void *sink, const struct alert *a)
{
	const struct run *run = sink;
	outputs_alert(run->outputs, a);
}

static void savefile_judge(const char *name, struct source_table *sources, struct policy *policy)
{
	const struct dissect_options sizes = {.flows = 64, .transactions = 64, .conversations = 64};
	const struct capture_options all = {0};
	struct stats stats = {0};
	const struct interest interest = {~0U};
	const struct output_context context = {.sources = sources, .stats = &stats};
	struct run run = {.outputs = outputs_new(&context)};
	const struct engine_options few = {.clients = 8, .servers = 8, .findings = 8};
	run.engine = engine_new(&few, policy, sources, &stats, run_alert, &run);
	struct dissect *d = dissect_new(&sizes, &interest, &stats, run_observe, &run);
	struct capture *c = capture_new(&all, sources, &stats);
	if (!run.outputs || !run.engine || !d || !c)
		abort();
	outputs_open(run.outputs, "eve:/dev/null");
	struct batch batch = {0};
	if (capture_add(c, name, ROLE_AUTO))
		for (capture_next(c, &batch); batch.count; capture_next(c, &batch))
			dissect_batch(d, &batch);
	dissect_finish(d);
	engine_finish(run.engine);
	capture_free(c);
	dissect_free(d);
	engine_free(run.engine);
	outputs_free(run.outputs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[64];
	const char *why;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct source_table *sources = source_table_new();
	struct policy *policy = calloc(1, sizeof(*policy));
	if (fd < 0 || !sources || !policy || write(fd, data, size) != (ssize_t)size)
		abort();
	policy->window_ns = POLICY_WINDOW_NS;
	policy_add_egress(policy, "203.0.113.7", &why);
	policy_add_tunnel(policy, "tun0", &why);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	savefile_judge(name, sources, policy);
	free(policy);
	free(sources);
	close(fd);
	return 0;
}
