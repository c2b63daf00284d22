# Nothing needs a long scroll: files and functions have a limit.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

awk -v file_max=400 -v function_max=70 '
function file_end() {
	if (lines > file_max) {
		print name ": " lines " lines, at most " file_max
		bad = 1
	}
}
FNR == 1 { file_end(); name = FILENAME; open = 0 }
{ lines = FNR }
/^{/ { open = FNR }
/^}/ {
	if (open && FNR - open + 1 > function_max) {
		print name ":" open ": a function of " FNR - open + 1 " lines, at most " function_max
		bad = 1
	}
	open = 0
}
END { file_end(); exit bad }' "${sources[@]}" "${headers[@]}"
