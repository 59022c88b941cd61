# Sourced by the commands beside it: Debian packages and the Python environment that they need.

say() { printf '\n== %s\n' "$*"; }

die() { printf '%s\n' "$*" >&2; exit 1; }

is_debian_root() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

# need_packages PROGRAM=PACKAGE...: install the packages whose programs are missing (as root on Debian; otherwise say so).
need_packages() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! is_debian_root; then
        printf 'Not installed, and not installable by this user: %s\n' "${missing[*]}" >&2
        return 0
    fi
    say "Installing Debian packages: ${missing[*]}"
    without_services apt-get update -q
    without_services env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# What the engine tests need, apart from Python.
need_engine_packages() {
    need_packages python3=python3 dockerd=docker.io docker-registry=docker-registry htpasswd=apache2-utils \
        busybox=busybox-static sshd=openssh-server sudo=sudo debootstrap=debootstrap ip=iproute2 iptables=iptables unshare=util-linux
    need_packages docker=docker-cli gcc=build-essential make=build-essential bzip2=bzip2
}

# Installing a package must not start its service on this machine.
without_services() {
    local policy=/usr/sbin/policy-rc.d created= status=0
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod +x "$policy"
        created=yes
    fi
    "$@" || status=$?
    [ -z "$created" ] || rm -f "$policy"
    return "$status"
}

# Name of a Python that is new enough.
find_python() {
    local name
    for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
        if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    die 'Python 3.10 or later is needed.'
}

# make_environment DIRECTORY REQUIREMENT: a virtual environment with this checkout installed in it, made anew when setup.py changes.
make_environment() {
    local directory=$1 requirement=$2 python stamp
    stamp=$(cat setup.py pyproject.toml | cksum)
    if [ -x "$directory/bin/python" ] && [ "$(cat "$directory/stamp" 2>/dev/null)" = "$stamp" ]; then
        return 0
    fi
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null && is_debian_root; then
        say 'Installing Debian packages: python3-venv'
        apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-venv
    fi
    say "Creating $directory"
    rm -rf "$directory"
    "$python" -m venv "$directory"
    "$directory/bin/python" -m pip install -q --disable-pip-version-check -e "$requirement"
    printf '%s\n' "$stamp" > "$directory/stamp"
}
