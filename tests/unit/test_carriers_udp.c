/*
 * Tunnels over UDP: told by shape alone, so that most of this is about what they are not. And
 * carriers in carriers, deeper than anybody follows.
 */
#include "tests/unit/support/carrier.h"
#include "tests/unit/support/random.h"

#define RANDOM_DATAGRAMS 20000
#define RANDOM_SIZE      96
#define ADDRESSES        0x02, 0, 0, 0, 0, 0x12, 0x02, 0, 0, 0, 0, 0x11
#define FROM_A_GROUP     0x02, 0, 0, 0, 0, 0x12, 0x01, 0, 0, 0, 0, 0x11

static const struct carrier_row vxlan_rows[] = {
	{"VXLAN", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 22,
		{
			0x08, 0x00, 0x00, 0x00, /* flags, reserved */
			0x00, 0x00, 0x2a, 0x00, /* VNI, reserved */
			ADDRESSES, 0x08, 0x00,  /* Ethernet */
		}},
	{"VXLAN, tagged", UNDER_UDP, 0, V6, WRAPPED_UDP | WRAPPED_VLAN, 5, 26,
		{
			0x08, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0x00, /* VXLAN */
			ADDRESSES, 0x81, 0x00, 0x00, 0x05, 0x86, 0xdd,  /* Ethernet, VLAN 5 */
		}},
	{"VXLAN-GPE, IPv4", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 8, {0x0c, 0, 0, 1, 0, 0, 1, 0}},
	{"VXLAN-GPE, IPv6", UNDER_UDP, 0, V6, WRAPPED_UDP, 0, 8, {0x0c, 0, 0, 2, 0, 0, 1, 0}},
	{"VXLAN-GPE, Ethernet", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 22,
		{0x0c, 0, 0, 3, 0, 0, 1, 0, ADDRESSES, 0x08, 0x00}},
	{"VXLAN-GPE, NSH", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8, {0x0c, 0, 0, 4, 0, 0, 1, 0}},
	{"VXLAN without the flag", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{0x0a, 0, 0, 0, 0, 0, 1, 0, ADDRESSES, 0x08, 0x00}},
	{"VXLAN, reserved bits", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{0x08, 0, 1, 0, 0, 0, 1, 0, ADDRESSES, 0x08, 0x00}},
	{"VXLAN, reserved byte", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{0x08, 0, 0, 0, 0, 0, 1, 1, ADDRESSES, 0x08, 0x00}},
	{"VXLAN, a frame from a group", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{0x08, 0, 0, 0, 0, 0, 1, 0, FROM_A_GROUP, 0x08, 0x00}},
	{"VXLAN, neither IP nor ARP", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{0x08, 0, 0, 0, 0, 0, 1, 0, ADDRESSES, 0x88, 0xcc}},
	{"VXLAN, IPv4 named IPv6", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{0x08, 0, 0, 0, 0, 0, 1, 0, ADDRESSES, 0x86, 0xdd}},
};

static const struct carrier_row geneve_rows[] = {
	{"Geneve", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 22,
		{
			0x00, 0x00, 0x65, 0x58, /* version, options, flags, Ethernet */
			0x00, 0x00, 0x2a, 0x00, /* VNI, reserved */
			ADDRESSES, 0x08, 0x00,  /* Ethernet */
		}},
	{"Geneve, options", UNDER_UDP, 0, V6, WRAPPED_UDP, 0, 34,
		{
			0x03, 0x40, 0x65, 0x58, 0x00, 0x00, 0x2a, 0x00, /* critical */
			0x01, 0x02, 0x80, 0x01, 0x00, 0x00, 0x00, 0x07, /* option of a word */
			0x01, 0x02, 0x01, 0x00,                         /* option of none */
			ADDRESSES, 0x86, 0xdd,                          /* Ethernet */
		}},
	{"Geneve, IPv4", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 8, {0, 0, 0x08, 0x00, 0, 0, 1, 0}},
	{"Geneve, IPv6", UNDER_UDP, 0, V6, WRAPPED_UDP, 0, 8, {0, 0, 0x86, 0xdd, 0, 0, 1, 0}},
	{"Geneve, version 1", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8, {0x40, 0, 0x08, 0, 0, 0, 1, 0}},
	{"Geneve, control", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8, {0, 0x80, 0x08, 0, 0, 0, 1, 0}},
	{"Geneve, reserved bits", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8, {0, 1, 0x08, 0, 0, 0, 1, 0}},
	{"Geneve, reserved byte", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8, {0, 0, 0x08, 0, 0, 0, 1, 9}},
	{"Geneve, options too short", UNDER_UDP, 0, NOT_FOUND, 0, 0, 12,
		{1, 0, 0x08, 0, 0, 0, 1, 0, 1, 2, 1, 1}},
	{"Geneve, options beyond the end", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8,
		{0x3f, 0, 0x08, 0, 0, 0, 1, 0}},
};

static const struct carrier_row gtp_rows[] = {
	{"GTP-U", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 8,
		{0x30, 0xff, 0x00, CARRIER_V4_SIZE, 0, 0, 0, 1}},
	{"GTP-U, sequence number", UNDER_UDP, 0, V6, WRAPPED_UDP, 0, 12,
		{
			0x32, 0xff,                /* version 1, GTP, S; G-PDU */
			0x00, 4 + CARRIER_V6_SIZE, /* length */
			0x00, 0x00, 0x00, 0x01,    /* tunnel */
			0x00, 0x07, 0x00, 0x00,    /* sequence number, no extension */
		}},
	{"GTP-U, no extension without its flag", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 12,
		{
			0x32, 0xff,                /* version 1, GTP, S; G-PDU */
			0x00, 4 + CARRIER_V4_SIZE, /* length */
			0x00, 0x00, 0x00, 0x01,    /* tunnel */
			0x00, 0x07, 0xff, 0x85,    /* sequence number, and what means nothing */
		}},
	{"GTP-U, extension headers", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 24,
		{
			0x34, 0xff,                 /* version 1, GTP, E; G-PDU */
			0x00, 16 + CARRIER_V4_SIZE, /* length */
			0x00, 0x00, 0x00, 0x01,     /* tunnel */
			0x00, 0x00, 0x00, 0x85,     /* PDU session container follows */
			0x01, 0x00, 0x09, 0x40,     /* of a word; UDP port follows */
			0x02, 0x22, 0xb8, 0x00,     /* of two words ... */
			0x00, 0x00, 0x00, 0x00,     /* ... and no more */
		}},
	{"GTP-U, an extension of no length", UNDER_UDP, 0, NOT_FOUND, 0, 0, 16,
		{0x34, 0xff, 0x00, 0x38, 0, 0, 0, 1, 0, 0, 0, 0x85, 0x00, 0x00, 0x00, 0x00}},
	{"GTP-U, a chain without end", UNDER_UDP, 0, NOT_FOUND, 0, 0, 48,
		{0x34, 0xff, 0x00, 40 + CARRIER_V4_SIZE, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0,
			0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0,
			1, 1, 0, 0, 0}},
	{"GTP-U, too long", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8,
		{0x30, 0xff, 0x00, CARRIER_V4_SIZE + 1, 0, 0, 0, 1}},
	{"GTP-U, too short", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8,
		{0x30, 0xff, 0x00, CARRIER_V4_SIZE - 1, 0, 0, 0, 1}},
	{"GTP-U, echo", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8,
		{0x30, 0x01, 0x00, CARRIER_V4_SIZE, 0, 0, 0, 1}},
	{"GTP', not GTP", UNDER_UDP, 0, NOT_FOUND, 0, 0, 8,
		{0x20, 0xff, 0x00, CARRIER_V4_SIZE, 0, 0, 0, 1}},
};

static const struct carrier_row teredo_rows[] = {
	{"Teredo", UNDER_UDP, 0, FROM_TEREDO, WRAPPED_UDP, 0, 0, {0}},
	{"Teredo, origin", UNDER_UDP, 0, FROM_TEREDO, WRAPPED_UDP, 0, 8,
		{
			0x00, 0x00,             /* origin indication */
			0x3c, 0xaf,             /* port, obfuscated */
			0x3f, 0xff, 0xfd, 0xf5, /* address, obfuscated */
		}},
	{"Teredo, authentication and origin", UNDER_UDP, 0, FROM_TEREDO, WRAPPED_UDP, 0, 24,
		{
			0x00, 0x01, 0x02, 0x01, /* authentication, lengths of ... */
			'i', 'd', 'v',          /* ... client identifier and value */
			1, 2, 3, 4, 5, 6, 7, 8, /* nonce */
			0x00,                   /* confirmation */
			0x00, 0x00, 0x3c, 0xaf, 0x3f, 0xff, 0xfd, 0xf5, /* origin */
		}},
	{"Teredo, a router is asked", UNDER_UDP, 0, FROM_LINK_LOCAL, WRAPPED_UDP, 0, 13,
		{0x00, 0x01, 0x00, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 0}},
	{"IPv6 in UDP between others", UNDER_UDP, 0, NOT_FOUND | V6, 0, 0, 0, {0}},
	{"IPv4 in UDP", UNDER_UDP, 0, NOT_FOUND | V4, 0, 0, 0, {0}},
	{"Teredo, a third indication", UNDER_UDP, 0, NOT_FOUND | FROM_TEREDO, 0, 0, 2,
		{0x00, 0x02}},
	{"Teredo, authentication too long", UNDER_UDP, 0, NOT_FOUND | FROM_TEREDO, 0, 0, 13,
		{0x00, 0x01, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 0}},
};

static void rows_check(const struct carrier_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		carrier_check(&rows[i]);
}

static void vxlan_and_geneve(void **state)
{
	(void)state;
	rows_check(vxlan_rows, ROWS(vxlan_rows));
	rows_check(geneve_rows, ROWS(geneve_rows));
}

static void gtp_and_teredo(void **state)
{
	(void)state;
	rows_check(gtp_rows, ROWS(gtp_rows));
	rows_check(teredo_rows, ROWS(teredo_rows));
}

/* CAPWAP's data channel (RFC 5415 §4.3): 802.11 behind a header, between radio and controller. */
static const struct carrier_row capwap_rows[] = {
	{"CAPWAP, 802.3", UNDER_UDP, 0, NOT_FOUND, 0, 0, 22,
		{
			0x00, 0x10, 0x02, 0x00, /* no DTLS, 8 bytes; 802.11's binding */
			0x00, 0x00, 0x00, 0x00, /* no fragment */
			2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00, /* Ethernet */
		}},
};

static void capwap_is_not_opened(void **state)
{
	(void)state;
	rows_check(capwap_rows, ROWS(capwap_rows));
}

static uint64_t tunnelled(const struct stats *s)
{
	return s->vxlan + s->geneve + s->gtp_u + s->teredo;
}

/* Random bytes behind each header that is right as far as it goes. */
static void random_bytes_are_no_tunnel(void **state)
{
	(void)state;
	const struct carrier_row *tables[] = {
		&vxlan_rows[0], &geneve_rows[0], &gtp_rows[0], &teredo_rows[1]};
	struct random random = {7};
	struct watch *w = watch_new(LINK_RAW);
	for (unsigned i = 0; i < RANDOM_DATAGRAMS; i++) {
		const struct carrier_row *row = tables[i % ROWS(tables)];
		struct bytes b = {0};
		bytes_put(&b, row->header, row->size ? 8 : 0);
		for (unsigned n = 0; n < RANDOM_SIZE; n++)
			bytes_u8(&b, (unsigned)random_next(&random) & 0xff);
		carrier_wrap(&b, UNDER_UDP, 0);
		watch_frame(w, b.at, b.length);
	}
	assert_int_equal(tunnelled(&w->stats), 0);
	watch_free(w);
}

/* A length inside that is too long is the snap length's doing or a lie. */
static void cut_tunnels(void **state)
{
	(void)state;
	const struct carrier_row *rows[] = {
		&vxlan_rows[0], &geneve_rows[1], &gtp_rows[1], &teredo_rows[2]};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch *w = watch_new(LINK_RAW);
		struct bytes b = {0};
		carrier_frame(&b, rows[i]);
		watch_cut(w, b.at, b.length - 4, 4);
		assert_int_equal(tunnelled(&w->stats), 1);
		assert_int_equal(w->stats.invalid, 0);
		watch_free(w);
	}
}

struct nesting {
	const char *name;
	struct carrier_row row;
	unsigned most; /* times that it is followed within itself */
};

static const struct nesting nestings[] = {
	{"VLAN", {"", UNDER_LINK, 0, V4, WRAPPED_VLAN, 1, 4, {0x00, 0x01, 0x81, 0x00}}, 13},
	{"IP in IP", {"", UNDER_IP, 4, V4, WRAPPED_IP, 0, 0, {0}}, 6},
	{"GRE", {"", UNDER_IP, 47, V4, WRAPPED_GRE, 0, 4, {0x00, 0x00, 0x08, 0x00}}, 6},
	{"VXLAN",
		{"", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 22,
			{0x08, 0, 0, 0, 0, 0, 1, 0, ADDRESSES, 0x08, 0x00}},
		4},
	{"Geneve, IP", {"", UNDER_UDP, 0, V4, WRAPPED_UDP, 0, 8, {0, 0, 8, 0, 0, 0, 1, 0}}, 6},
};

/* The innermost tag of a pile of tags names IP. */
static void nesting_make(struct bytes *b, const struct nesting *n, unsigned times)
{
	const struct endpoint src = end("192.168.77.10:50000"), dst = end("192.0.2.10:3478");
	const uint8_t innermost[4] = {0x00, 0x01, 0x08, 0x00};
	stun_begin(b, BINDING_REQUEST, 1);
	packet_ip_udp(b, &src, &dst);
	for (unsigned i = 0; i < times; i++) {
		bool tag = n->row.under == UNDER_LINK;
		bytes_front(b, tag && i == 0 ? innermost : n->row.header, n->row.size);
		carrier_wrap(b, n->row.under, n->row.number);
	}
	if (n->row.under == UNDER_LINK)
		packet_ethernet(b, 0x8100);
}

static void nesting_is_bounded(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(nestings); i++) {
		const struct nesting *n = &nestings[i];
		uint16_t link = n->row.under == UNDER_LINK ? LINK_ETHERNET : LINK_RAW;
		for (unsigned times = 1; times <= 100; times += times < 20 ? 1 : 40) {
			struct watch *w = watch_new(link);
			struct bytes b = {0};
			nesting_make(&b, n, times);
			watch_frame(w, b.at, b.length);
			bool followed = watch_count(w, OBS_STUN_REQUEST) == 1;
			if (followed != (times <= n->most) ||
				w->stats.too_many_layers != (times > n->most))
				fail_msg("%s in itself %u times: followed %d", n->name, times,
					followed);
			watch_free(w);
		}
	}
}

static void labels_are_bounded(void **state)
{
	(void)state;
	for (unsigned labels = 1; labels <= 100; labels++) {
		const struct endpoint src = end("192.168.77.10:1"), dst = end("192.0.2.10:2");
		struct watch *w = watch_new(LINK_ETHERNET);
		struct bytes b;
		stun_begin(&b, BINDING_REQUEST, 1);
		packet_ip_udp(&b, &src, &dst);
		for (unsigned i = 0; i < labels; i++) {
			const uint8_t label[4] = {0x00, 0x01, i == 0, 0x40};
			bytes_front(&b, label, sizeof(label));
		}
		packet_ethernet(&b, 0x8847);
		watch_frame(w, b.at, b.length);
		assert_int_equal(watch_count(w, OBS_STUN_REQUEST), labels <= 16);
		assert_int_equal(w->stats.too_many_layers, labels > 16);
		watch_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vxlan_and_geneve),
		cmocka_unit_test(gtp_and_teredo),
		cmocka_unit_test(capwap_is_not_opened),
		cmocka_unit_test(random_bytes_are_no_tunnel),
		cmocka_unit_test(cut_tunnels),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(labels_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
