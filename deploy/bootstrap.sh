#!/bin/sh
# Makes the checkout ready to run: virtual environment, locked dependencies, the system libraries that PDF needs.
# Needs Python 3.11 or 3.12 and nothing else; works as root and as an ordinary user; does nothing when nothing has changed.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
give_up() { printf '%s\n' "$*" >&2; exit 1; }
is_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }
apt_install() {
    say "Installing $* …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
}

find_python() {
    for candidate in python3.11 python3.12 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

make_environment() {
    python=$(find_python)
    if [ -z "$python" ]; then
        is_debian_root && apt_install python3 && python=$(find_python)
        [ -n "$python" ] || give_up "Python 3.11 or 3.12 is needed: apt-get install python3"
    fi
    say "Making .venv with $("$python" --version) …"
    rm -rf .venv
    # Debian ships venv without pip; python3-venv brings it, and without root uv is fetched by Python itself.
    if ! "$python" -c 'import ensurepip' 2>/dev/null && is_debian_root; then
        apt_install python3-venv ca-certificates
    fi
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    else
        "$python" -m venv --without-pip .venv
    fi
}

find_uv() {
    if [ -x .venv/tools/bin/uv ]; then
        say .venv/tools/bin/uv
    elif uv --version 2>/dev/null | grep -Eq '^uv (0\.(9|[1-9][0-9])|[1-9])'; then
        say uv
    fi
}

get_uv() {
    say "Getting uv …"
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --target .venv/tools 'uv>=0.9' ||
            give_up "uv could not be fetched from PyPI; is there a way to the network?"
    else
        .venv/bin/python deploy/fetch_uv.py .venv/tools/bin ||
            give_up "uv could not be fetched from PyPI; install it by hand: https://docs.astral.sh/uv/"
    fi
}

lock_stamp() { cat uv.lock pyproject.toml deploy/bootstrap.sh | cksum; }

sync_dependencies() {
    uv=$(find_uv)
    [ -n "$uv" ] || { get_uv; uv=.venv/tools/bin/uv; }
    say "Installing the locked dependencies …"
    # An office behind a proxy that opens TLS has its authority in the system, not in uv.
    UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv "$uv" sync --locked --quiet --python .venv/bin/python ||
        give_up "The locked dependencies could not be installed (see above)."
}

LIBRARIES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core fonts-liberation"

pdf_works() {
    (. .venv/environment && .venv/bin/python -c 'import weasyprint') >/dev/null 2>&1 &&
        find -L /usr/share/fonts .venv/system/root/usr/share/fonts -name '*.ttf' 2>/dev/null | grep -q .
}

# Without root the same packages are unpacked beside the environment, and .venv/environment says where they are.
lay_libraries_aside() {
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || return 1
    place=$PWD/.venv/system
    mkdir -p "$place/lists/partial" "$place/archives/partial" "$place/root"
    say "Unpacking the system libraries of PDF into .venv …"
    set -- -qq -o "Dir::State::lists=$place/lists" -o "Dir::Cache=$place" -o "Dir::Cache::archives=$place/archives" \
        -o Debug::NoLocking=1
    # shellcheck disable=SC2086
    { apt-get "$@" update && apt-get "$@" install -y --no-install-recommends --download-only $LIBRARIES; } \
        >/dev/null 2>&1 || return 1
    for package in "$place"/archives/*.deb; do
        dpkg-deb -x "$package" "$place/root"
    done
    aliases=$place/root/usr/share/fontconfig/conf.avail
    cat >"$place/fonts.conf" <<CONF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$place/root/usr/share/fonts</dir>
  <cachedir>$place/fontcache</cachedir>
  <include ignore_missing="yes">$aliases/30-metric-aliases.conf</include>
  <include ignore_missing="yes">$aliases/45-latin.conf</include>
  <include ignore_missing="yes">$aliases/60-latin.conf</include>
</fontconfig>
CONF
    folders=$(find "$place/root" -type d -name '*-linux-gnu' -path '*/lib/*' | tr '\n' ':')
    cat >.venv/environment <<CONF
export LD_LIBRARY_PATH="${folders%:}\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="$place/fonts.conf"
CONF
    rm -rf "$place/lists" "$place/archives" "$place"/*.bin
    pdf_works
}

get_libraries() {
    : >.venv/environment
    pdf_works && return
    # shellcheck disable=SC2086
    if is_debian_root; then
        apt_install $LIBRARIES && pdf_works && return
    elif lay_libraries_aside; then
        return
    fi
    give_up "PDF needs system libraries that are missing here. As root, once: apt-get install $LIBRARIES"
}

umask 022
[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || make_environment
if [ "$(cat .venv/stamp 2>/dev/null)" != "$(lock_stamp)" ]; then
    sync_dependencies
    lock_stamp >.venv/stamp
    rm -f .venv/libraries
fi
if [ ! -e .venv/libraries ]; then
    get_libraries
    : >.venv/libraries
fi
