# Include walls: every #include of every file is looked up in walls.txt. A header that no row knows
# fails, too: a new library needs a row that says where it may be used.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

grep -nHE '^[[:space:]]*#[[:space:]]*include' "${sources[@]}" "${headers[@]}" | awk -v rows="$LINT_DIR/walls.txt" '
function glob(pattern) {
	gsub(/[.+]/, "\\\\&", pattern)
	gsub(/\*/, ".*", pattern)
	return "^" pattern "$"
}
BEGIN {
	while ((getline line < rows) > 0) {
		n = split(line, words, /[[:space:]]+/)
		if (line ~ /^#/ || n < 2)
			continue
		pattern[++count] = glob(words[1])
		for (i = 2; i <= n; i++)
			allowed[count] = allowed[count] (i > 2 ? "|" : "") glob(words[i])
	}
}
{
	split($0, at, ":")
	if (!match($0, /[<"][^">]+[">]/)) {
		print at[1] ":" at[2] ": an include that names no file"
		bad = 1
		next
	}
	header = substr($0, RSTART + 1, RLENGTH - 2)
	for (row = 1; row <= count && header !~ pattern[row]; row++)
		;
	if (row > count)
		print at[1] ":" at[2] ": no row of walls.txt knows " header
	else if (at[1] !~ allowed[row])
		print at[1] ":" at[2] ": may not include " header
	else
		next
	bad = 1
}
END { exit bad }'
