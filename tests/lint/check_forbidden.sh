# What has no place here, or only one: memory per packet, wall-clock time, prints, mutable statics,
# calls that cannot be used safely, typedefs for structs.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

bad=0
# forbid WHY PATTERN FILES [BUT]: PATTERN anywhere in a line of code, or from its start with ^; FILES
# is a regular expression on the path, BUT one on file:line:text that excuses.
forbid() {
	local found where='.*'
	[[ $2 == ^* ]] && where=
	found=$(code_lines "${sources[@]}" "${headers[@]}" | grep -E "^($3):" |
		grep -E "^[^:]+:[0-9]+:$where(${2#^})" | grep -vE "${4:-^$}") || return 0
	printf '%s\n' "$found" | sed "s/\$/    <- $1/"
	bad=1
}

ours='(core|capture|dissect|rules|output|cli)/.*'
# A dissector's `open` runs once and may allocate; the rest of it, and every detection, may not.
per_packet=(dissect/proto_*.c rules/leak_*.c)
if [[ -e ${per_packet[0]} ]]; then
	awk '/^[a-z].*\(/ { in_open = /_open\(/ }
	/[^a-z_](malloc|calloc|realloc|strdup|strndup|v?asprintf)\(/ && !in_open {
		print FILENAME ":" FNR ":" $0 "    <- no memory per packet"
		bad = 1
	}
	END { exit bad }' "${per_packet[@]}" || bad=1
fi
forbid 'time is packet time' '\<(time|gettimeofday|clock|clock_gettime|localtime(_r)?|mktime)\(' \
	'(core|dissect|rules|output)/.*'
forbid 'the locale stays C' '\<(setlocale|newlocale|uselocale|strcoll)\(' "$ours"
forbid 'messages go through core/log.h' '\<(printf|puts|putchar|perror|vprintf)\(|\<stderr\>' \
	'(core|capture|dissect|rules)/.*' '^core/log\.c:'
forbid 'never safe' '\<(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|atoi|atol|system)\(' "$ours"
forbid 'nothing visible may depend on a random number' '\<(rand|srand|random|drand48)\(' "$ours"
forbid 'structs are spelt out' '^typedef (struct|union)' "$ours"
# The signal flag of cli is the one exception.
forbid 'no mutable state at file scope' '^[[:space:]]*static [^(]*(;|=|\[)' "$ours" \
	':[[:space:]]*static (inline |.*\<const\>|(volatile )?.*sig_atomic_t)'
exit $bad
