/*
 * Questions and answers over UDP, and datagrams that mean nothing.
 */
#include "tests/bench/play.h"
#include "tests/bench/put.h"

#include <stdio.h>

#define DNS_POINTER 0xc00c /* to the name of the question */

enum { DNS_A = 1, DNS_CNAME = 5, DNS_AAAA = 28, DNS_IN = 1 };

uint32_t name_make(char out[NAME_MAX_LENGTH], uint64_t seed)
{
	static const char *const first[] = {
		"www", "api", "static", "cdn", "mail", "img", "login", "m"};
	static const char *const last[] = {"com", "net", "org"};
	return (uint32_t)snprintf(out, NAME_MAX_LENGTH, "%s.site-%x.example.%s",
		first[seed >> 8 & 7], (unsigned)(seed >> 16 & 0xfffff), last[(seed >> 40) % 3]);
}

/* One packet, one byte to sixteen, to any port. */
void play_udp_scan(struct bulk_flow *f, struct turn *t)
{
	t->up = true;
	t->size = random_between(&f->random, 1, 16);
	put_noise(t->payload, &f->random, t->size);
}

static uint8_t *put_labels(uint8_t *at, const char *name)
{
	while (*name) {
		const char *dot = strchr(name, '.');
		size_t n = dot ? (size_t)(dot - name) : strlen(name);
		at = put(put8(at, (uint32_t)n), name, n);
		name += n + (dot != NULL);
	}
	return put8(at, 0);
}

static uint8_t *put_answer(uint8_t *at, struct random *r, uint32_t type)
{
	uint32_t n = type == DNS_A ? 4 : 16;
	at = put16(put16(put16(at, DNS_POINTER), type), DNS_IN);
	at = put16(put32(at, 300), n);
	if (type == DNS_AAAA)
		return put_noise(put32(at, 0x20010002U), r, n - 4);
	return put16(put16(at, 0xc612), random_below(r, 0x10000));
}

/* A question for an address, and one answer to eight. */
void play_dns(struct bulk_flow *f, struct turn *t)
{
	char name[NAME_MAX_LENGTH];
	uint32_t type = f->seed % 3 ? DNS_A : DNS_AAAA, answers = 0;
	t->up = f->sent == 0;
	if (!t->up)
		answers = random_between(&f->random, 1, 8);
	name_make(name, f->seed);
	uint8_t *at = put16(t->payload, (uint32_t)(f->seed >> 48));
	at = put16(put16(at, t->up ? 0x0100 : 0x8180), 1); /* recursion, one question */
	at = put32(put16(at, answers), 0);
	at = put16(put16(put_labels(at, name), type), DNS_IN);
	while (answers--)
		at = put_answer(at, &f->random, type);
	t->size = (uint32_t)(at - t->payload);
}

/* RFC 5905: version 4, mode 3 asks, mode 4 answers from stratum 2. */
void play_ntp(struct bulk_flow *f, struct turn *t)
{
	t->up = f->sent % 2 == 0;
	t->size = 48;
	uint8_t *at = put32(t->payload, t->up ? 0x23000600 : 0x240206e9);
	at = put32(put32(at, t->up ? 0 : 0x100), t->up ? 0 : 0x200);
	at = put32(at, t->up ? 0 : 0xc6120001U);
	for (int stamp = 0; stamp < 4; stamp++)
		at = put_noise(put32(at, 0xecff0000U + f->sent), &f->random, 4);
}

/* SNMPv2c: "public" asks for sysUpTime.0 and is told. */
void play_snmp(struct bulk_flow *f, struct turn *t)
{
	static const uint8_t variable[] = {6, 8, 0x2b, 6, 1, 2, 1, 1, 3, 0};
	t->up = f->sent % 2 == 0;
	uint32_t value = t->up ? 2 : 6, list = sizeof variable + value;
	uint8_t *at = put(
		put8(put8(t->payload, 0x30), list + 29), "\x02\x01\x01\x04\x06public", 11);
	at = put8(put8(at, t->up ? 0xa0 : 0xa2), list + 16);
	at = put32(put16(at, 0x0204), (uint32_t)(f->seed >> 33));
	at = put(at, "\x02\x01\0\x02\x01\0", 6);
	at = put8(put8(at, 0x30), list + 2);
	at = put(put8(put8(at, 0x30), list), variable, sizeof variable);
	at = t->up ? put16(at, 0x0500) : put32(put16(at, 0x4304), (uint32_t)(f->seed >> 35));
	t->size = (uint32_t)(at - t->payload);
}

/* BitTorrent's distributed table (BEP 5): a node asks another whether it is there. */
void play_dht(struct bulk_flow *f, struct turn *t)
{
	struct random id = {f->seed + (f->sent % 2)};
	t->up = f->sent % 2 == 0;
	uint8_t *at = put(t->payload, t->up ? "d1:ad2:id20:" : "d1:rd2:id20:", 12);
	at = put_noise(at, &id, 20);
	at = t->up ? put(at, "e1:q4:ping", 10) : put(at, "e", 1);
	at = put16(put(at, "1:t2:", 5), 0x6100 + 'a' + f->sent / 2 % 26);
	at = put(at, t->up ? "1:y1:qe" : "1:y1:re", 7);
	t->size = (uint32_t)(at - t->payload);
}

/* A protocol of nobody's: four bytes that stay, a counter, noise. */
void play_udp_unknown(struct bulk_flow *f, struct turn *t)
{
	t->up = f->sent == 0 || random_below(&f->random, 2);
	t->size = random_between(&f->random, 24, 900);
	if (t->size > f->segment)
		t->size = f->segment;
	uint8_t *at = put32(put32(t->payload, (uint32_t)f->seed), f->sequence[t->up]++);
	put_noise(at, &f->random, t->size - 8);
}
