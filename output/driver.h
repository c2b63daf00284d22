/*
 * What an output is to the set that holds it: a row of functions, any of which may be NULL, and
 * `state_size` zeroed bytes of its own.
 */
#ifndef SEEP_OUTPUT_DRIVER_H
#define SEEP_OUTPUT_DRIVER_H

#include "output/output.h"
#include "output/outputs.h"
#include "output/sink.h"

struct output {
	const struct output_driver *driver;
	const struct output_context *context;
	struct sink sink;
	void *state;
};

struct output_driver {
	struct output_info info;
	size_t state_size;
	unsigned rights; /* enum output_right, a mask */
	void (*observation)(struct output *o, const struct observation *observation);
	void (*alert)(struct output *o, const struct alert *a);
	void (*end)(struct output *o, const struct summary *s);
	void (*close)(struct output *o); /* what is still held back is written now */
};

#define OUTPUT(name) extern const struct output_driver output_##name;
OUTPUTS(OUTPUT)
#undef OUTPUT

#endif
