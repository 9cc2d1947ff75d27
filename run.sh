#!/usr/bin/env bash
# The hall's one door: installs what is missing, then starts a part. `./run.sh help` lists the commands.
set -euo pipefail

HERE=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
VENV=$HERE/.venv
export HALL_CONFIG=${HALL_CONFIG:-$HERE/config/hall.toml} HALL_DATA=${HALL_DATA:-$HERE/var}
# Commands work from any folder, and a file name means the caller's folder.
export PYTHONPATH=$HERE PYTHONSAFEPATH=1

# The server sets papers as PDF (WeasyPrint); the kiosk's keyboard offers Hanzi (libgooglepinyin).
SERVER_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk)
SCREEN_PACKAGES=(libgl1 libgl1-mesa-dri libmtdev1 espeak-ng alsa-utils libgooglepinyin0)
TEST_PACKAGES=(xvfb xdotool umockdev chromium imagemagick poppler-utils)

usage() {
    cat <<'TEXT'
Usage: ./run.sh [COMMAND] [options]        every command explains itself with --help

  (none)                run the hall: server, and kiosk + board on this screen when there is one
  serve                 the server alone
  kiosk                 where citizens take a number    --server URL --token TOKEN --kiosk K01
  board                 the board and its voice         --server URL --token TOKEN --board B01
                        its voice alone, without a server                  --say "A012 5"
  evaluator             faces for a rating              --server URL --token TOKEN --window 5
  keypad                a clerk's keys (evdev)          --server URL --token TOKEN --window 5
  panels                LED panels: says what does their work, as no driver is in this release
  demo [--speed 60]     the hall with simulated citizens and clerks, in a data folder of its own

  token KIND ID         make a token for a terminal or a program, or --revoke it
  reload                read the config again: all of it, or nothing and every mistake named
  check                 verify the data and the config
  backup FILE           a consistent copy of the data, also while the hall runs
  restore FILE          put a backup back, while the hall stands still
  signing-key           the public keys of permits and papers; --rotate makes a new one
  catalogue WHAT        check: prove the handling items; import FILE: take over a province's export

  setup                 only install
  test [pytest args]    install what tests need, then run them all
  bench NAME [--json]   measure this machine
  help                  this page

Environment: HALL_CONFIG (config/hall.toml), HALL_DATA (var/), HALL_HOST (127.0.0.1), HALL_PORT (8080),
HALL_ADMIN_PASSWORD (first start only), HALL_KEY_FILE ($HALL_DATA/hall.key), HALL_LOG (level),
HALL_SIGNING_KEYS ($HALL_DATA/signing.keys), HALL_TOKEN (a terminal's token),
HALL_SMS_TOKEN (the text gateway's), HALL_BRIDGES (bridges.toml beside HALL_CONFIG)
TEXT
}

panels() {
    cat <<'TEXT'
Usage: ./run.sh panels        starts nothing: this release has no driver for LED panels. In their place
  - a screen at a window shows its calls: ./run.sh board --server URL --board B05 --window 5
  - a panel's own controller can hear them at /board, with ./run.sh token board ID (docs/socketio.md)
TEXT
}

say() { printf 'run.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
asks_help() { [[ ${1:-} == --help || ${1:-} == -h ]]; }
has_screen() { [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; }

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

# What a stamp must say for an installation to be that of these files.
# A new Python makes everything old.
checksum() { { cat -- "$@"; readlink -f -- "$VENV/bin/python"; } | sha256sum; }
is_stamped() { [[ -r $1 && $(<"$1") == "$(checksum "${@:2}")" ]]; }
venv_is_whole() { [[ -x $VENV/bin/python ]] && is_stamped "$VENV/.hall" "$HERE/requirements/hall.txt"; }
tests_are_whole() { is_stamped "$VENV/.test" "$HERE/requirements/test.txt"; }
node_is_whole() { is_stamped "$HERE/node_modules/.hall" "$HERE/package-lock.json"; }

# Names the packages that Python, its compiled parts and the pages' script need and this machine lacks.
missing_tools() {
    local python
    if ! venv_is_whole; then
        if ! python=$(find_python); then
            echo python3 python3-venv python3-dev
        else
            "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
            [[ -e $("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h ]] || echo python3-dev
        fi
        command -v gcc >/dev/null || echo gcc
        [[ -e /usr/include/linux/input.h && -e /usr/include/stdio.h ]] || echo libc6-dev
    fi
    node_is_whole || command -v npm >/dev/null || echo npm
}

missing_of() {
    local name there
    there=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        grep -qx "$name installed" <<<"$there" || echo "$name"
    done
}

install_packages() {
    local wanted=("${SERVER_PACKAGES[@]}") missing=() as_root=()
    if [[ $1 != server ]]; then wanted+=("${SCREEN_PACKAGES[@]}"); fi
    if [[ $1 == tests ]]; then wanted+=("${TEST_PACKAGES[@]}"); fi
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian: see yourself to ${wanted[*]}, under the names they have here"
        return
    fi
    read -r -d '' -a missing < <(missing_tools; missing_of "${wanted[@]}") || true
    if [[ ${#missing[@]} == 0 ]]; then return; fi
    say "installing packages of the system: ${missing[*]}"
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || die "that needs root; let an administrator run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    { "${as_root[@]}" apt-get -q update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -q install --yes --no-install-recommends "${missing[@]}"; } >&2 ||
        die "apt-get could not install them; let an administrator run: apt-get install ${missing[*]}"
}

install_python() {
    local python pip=("$VENV/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes)
    if ! venv_is_whole; then
        python=$(find_python) || die "needs Python 3.11 or newer, and none was found"
        say "installing Python packages into .venv (some minutes the first time)"
        # A link may lead to another hall's venv, which is not ours to change.
        if [[ -L $VENV ]]; then rm -- "$VENV"; fi
        # Also mends a venv that was left half made, or made by a Python that is gone.
        { "$python" -m venv "$VENV" && "$VENV/bin/python" -m pip --version; } >/dev/null 2>&1 ||
            "$python" -m venv --clear "$VENV" >&2
        "${pip[@]}" -r "$HERE/requirements/hall.txt" >&2
        checksum "$HERE/requirements/hall.txt" >"$VENV/.hall"
    fi
    if [[ $1 == tests ]] && ! tests_are_whole; then
        say "installing Python packages for the tests"
        "${pip[@]}" -r "$HERE/requirements/test.txt" >&2
        checksum "$HERE/requirements/test.txt" >"$VENV/.test"
    fi
}

install_scripts() {
    if node_is_whole; then return; fi
    say "installing the pages' script from npm"
    (cd -- "$HERE" && npm ci --omit=dev --no-audit --no-fund >&2)
    mkdir -p -- "$HERE/node_modules"
    checksum "$HERE/package-lock.json" >"$HERE/node_modules/.hall"
}

# set_up server|screens|tests. One at a time: terminals of a machine may all start at once.
set_up() {
    (
        flock 9
        install_packages "$1"
        install_python "$1"
        install_scripts
    ) 9<"$HERE/run.sh"
}

# What follows an option among arguments.
value_of() {
    local option=$1
    shift
    while [[ $# -gt 1 ]]; do
        if [[ $1 == "$option" ]]; then echo "$2"; fi
        shift
    done
}

# terminal MODULE KIND OPTION [args]: on the hall's own machine a terminal needs no token from its user.
terminal() {
    local module=$1 kind=$2 id
    id=$(value_of "$3" "${@:4}")
    shift 3
    set_up screens
    if [[ -n $id && -z ${HALL_TOKEN:-}$(value_of --token "$@") && -e $HALL_DATA/hall.db ]]; then
        HALL_TOKEN=$("$VENV/bin/python" -m queue_server token "$kind" "$id" | tail -n 1)
        export HALL_TOKEN
    fi
    exec "$VENV/bin/python" -m "$module" "$@"
}

main() {
    local command=${1:-}
    [[ $# == 0 ]] || shift
    case $command in
        "" | demo)
            if has_screen; then set_up screens; else set_up server; fi
            exec "$VENV/bin/python" -m queue_server "${command:-run}" "$@"
            ;;
        help | --help | -h) usage ;;
        setup)
            if asks_help "$@"; then echo "Usage: ./run.sh setup: install what server and terminals need"; exit; fi
            set_up screens
            say "everything is there"
            ;;
        test)
            if asks_help "$@"; then echo "Usage: ./run.sh test [pytest arguments]: install what tests need, run them"; exit; fi
            set_up tests
            cd -- "$HERE"
            # All of them run side by side, a file on each processor; eight have ports of their own (tests/conftest.py).
            [[ $# -gt 0 ]] || set -- --numprocesses auto --maxprocesses 8 --dist loadfile
            exec "$VENV/bin/python" -m pytest "$@"
            ;;
        kiosk) terminal kiosk kiosk --kiosk "$@" ;;
        board) terminal display_board board --board "$@" ;;
        evaluator) terminal kiosk.evaluator evaluator --window "$@" ;;
        keypad) terminal kiosk.call_pad keypad --window "$@" ;;
        panels)
            panels
            asks_help "$@" || exit 1
            ;;
        bench)
            set_up tests
            exec "$VENV/bin/python" -m tests.bench "$@"
            ;;
        serve | token | reload | check | backup | restore | signing-key | catalogue)
            set_up server
            exec "$VENV/bin/python" -m queue_server "$command" "$@"
            ;;
        *)
            usage >&2
            die "there is no command \"$command\""
            ;;
    esac
}

main "$@"
