/* The table of outputs: one row for each output/NAME.c that defines `output_NAME`. */
#ifndef SEEP_OUTPUT_OUTPUTS_H
#define SEEP_OUTPUT_OUTPUTS_H

#define OUTPUTS(OUTPUT) \
	OUTPUT(text)    \
	OUTPUT(eve)     \
	OUTPUT(ecs)     \
	OUTPUT(ocsf)    \
	OUTPUT(cef)     \
	OUTPUT(syslog)  \
	OUTPUT(unix)    \
	OUTPUT(summary) \
	OUTPUT(junit)   \
	OUTPUT(sarif)   \
	OUTPUT(report)

#endif
