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
	bool document; /* one piece, written at the end: a file is written anew, not appended to */
	enum {
		TO_ANY,       /* files, standard output, collectors */
		TO_FILE,      /* what people or programs read as a whole */
		TO_COLLECTOR, /* an address of dial.h, which must be given */
		TO_UNIX,      /* the path of a Unix socket, which must be given */
	} to;
	bool counted;    /* its records are told apart by their length in streams */
	unsigned rights; /* enum output_right, a mask; those of its destination come on top */
	void (*observation)(struct output *o, const struct observation *observation);
	/* What is judged, as it goes by: an output may show it beside what is found. */
	void (*witness)(struct output *o, const struct observation *observation);
	void (*alert)(struct output *o, const struct alert *a);
	void (*end)(struct output *o, const struct summary *s);
	void (*close)(struct output *o); /* what is still held back is written now */
};

#define OUTPUT(name) extern const struct output_driver output_##name;
OUTPUTS(OUTPUT)
#undef OUTPUT

#endif
