# cppcheck; what it gets wrong is suppressed at its line, with the reason.
# shellcheck source=tests/lint/common.sh
. "$LINT_DIR/common.sh"

mkdir -p build/cppcheck
cppcheck -q -j2 --std=c11 --language=c -I. -D_GNU_SOURCE '-DSEEP_VERSION="0"' \
	--cppcheck-build-dir=build/cppcheck --enable=warning,performance,portability \
	--inline-suppr --suppress=missingIncludeSystem --error-exitcode=1 "${sources[@]}"
