/*
 * IEEE 802.11 data frames (IEEE 802.11-2020 §9.3.2), bare or behind a radiotap header
 * (https://www.radiotap.org): reads the addresses, steps over QoS and HT control, and hands on to
 * LLC. Of an aggregate (A-MSDU) the first packet is read.
 *
 * Encrypted frames are counted, and so are fragments, the rest of aggregates and what a receiver
 * found damaged. Management, control and null frames carry no packet. Mesh headers are not read.
 */
#include "core/link_type.h"
#include "dissect/dissector.h"
#include "dissect/ethertype.h"

#define RADIOTAP_WORDS_MAX 8
#define MAC_SIZE           6
#define FRAGMENT_NUMBER    0x000f
#define HT_CONTROL_SIZE    4

/* Bits of the frame control field, which is little endian as all of 802.11. */
enum {
	VERSION_AND_TYPE = 0x000f,
	TYPE_DATA = 0x0008,
	NO_DATA = 0x0040, /* of a data frame's subtype */
	QOS = 0x0080,     /* the same */
	TO_DS = 0x0100,
	FROM_DS = 0x0200,
	MORE_FRAGMENTS = 0x0400,
	PROTECTED = 0x4000,
	HT_CONTROL = 0x8000, /* of a QoS frame */
	QOS_AGGREGATE = 0x0080,
};

/* Bits of radiotap's first presence word, and of its flags. */
enum {
	HAS_TIME = 1U << 0,
	HAS_FLAGS = 1U << 1,
	TIME_SIZE = 8,
	FLAG_PADDED = 0x20,
	FLAG_DAMAGED = 0x40,
};
#define MORE_WORDS 0x80000000U

/* Radiotap's header, if it is well-formed; its flags, if it has them. */
static bool radiotap_read(struct reader *r, uint8_t *flags)
{
	struct reader all = *r;
	uint8_t version = reader_u8(r);
	reader_skip(r, 1);
	size_t length = reader_le16(r);
	struct reader h = reader_sub(&all, length);
	*r = all;
	reader_skip(&h, 4);
	uint32_t present = reader_le32(&h), word = present;
	size_t words = 1;
	for (; word & MORE_WORDS && words < RADIOTAP_WORDS_MAX; words++)
		word = reader_le32(&h);
	if (present & HAS_TIME) /* which is aligned to its size */
		reader_skip(&h, TIME_SIZE + (words % 2 ? 0 : 4));
	*flags = present & HAS_FLAGS ? reader_u8(&h) : 0;
	return version == 0 && !h.failed && !(word & MORE_WORDS);
}

/* The header of a data frame. */
struct wlan {
	uint16_t control, sequence, qos;
	struct reader addresses, fourth;
};

/* Reads it, and steps over what drivers put behind it to align the payload. */
static struct wlan header_read(struct reader *r, bool padded)
{
	struct wlan w = {0};
	size_t before = reader_left(r);
	w.control = reader_le16(r);
	reader_skip(r, 2); /* duration */
	w.addresses = reader_sub(r, 3 * MAC_SIZE);
	w.sequence = reader_le16(r);
	if ((w.control & TO_DS) && (w.control & FROM_DS))
		w.fourth = reader_sub(r, MAC_SIZE);
	if (w.control & QOS)
		w.qos = reader_le16(r);
	if ((w.control & QOS) && (w.control & HT_CONTROL))
		reader_skip(r, HT_CONTROL_SIZE);
	size_t size = before - reader_left(r);
	if (padded)
		reader_skip(r, (4 - size % 4) % 4);
	return w;
}

/* Which of the addresses are the ends' depends on whether access points send or receive. */
static void addresses_set(struct packet *p, struct wlan *w)
{
	uint8_t mac[3][MAC_SIZE];
	for (int i = 0; i < 3; i++)
		reader_copy(&w->addresses, mac[i], MAC_SIZE);
	bool to = w->control & TO_DS, from = w->control & FROM_DS;
	memcpy(p->dst_mac, mac[to ? 2 : 0], MAC_SIZE);
	if (to && from)
		reader_copy(&w->fourth, p->src_mac, MAC_SIZE);
	else
		memcpy(p->src_mac, mac[from ? 2 : 1], MAC_SIZE);
	p->has_macs = true;
}

/* Packets sent together have addresses and a length in front of each. */
static void aggregate_enter(struct dissection *d, struct reader *r)
{
	reader_copy(r, d->packet->dst_mac, MAC_SIZE);
	reader_copy(r, d->packet->src_mac, MAC_SIZE);
	size_t length = reader_u16(r);
	d->stats->wlan_unread += length < reader_left(r);
	reader_limit(r, length);
}

static enum verdict data_dissect(struct dissection *d, struct reader *r, bool padded)
{
	struct wlan w = header_read(r, padded);
	if (r->failed)
		return reader_verdict(r);
	if ((w.control & MORE_FRAGMENTS) || (w.sequence & FRAGMENT_NUMBER)) {
		d->stats->wlan_unread++;
		return DONE;
	}
	addresses_set(d->packet, &w);
	if (w.qos & QOS_AGGREGATE)
		aggregate_enter(d, r);
	return r->failed ? reader_verdict(r) : dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_LLC);
}

static enum verdict frame_dissect(struct dissection *d, struct reader *r, bool padded)
{
	struct reader peek = *r;
	uint16_t control = reader_le16(&peek);
	if (peek.failed)
		return reader_verdict(&peek);
	if ((control & VERSION_AND_TYPE) != TYPE_DATA || (control & NO_DATA))
		return dissection_next(d, CARRIER_ETHERTYPE, ETHERTYPE_NONE);
	if (!(control & PROTECTED))
		return data_dissect(d, r, padded);
	d->stats->wlan_protected++;
	return DONE;
}

static enum verdict ieee80211_dissect(struct dissection *d, struct reader *r)
{
	uint8_t flags = 0;
	if (d->number == LINK_IEEE802_11_RADIOTAP && !radiotap_read(r, &flags))
		return r->cut ? TRUNCATED : MALFORMED;
	if (!(flags & FLAG_DAMAGED))
		return frame_dissect(d, r, flags & FLAG_PADDED);
	d->stats->wlan_unread++;
	return DONE;
}

extern const struct dissector dissector_ieee80211;
const struct dissector dissector_ieee80211 = {
	.info = {"ieee80211", "IEEE 802.11, radiotap"},
	.carrier = CARRIER_LINK,
	.numbers = {LINK_IEEE802_11, LINK_IEEE802_11_RADIOTAP},
	.number_count = 2,
	.dissect = ieee80211_dissect,
};
