/*
 * Names from the IANA registry "STUN Parameters", and those that browsers use without it.
 */
#ifndef SEEP_CORE_STUN_NAMES_H
#define SEEP_CORE_STUN_NAMES_H

/* NULL for a number without a name. */
const char *stun_method_name(unsigned method);
const char *stun_class_name(unsigned stun_class);
const char *stun_attribute_name(unsigned type);

#endif
