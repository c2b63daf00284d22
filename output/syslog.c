/*
 * Alerts to a syslog collector: RFC 5424 messages that carry an EVE record, over a local socket
 * (unix:/dev/log), UDP (RFC 5426), TCP or TLS with octets counted (RFC 6587 §3.4.1, RFC 5425). Many
 * collectors cut what is longer than 2048 bytes, which RFC 5424 §6.1 allows: where a record is
 * longer, it goes without what `seep explain` has, the references and the remedy. The time is that
 * of the packets, as in the record.
 */
#include "output/eve.h"

#include <stdio.h>
#include <string.h>

#define FACILITY    21 /* local5, as Suricata's */
#define MESSAGE_MAX 2048
#define HEADER_MAX  400
#define HOST_MAX    255 /* RFC 5424 §6 */

struct syslog {
	struct eve eve; /* first: what makes records takes it for its state */
	char message[HEADER_MAX + EVE_ALERT_MAX];
};

/* RFC 5424 §6.2.1 */
static const uint8_t syslog_severity[SEVERITIES] = {
	[SEVERITY_INFO] = 6,
	[SEVERITY_LOW] = 5,
	[SEVERITY_MEDIUM] = 4,
	[SEVERITY_HIGH] = 3,
	[SEVERITY_CRITICAL] = 2,
};

/* PRINTUSASCII only, or "-" for none. */
static void host_put(char out[HOST_MAX + 1], const char *sensor)
{
	size_t i = 0;
	for (; sensor && sensor[i] && i < HOST_MAX; i++)
		out[i] = sensor[i] > ' ' && sensor[i] < 0x7f ? sensor[i] : '_';
	if (!i)
		out[i++] = '-';
	out[i] = '\0';
}

static size_t header_put(char *out, const struct output *o, const struct alert *a)
{
	char when[TIME_TEXT_SIZE], host[HOST_MAX + 1];
	host_put(host, o->context->sensor);
	int n = snprintf(out, HEADER_MAX, "<%u>1 %s %s seep - alert - ",
		FACILITY * 8U + syslog_severity[a->severity], time_zulu(a->last_ns, when), host);
	return (size_t)n;
}

static void syslog_alert(struct output *o, const struct alert *a)
{
	struct syslog *syslog = o->state;
	size_t header = header_put(syslog->message, o, a);
	struct json j = eve_alert_record(o, a, false);
	size_t length = json_end(&j);
	if (header + length > MESSAGE_MAX) {
		j = eve_alert_record(o, a, true);
		length = json_end(&j);
	}
	if (!length) {
		sink_fail(&o->sink, "it is too long");
		return;
	}
	memcpy(syslog->message + header, j.line, length);
	sink_write(&o->sink, syslog->message, header + length);
}

const struct output_driver output_syslog = {
	.info = {"syslog", "alerts by RFC 5424 to unix:/dev/log, udp:, tcp: or tls:HOST:PORT"},
	.to = TO_COLLECTOR,
	.counted = true,
	.state_size = sizeof(struct syslog),
	.alert = syslog_alert,
};
