# clang-format has the last word on layout.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

clang-format --dry-run -Werror --ferror-limit=3 "${sources[@]}" "${headers[@]}"
