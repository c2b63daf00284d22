# seep: build, install, test. `make help` lists what a person wants.
#
# Every folder is globbed: a new file needs no line here. Out of tree: everything made lies in
# build/, and B=build/asan builds a second variant beside it.

VERSION := 0.1.0
B       ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= gcc
CFLAGS  ?= -O2 -g

FOLDERS := core capture dissect rules output cli
STRICT  := -std=c11 -D_GNU_SOURCE -DSEEP_VERSION='"$(VERSION)"' -I. -Wall -Wextra -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-align -Wcast-qual -Wwrite-strings \
	-Wundef -Wvla -Wformat=2 -Werror
LIBS    := -lpcap -lcjson -lcrypto -lz

SRC     := $(wildcard $(FOLDERS:%=%/*.c))
LIB_OBJ := $(patsubst %.c,$(B)/%.o,$(filter-out cli/main.c,$(SRC)))

all: $(B)/seep

$(B)/seep: $(B)/cli/main.o $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(STRICT) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: all clean
