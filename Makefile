# seep: build, install, test. `make help` lists what a person wants.
#
# Every folder is globbed: a new file needs no line here. Everything made lies in build/, and
# B=build/x makes a second variant beside it. CC, CFLAGS, CPPFLAGS, LDFLAGS, DESTDIR, PREFIX and the
# directories below it are the caller's; what the code itself demands is in STRICT.

VERSION := 0.1.0
B       ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
DOCDIR  ?= $(PREFIX)/share/doc/seep
DESTDIR ?=
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS  ?= -O2 -g
INSTALL ?= install

FOLDERS := core capture dissect rules output cli
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-align -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Werror
STRICT  := -std=c11 -D_GNU_SOURCE -DSEEP_VERSION='"$(VERSION)"' -I. $(WARN)
LIBS    := -lpcap -lmnl -lcap-ng -lseccomp -lssl -lcrypto -lz -lzstd -lbrotlidec -lndpi -lyaml \
	-lcjson -lmaxminddb
HEADERS := pcap/pcap.h libmnl/libmnl.h cap-ng.h seccomp.h openssl/evp.h openssl/ssl.h zlib.h zstd.h \
	brotli/decode.h ndpi/ndpi_api.h yaml.h cjson/cJSON.h maxminddb.h

SRC      := $(wildcard $(FOLDERS:%=%/*.c))
LIB_OBJ  := $(patsubst %.c,$(B)/%.o,$(filter-out cli/main.c,$(SRC)))
UNIT_SRC := $(wildcard tests/unit/test_*.c tests/unit/libpcap_same.c)
UNIT_LIB := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c tests/unit/*/*.c))
UNIT     := $(UNIT_SRC:%.c=$(B)/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_LIB := $(filter-out $(FUZZ_SRC),$(wildcard tests/fuzz/*.c))
FUZZ     := $(FUZZ_SRC:%.c=$(B)/%)
EVERYTHING := $(B)/tests/bench/everything
DOCS     := $(wildcard README.md LICENSE docs/alert.schema.json docs/POLICY.md docs/OUTPUTS.md docs/CI.md)

# Variants are this makefile again, with another B and other flags. What calls them may already be
# parallel; if not, two at a time.
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j2)
CHECKED = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all
# gcc's -Wconversion warns of what UBSan puts into an expression.
ASAN    = B=build/asan CFLAGS='$(CHECKED) -fsanitize=address,undefined -Wno-conversion'
LIBFUZZ = B=build/fuzz CC=clang-14 \
	CFLAGS='$(CHECKED) -fsanitize=fuzzer-no-link,address,undefined'

all: $(B)/seep ## build the program, $(B)/seep

$(B)/seep: $(B)/cli/main.o $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(STRICT) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT): $(B)/%: $(B)/%.o $(UNIT_LIB:%.c=$(B)/%.o) $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(FUZZ): $(B)/%: $(B)/%.o $(FUZZ_LIB:%.c=$(B)/%.o) $(LIB_OBJ)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

# Holds the command line that made the objects, so that other flags make them anew. When it is
# written, the compiler and the libraries are looked for, to say in one line what is missing.
USED = $(CC) $(STRICT) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
$(B)/flags: always
	@mkdir -p $(@D)
	@used=$$(printf '%s ' '$(subst ','\'',$(USED))'); \
	if [ "$$used" != "$$(cat $@ 2>/dev/null)" ]; then \
		printf '#include <%s>\n' $(HEADERS) | $(CC) $(CPPFLAGS) $(CFLAGS) -E - >/dev/null || \
		{ echo 'seep: a compiler or a library is missing; run: make setup' >&2; exit 1; }; \
		printf '%s' "$$used" >$@; \
	fi

programs: all $(UNIT)
fuzzers: $(FUZZ)

setup: ## install what building needs (Debian packages, as root)
	@.ci/setup build

demo: ## set up, build, and show what seep finds in the bundled captures
	@.ci/setup build
	+@$(SUBMAKE) -s all
	@tests/demo $(B)/seep

test check: ## set up, build, and run every test
	@.ci/setup build test
	+@$(SUBMAKE) -s programs
	@tests/run $(B)

lint: ## include walls, formats, sizes, clang-tidy, cppcheck ...
	@.ci/setup build test lint
	@tests/lint/run

sanitize: ## tests and captures under ASan, UBSan and valgrind
	@.ci/setup build test sanitize
	+@$(SUBMAKE) -s $(ASAN) programs
	+@$(SUBMAKE) -s programs
	@tests/sanitize build/asan $(B)

cost: all ## no capture costs 20 times the median; COST_ALL=1 counts all
	@.ci/setup build test sanitize
	@SEEP=$(B)/seep tests/cost.py

fuzz-smoke: ## each fuzz target for FUZZ_SECONDS (default 3)
	@.ci/setup build lint
	+@$(SUBMAKE) -s $(LIBFUZZ) fuzzers
	@tests/fuzz/run build/fuzz

$(EVERYTHING): $(EVERYTHING).o $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

bench: all $(EVERYTHING) ## compare speed with others on large captures
	@test -x tests/bench/run || { echo 'seep: tests/bench/run is missing' >&2; exit 1; }
	@SEEP=$(B)/seep EVERYTHING=$(EVERYTHING) tests/bench/run

captures: ## make pcaps/ again in network namespaces (root)
	@test "$$(id -u)" = 0 || { echo 'seep: make captures needs root' >&2; exit 1; }
	@.ci/setup live
	tests/live/captures.sh

install: all ## DESTDIR, PREFIX, BINDIR, MANDIR, DOCDIR are honoured
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(DOCDIR)'
	$(INSTALL) -m 755 $(B)/seep '$(DESTDIR)$(BINDIR)/seep'
	$(if $(DOCS),$(INSTALL) -m 644 $(DOCS) '$(DESTDIR)$(DOCDIR)')
ifneq ($(wildcard cli/seep.8),)
	$(INSTALL) -d '$(DESTDIR)$(MANDIR)/man8'
	$(INSTALL) -m 644 cli/seep.8 '$(DESTDIR)$(MANDIR)/man8/seep.8'
endif

uninstall: ## remove what install put there
	rm -f '$(DESTDIR)$(BINDIR)/seep' '$(DESTDIR)$(MANDIR)/man8/seep.8' \
		$(foreach d,$(notdir $(DOCS)),'$(DESTDIR)$(DOCDIR)/$d')
	-rmdir '$(DESTDIR)$(DOCDIR)' 2>/dev/null

clean: ## remove everything made
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## \(.*\)/\1|\2/p' Makefile | \
		while IFS='|' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

# For the lint scripts: the flags every source must compile with.
strict-flags:
	@echo $(STRICT)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all programs fuzzers setup demo test check lint sanitize fuzz-smoke cost bench captures \
	install uninstall clean help strict-flags always
