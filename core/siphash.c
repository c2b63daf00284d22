/* Where SipHash's keys come from. */
#include "core/siphash.h"

#include <sys/random.h>

struct siphash_key siphash_random_key(void)
{
	struct siphash_key key = {0};
	/* Small requests to getrandom do not fail once the system is up; without it any key works.
	 */
	if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
		key.k0 = (uint64_t)(uintptr_t)&key;
	return key;
}
