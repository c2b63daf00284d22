# A check that cannot fail checks nothing: each violation below, planted alone into a copy of the
# tree, must make its check fail, and the copy without it must pass.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "${existing[@]}" Makefile .clang-format .clang-tidy "$copy"

check() {
	SEEP_ROOT=$copy "$LINT_DIR/run" "$1" >"$copy/log" 2>&1
}

# plant CHECK FILE TEXT: FILE with TEXT in it is found by CHECK.
plant() {
	mkdir -p "$copy/${2%/*}"
	printf '%b' "$3" >"$copy/$2"
	if check "$1"; then
		echo "$1 does not see: $2: $3"
		exit 1
	fi
	rm "$copy/$2"
}

for name in walls headers strays sizes forbidden format; do
	check "$name" || { cat "$copy/log"; echo "selftest: $name fails already"; exit 1; }
done
plant walls core/planted.h '#include <pcap/pcap.h>\n'
plant walls rules/planted.c '#include "dissect/dissect.h"\n'
plant walls core/planted.c '#include "rules/rules.h"\n'
plant walls cli/planted.c '#include "capture/planted_private.h"\n'
plant walls dissect/planted.c '#include <cjson/cJSON.h>\n'
plant walls output/planted.c '#include <nobody/knows.h>\n'
plant headers core/planted.h 'uint8_t planted(void);\n'
plant strays rules/planted.c 'const int planted = 1;\n'
plant sizes core/planted.c "$(yes 'struct planted;\n' | head -n 401 | tr -d '\n')"
plant sizes core/planted.c "void planted(void)\n{\n$(yes '\t;\n' | head -n 70 | tr -d '\n')}\n"
plant forbidden dissect/proto_planted.c '\tp = malloc(1);\n'
plant forbidden rules/planted.c '\tnow = time(NULL);\n'
plant forbidden capture/planted.c '\tprintf("x");\n'
plant forbidden dissect/planted.c 'static int planted;\n'
plant format core/planted.c 'int  planted ;\n'
