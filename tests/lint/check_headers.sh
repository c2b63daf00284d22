# Every header compiles alone: it includes what it needs, whatever came before it.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"
read_flags

# The lists of the four tables have no guard: they are rows and nothing else, and who includes one
# says what a row is.
compile_alone() {
	local header=$1 row
	shift
	if ! grep -q '^#ifndef SEEP_' "$header"; then
		for row in DISSECTOR DETECTION OUTPUT COMMAND; do
			set -- "$@" "-D$row(x)="
		done
	fi
	printf '#include "%s"\n' "$header" | "$@" -x c -fsyntax-only - && return
	echo "$header does not compile alone"
	return 1
}
export -f compile_alone

printf '%s\0' "${headers[@]}" |
	xargs -0 -P2 -I{} bash -c 'compile_alone "$@"' - {} "$clang" "${flags[@]}"
