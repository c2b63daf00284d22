/*
 * What nDPI makes of a flow that no dissector of ours reads.
 */
#ifndef SEEP_CORE_OBS_APPLICATION_H
#define SEEP_CORE_OBS_APPLICATION_H

#include "core/obs_text.h"

/* Names are nDPI's. Said once of a flow, by the packet that told. */
struct obs_application {
	struct obs_word protocol;    /* "BitTorrent", "TLS" */
	struct obs_word application; /* who speaks it, "Zoom"; empty where the protocol says all */
	struct obs_word category;    /* "Download", "Game" */
	struct obs_word host;        /* a name out of the payload */
	bool guessed; /* from an address or another flow; else the payload itself shows it */
};

#endif
