/*
 * Where frames come from: the captures of a run and the interfaces in them. Filled by capture/ as
 * it meets them, only ever appended to; rules and outputs read names and roles out of it by the
 * indices that frames and observations carry.
 */
#ifndef SEEP_CORE_SOURCE_H
#define SEEP_CORE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#define SOURCE_CAPTURES_MAX   4096
#define SOURCE_INTERFACES_MAX 4096
#define INTERFACE_NAME_MAX    32

/* What an interface is to the person whose traffic is judged. */
enum role {
	ROLE_AUTO,     /* nothing said: guess */
	ROLE_UNKNOWN,  /* guessed, without success */
	ROLE_PHYSICAL, /* a host's own link to the network */
	ROLE_TUNNEL,   /* the inside of a VPN */
	ROLE_LAN,      /* a gateway's inner side */
	ROLE_WAN,      /* a gateway's outer side */
};

struct interface {
	char name[INTERFACE_NAME_MAX]; /* "" where the capture has none */
	uint16_t link_type;
	uint16_t capture; /* index into captures */
	uint8_t role;     /* enum role, never ROLE_AUTO */
	bool declared;    /* the role was said by the user, not guessed */
	bool named;       /* guessed from a name that tells it, not from the link type alone; or
			     the kernel's word */
	bool aside;       /* a tunnel that no default route leads into: says nothing of where other
			     traffic should go */
};

struct source_table {
	bool live;                                   /* captures are interfaces, not files */
	uint32_t changes;                            /* of interfaces: added, or no longer aside */
	uint32_t captures, interfaces;               /* how many there are */
	const char *capture[SOURCE_CAPTURES_MAX];    /* as the user named them; not owned */
	enum role capture_role[SOURCE_CAPTURES_MAX]; /* ROLE_AUTO where the user said nothing */
	struct interface interface[SOURCE_INTERFACES_MAX];
};

/* A table without entries, or NULL without memory; free() it. */
struct source_table *source_table_new(void);

/* Both return the new entry's index, or -1 when the table is full. The name is copied for an
 * interface (longer ones are cut), kept by reference for a capture. An interface takes its
 * capture's role, or where that is ROLE_AUTO the one guessed from name and link type. */
int source_add_capture(struct source_table *t, const char *name, enum role role);
int source_add_interface(
	struct source_table *t, uint16_t capture, const char *name, uint16_t link_type);

/* The role that a name and a link type suggest: wg0, tun1, utun4, nordlynx ... are tunnels; eth0,
 * enp3s0, wlan0, or any Ethernet are physical; raw IP without a name tells nothing. `*named` tells
 * whether the name decided. */
enum role role_guess(const char *name, uint16_t link_type, bool *named);

/* "physical", "tunnel", "lan", "wan", "auto", "unknown"; parse takes the first four only. */
const char *role_name(enum role role);
bool role_parse(const char *name, enum role *out);

#endif
