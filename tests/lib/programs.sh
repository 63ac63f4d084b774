# Sourced by tests/run: which programs each section needs, and how they come.

# program · its sections, or `all` · Debian package, or `rustup:component`, or what to do · smallest version
programs() {
  cat <<'TABLE'
cc            all     gcc                   -
git           all     git                   2.20
cargo         all     -                     1.95
cargo-fmt     rust    rustup:rustfmt        -
cargo-clippy  rust    rustup:clippy         -
python3       rust    python3               3.9
python3       api     python3-venv          3.9
python3       postgres python3              3.9
/usr/lib/postgresql/15/bin/postgres postgres postgresql-15 15
openssl       postgres openssl              3
python3       s3      python3-venv          3.9
javac         kotlin  default-jdk-headless  17
mvn           kotlin  maven                 3.6.3
systemd-analyze packaging systemd             250
man           packaging man-db                2.9
TABLE
}

# Succeeds when program $1 runs and is at least version $2.
has_program() {
  local said
  # openssl 3.0 knows `version` alone.
  said=$({ "$1" --version || "$1" version; } 2>&1 </dev/null | sed 's/\x1b\[[0-9;]*m//g') || return 1
  [ "$2" != - ] || return 0
  [[ $said =~ [0-9]+(\.[0-9]+)* ]] || return 1
  [ "$(printf '%s\n%s\n' "$2" "${BASH_REMATCH[0]}" | sort -V | sed -n 1p)" = "$2" ]
}

# Prints the rows of `programs` that the sections in $@ need and this machine lacks.
missing_programs() {
  local program where package smallest
  while read -r program where package smallest; do
    case " all $* " in
      *" $where "*) has_program "$program" "$smallest" || printf '%s %s %s %s\n' "$program" "$where" "$package" "$smallest" ;;
    esac
  done < <(programs)
}

# Installs what the sections in $@ lack, or says how to and leaves with 3 before anything is built.
need_programs() {
  local missing components packages name working=()
  missing=$(missing_programs "$@")
  [ -n "$missing" ] || return 0
  components=$(awk '$3 ~ /^rustup:/ {sub("rustup:", "", $3); print $3}' <<<"$missing")
  packages=$(awk '$3 !~ /^(rustup:|-$)/ {print $3}' <<<"$missing")
  if [ -n "$components" ] && command -v rustup >/dev/null; then
    # shellcheck disable=SC2086 # a list of words
    rustup --quiet component add $components
  fi
  if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    printf 'tests/run: installing %s\n' "${packages//$'\n'/ }"
    apt-get -qq update
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages >/dev/null
  fi
  missing=$(missing_programs "$@")
  [ -n "$missing" ] || return 0

  {
    echo 'tests/run: missing, or too old (program, for section, from, at least version):'
    printf '%s\n' "$missing" | sed 's/^/  /'
    packages=$(awk '$3 !~ /^(rustup:|-$)/ {print $3}' <<<"$missing")
    components=$(awk '$3 ~ /^rustup:/ {sub("rustup:", "", $3); print $3}' <<<"$missing")
    [ -z "$packages" ] || printf 'sudo apt-get install %s\n' "${packages//$'\n'/ }"
    [ -z "$components" ] || printf 'rustup component add %s\n' "${components//$'\n'/ }"
    ! grep -q '^cargo ' <<<"$missing" || echo 'rustup update stable'
    for name in "$@"; do
      [ -n "$(missing_programs "$name")" ] || working+=("$name")
    done
    [ ${#working[@]} -eq 0 ] || printf 'What works without: tests/run %s\n' "${working[*]}"
  } >&2
  exit 3
}
