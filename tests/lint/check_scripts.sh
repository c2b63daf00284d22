# Scripts: shellcheck for shell, compiling for Python.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

mapfile -t shell <<<"$({
	grep -rlIE '^#!/(usr/bin/env bash|bin/(ba)?sh)' .ci contrib tests
	find tests -name '*.sh'
} | sort -u)"
for script in "${shell[@]}"; do
	bash -n "$script"
done
shellcheck -x -s bash --severity=warning "${shell[@]}"
find tests -name '*.py' -print0 | xargs -0 -r python3 -c '
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)'
