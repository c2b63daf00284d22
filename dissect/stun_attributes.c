/*
 * STUN attributes (RFC 8489 §14, RFC 8656 §18, RFC 8445 §16.1, RFC 5780 §7, RFC 3489 §11.2, the
 * address-carrying rest of the IANA registry, and those that browsers add): one row each, saying
 * how its value is written. An attribute without a row is kept by number and length.
 *
 * Left alone on purpose: the bytes of DATA, NONCE, MESSAGE-INTEGRITY and tokens prove no leak.
 */
#include "dissect/stun.h"

#include <string.h>

#define ATTRIBUTE_HEADER 4

enum form {
	FORM_OPAQUE,
	FORM_ADDRESS,     /* §14.1 */
	FORM_XOR_ADDRESS, /* §14.2 */
	FORM_TEXT,
	FORM_U8,
	FORM_U16,
	FORM_U32,
	FORM_U64,
	FORM_ERROR,        /* §14.8 */
	FORM_FAMILY_ERROR, /* RFC 8656 §18.13 */
	FORM_FINGERPRINT,
	FORM_NETWORK_INFO, /* network id and cost */
};

/* By type: a message is mostly attributes, so a place for each there may be is worth it. */
static const uint8_t forms[UINT16_MAX + 1] = {
	[STUN_MAPPED_ADDRESS] = FORM_ADDRESS,
	[0x0002] = FORM_ADDRESS, /* RESPONSE-ADDRESS */
	[0x0003] = FORM_U32,     /* CHANGE-REQUEST */
	[0x0004] = FORM_ADDRESS, /* SOURCE-ADDRESS */
	[0x0005] = FORM_ADDRESS, /* CHANGED-ADDRESS */
	[STUN_USERNAME] = FORM_TEXT,
	[0x0009] = FORM_ERROR,
	[0x000b] = FORM_ADDRESS, /* REFLECTED-FROM */
	[STUN_CHANNEL_NUMBER] = FORM_U16,
	[STUN_LIFETIME] = FORM_U32,
	[0x0010] = FORM_U32,     /* BANDWIDTH */
	[0x0011] = FORM_ADDRESS, /* DESTINATION-ADDRESS */
	[STUN_XOR_PEER_ADDRESS] = FORM_XOR_ADDRESS,
	[0x0014] = FORM_TEXT, /* REALM */
	[STUN_XOR_RELAYED_ADDRESS] = FORM_XOR_ADDRESS,
	[0x0017] = FORM_U8, /* REQUESTED-ADDRESS-FAMILY */
	[0x0018] = FORM_U8, /* EVEN-PORT */
	[0x0019] = FORM_U8, /* REQUESTED-TRANSPORT */
	[STUN_XOR_MAPPED_ADDRESS] = FORM_XOR_ADDRESS,
	[STUN_PRIORITY] = FORM_U32,
	[0x0027] = FORM_U16, /* RESPONSE-PORT */
	[STUN_CONNECTION_ID] = FORM_U32,
	[0x8000] = FORM_U8, /* ADDITIONAL-ADDRESS-FAMILY */
	[0x8001] = FORM_FAMILY_ERROR,
	[0x8003] = FORM_TEXT, /* ALTERNATE-DOMAIN */
	[STUN_MS_XOR_MAPPED_ADDRESS] = FORM_XOR_ADDRESS,
	[0x8022] = FORM_TEXT,    /* SOFTWARE */
	[0x8023] = FORM_ADDRESS, /* ALTERNATE-SERVER */
	[0x8027] = FORM_U32,     /* CACHE-TIMEOUT */
	[STUN_FINGERPRINT] = FORM_FINGERPRINT,
	[STUN_ICE_CONTROLLED] = FORM_U64, /* the tie-breaker */
	[STUN_ICE_CONTROLLING] = FORM_U64,
	[0x802b] = FORM_ADDRESS, /* RESPONSE-ORIGIN */
	[0x802c] = FORM_ADDRESS, /* OTHER-ADDRESS */
	[0x8090] = FORM_ADDRESS, /* MS-ALTERNATE-MAPPED-ADDRESS */
	[0xc057] = FORM_NETWORK_INFO,
};

/* The XOR mask is the cookie for the port and an IPv4 address, cookie and transaction id for an
 * IPv6 address; both are the header's bytes from 4 on. Without XOR the mask is zero. */
static void address_read(struct reader *value, const uint8_t mask[STUN_TRANSACTION_SIZE],
	struct obs_stun_attribute *out)
{
	uint8_t bytes[16];
	reader_skip(value, 1);
	uint8_t family = reader_u8(value);
	uint16_t port = reader_u16(value);
	size_t size = family == 1 ? 4 : family == 2 ? 16 : 0;
	reader_copy(value, bytes, size);
	if (size == 0)
		reader_fail(value);
	if (value->failed)
		return;
	for (size_t i = 0; i < size; i++)
		bytes[i] ^= mask[i];
	out->endpoint.addr = size == 4 ? addr_v4(bytes) : addr_v6(bytes);
	out->endpoint.port = port ^ (uint16_t)(mask[0] << 8 | mask[1]);
	out->has |= ATTRIBUTE_ENDPOINT;
}

static void text_read(struct reader *value, struct obs_stun_attribute *out)
{
	size_t length = reader_left(value);
	out->text.cut = length > OBS_TEXT_MAX;
	if (out->text.cut)
		length = OBS_TEXT_MAX;
	out->text.length = (uint16_t)length;
	reader_copy(value, out->text.bytes, length);
	out->has |= ATTRIBUTE_TEXT;
}

static void value_set(struct obs_stun_attribute *out, uint64_t value)
{
	out->value = value;
	out->has |= ATTRIBUTE_VALUE;
}

static void error_read(struct reader *value, struct obs_stun_attribute *out)
{
	reader_skip(value, 2);
	uint8_t hundreds = reader_u8(value) & 0x07;
	uint8_t rest = reader_u8(value);
	out->code = (uint16_t)(hundreds * 100 + rest);
	out->has |= ATTRIBUTE_CODE;
	text_read(value, out);
}

static void network_info_read(struct reader *value, struct obs_stun_attribute *out)
{
	out->network_id = reader_u16(value);
	out->network_cost = reader_u16(value);
	out->has |= ATTRIBUTE_NETWORK;
}

static void fingerprint_read(struct stun_walk *w, const struct reader *rest, struct reader *value,
	struct obs_stun_attribute *out)
{
	uint32_t fingerprint = reader_u32(value);
	value_set(out, fingerprint);
	if (w->checked)
		return;
	w->checked = true;
	out->valid = stun_fingerprint_valid(w->message, rest, fingerprint);
	out->has |= ATTRIBUTE_CHECKED;
}

/* `rest` is the reader behind the attribute's type and length: where the value starts. */
static void value_read(struct stun_walk *w, const struct reader *rest, struct reader *value,
	struct obs_stun_attribute *out)
{
	static const uint8_t unmasked[STUN_TRANSACTION_SIZE] = {0};
	switch ((enum form)forms[out->type]) {
	case FORM_ADDRESS:
		address_read(value, unmasked, out);
		break;
	case FORM_XOR_ADDRESS:
		address_read(value, w->message->id, out);
		break;
	case FORM_TEXT:
		text_read(value, out);
		break;
	case FORM_U8:
		value_set(out, reader_u8(value));
		break;
	case FORM_U16:
		value_set(out, reader_u16(value));
		break;
	case FORM_U32:
		value_set(out, reader_u32(value));
		break;
	case FORM_U64:
		value_set(out, reader_u64(value));
		break;
	case FORM_FAMILY_ERROR:
	case FORM_ERROR:
		error_read(value, out);
		break;
	case FORM_FINGERPRINT:
		fingerprint_read(w, rest, value, out);
		break;
	case FORM_NETWORK_INFO:
		network_info_read(value, out);
		break;
	case FORM_OPAQUE:
		break;
	}
}

/* Values are padded to four bytes (§14); old senders leave the padding of the last one out. */
static void padding_skip(struct reader *attributes, uint16_t length)
{
	size_t padding = (4 - length % 4U) % 4;
	size_t left = reader_left(attributes);
	reader_skip(attributes, padding < left ? padding : left);
}

/* An attribute's header and value. */
static struct reader attribute_take(struct reader *left, uint16_t *type, uint16_t *length)
{
	*type = reader_u16(left);
	*length = reader_u16(left);
	struct reader value = reader_sub(left, *length);
	if (!left->failed)
		padding_skip(left, *length);
	return value;
}

bool stun_attributes_count(struct reader attributes, unsigned *count)
{
	uint16_t type, length;
	for (*count = 0; reader_left(&attributes); *count += !attributes.failed)
		(void)attribute_take(&attributes, &type, &length);
	return !attributes.failed;
}

bool stun_attribute_next(struct stun_walk *w, struct obs_stun_attribute *out)
{
	struct reader *left = &w->left;
	if (reader_left(left) == 0)
		return false;
	memset(out, 0, offsetof(struct obs_stun_attribute, text.bytes));
	struct reader rest = *left;
	struct reader value = attribute_take(left, &out->type, &out->length);
	if (left->failed)
		return false;
	w->value = value;
	reader_skip(&rest, ATTRIBUTE_HEADER);
	value_read(w, &rest, &value, out);
	if (value.failed) {
		out->has = ATTRIBUTE_MALFORMED;
		out->malformed = true;
	}
	return true;
}
