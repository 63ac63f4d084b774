# Sourced by every section: strict mode, the project's root, counting, things made once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
: "${KEYTURN_CACHE:?run tests/run}" "${KEYTURN_COUNTS:?run tests/run}"
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

# Runs a command, showing it first.
run() {
  printf -- '--- %s\n' "$*"
  "$@"
}

# Runs a command that prints `N passed` in one or more lines beginning with $1, and adds the numbers up.
counted() {
  local begins=$1
  shift
  run "$@" 2>&1 | tee "$KEYTURN_COUNTS.output"
  sed -nE "s/^$begins([0-9]+) passed.*/\1/p" "$KEYTURN_COUNTS.output" >>"$KEYTURN_COUNTS"
}

# `cargo test` with the given arguments; its tests are counted.
cargo_test() {
  counted 'test result: .*ok.* ' cargo test "$@"
}

# Makes the folder $KEYTURN_CACHE/$1 once by running the other arguments with the folder's path after them. The stamp
# comes last: a half-made folder is made again.
once() {
  local folder="$KEYTURN_CACHE/$1"
  shift
  [ ! -e "$folder/stamp" ] || return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  run "$@" "$folder"
  touch "$folder/stamp"
}
