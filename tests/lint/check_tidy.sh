# clang-tidy, with the checks that .clang-tidy names and explains.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"
read_flags

# On stderr it only says how many warnings of system headers it kept to itself. The path that led
# the analyzer to its verdict is long; run clang-tidy on the one file to read it.
tidy_file() {
	local out
	out=$(clang-tidy --quiet "$1" -- "${@:2}" 2>/dev/null) && return
	grep -A2 -E '(error|warning): ' <<<"$out" || echo "$1: clang-tidy failed"
	return 1
}
export -f tidy_file

printf '%s\0' "${sources[@]}" |
	xargs -0 -P2 -I{} bash -c 'tidy_file "$@"' - {} "${flags[@]}"
