/* Messages to the person who runs seep: stderr, one line each, "seep: " before it. */
#ifndef SEEP_CORE_LOG_H
#define SEEP_CORE_LOG_H

/* Bytes that came from a file name or the wire and could steer a terminal are shown as \xHH. */
__attribute__((format(printf, 1, 2))) void log_message(const char *format, ...);

#endif
