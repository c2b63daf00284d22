# A table's row that no list names: a variable that is not static and that no header declared. And
# with it everything that clang warns of where gcc does not.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"
read_flags

printf '%s\0' "${sources[@]}" | xargs -0 -n4 -P2 "$clang" -fsyntax-only "${flags[@]}" \
	-Wmissing-variable-declarations -Wunreachable-code-return -Wunused-macros \
	-Wimplicit-fallthrough -Wcomma -Wshorten-64-to-32 -Wconditional-uninitialized
