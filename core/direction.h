/* Which way a frame crossed the capturing host's interface, where the capture says so. */
#ifndef SEEP_CORE_DIRECTION_H
#define SEEP_CORE_DIRECTION_H

enum direction { DIRECTION_UNKNOWN, DIRECTION_IN, DIRECTION_OUT };

#endif
