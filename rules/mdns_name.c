/* Names, by their form alone. */
#include "rules/mdns_name.h"

#include <ctype.h>
#include <stddef.h>

/* x: a hexadecimal digit; v: the variant, 8 to b; the rest stands for itself. */
static const char form[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx.local";

static bool byte_fits(size_t at, uint8_t byte)
{
	char wanted = form[at];
	uint8_t small = (uint8_t)tolower(byte);
	if (wanted == 'x')
		return isxdigit(byte) != 0;
	if (wanted == 'v')
		return small == '8' || small == '9' || small == 'a' || small == 'b';
	return small == (uint8_t)wanted;
}

bool mdns_name_random(const struct obs_word *name)
{
	size_t length = name->length;
	if (length == sizeof(form) && name->bytes[length - 1] == '.') /* the root's dot */
		length--;
	if (length != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!byte_fits(i, name->bytes[i]))
			return false;
	}
	return true;
}
