/*
 * The yardstick: libpcap reads a capture and nothing is done with it but counting.
 * pcap_loop is its fastest way (pcap_next_ex costs a little more for each packet).
 */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

struct count {
	uint64_t packets, bytes;
};

static void packet_count(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct count *c = (void *)user;
	(void)bytes;
	c->packets++;
	c->bytes += h->len;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct count c = {0};
	if (argc != 2) {
		fprintf(stderr, "usage: count CAPTURE\n");
		return 2;
	}
	pcap_t *p = pcap_open_offline(argv[1], error);
	if (!p) {
		fprintf(stderr, "count: %s\n", error);
		return 3;
	}
	int status = pcap_loop(p, -1, packet_count, (u_char *)&c);
	printf("%llu packets, %llu bytes\n", (unsigned long long)c.packets,
		(unsigned long long)c.bytes);
	pcap_close(p);
	return status ? 3 : 0;
}
