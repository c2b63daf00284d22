/* The summary of a run, as the text output prints it, too. */
#ifndef SEEP_OUTPUT_SUMMARY_H
#define SEEP_OUTPUT_SUMMARY_H

#include "output/page.h"

void summary_print(struct page *p, const struct summary *s);

#endif
