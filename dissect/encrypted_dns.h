/* Who asks a resolver out of sight: what a hello tells of it. */
#ifndef SEEP_DISSECT_ENCRYPTED_DNS_H
#define SEEP_DISSECT_ENCRYPTED_DNS_H

#include "core/obs_media.h"

/* What kind of encrypted DNS the hello opens, if any; `port` is that of the server. */
enum encrypted_dns encrypted_dns_find(const struct obs_hello *hello, uint16_t port);

#endif
