# Sourced by every check: what there is to look at, from the root of the tree.
# shellcheck shell=bash
# shellcheck disable=SC2034 # each check uses some of these
set -euo pipefail

clang="clang-14"
folders=(core capture dissect rules output cli tests)
existing=()
for folder in "${folders[@]}"; do
	[[ -d $folder ]] && existing+=("$folder")
done
mapfile -t headers <<<"$(find "${existing[@]}" -name '*.h' | sort)"
mapfile -t sources <<<"$(find "${existing[@]}" -name '*.c' | sort)"

# The flags that the build compiles every source with.
read_flags() {
	read -ra flags <<<"$(make -s --no-print-directory strict-flags)"
}

# Lines of C files as file:line:text, lines that are comment left out.
code_lines() {
	grep -nH '' "$@" | grep -vE '^[^:]+:[0-9]+:[[:space:]]*(/\*|\*|//)'
}
