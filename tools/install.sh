#!/usr/bin/env bash
# Installs what this machine lacks of: build, check, test, bench, bless (each a named part). With apt-get where there is one,
# else it says what to install. Python's and cargo's tools go to $TOOLS, which the Makefile puts on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${TOOLS:=$HOME/.cache/recto}"

# Each argument is a thing to look for (a command or a file pattern), and the Debian package that brings it.
debian() {
    local missing=() admin=() pair
    for pair in "$@"; do
        present "${pair%:*}" || missing+=("${pair#*:}")
    done
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || admin=(sudo)
    if ! present apt-get || ! present "${admin[0]:-true}"; then
        echo "Please install what Debian calls ${missing[*]} (as root: apt-get install ${missing[*]}) and try again." >&2
        return 1
    fi
    echo "installing ${missing[*]}" >&2
    "${admin[@]}" apt-get update -qq
    "${admin[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

present() {
    case $1 in
        venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        /*) compgen -G "$1" >/dev/null ;;
        *) PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null ;;
    esac
}

npm_packages() {
    [[ $1/node_modules/.package-lock.json -nt $1/package-lock.json ]] || npm ci --silent --no-audit --no-fund --prefix "$1"
}

# What browsers load: the finished files of packages, without what these were made from. A line for each: name, version, digest.
npm_viewers() {
    local modules=$1/node_modules name version digest archive found
    npm_packages "$1"
    while read -r name version digest; do
        [[ ! -e $modules/$name/complete-$version ]] || continue
        archive=$modules/$(npm pack --silent --pack-destination "$modules" "$name@$version")
        found=sha512-$(openssl dgst -sha512 -binary "$archive" | base64 -w0)
        if [[ $found != "$digest" ]]; then
            echo "$name@$version is not what $1/viewers.txt says: $found" >&2
            return 1
        fi
        rm -rf "${modules:?}/$name"
        mkdir -p "$modules/$name"
        tar -xzf "$archive" -C "$modules/$name" --strip-components=1
        rm "$archive"
        touch "$modules/$name/complete-$version"
    done <"$1/viewers.txt"
}

python_packages() {
    local venv=$TOOLS/python
    cmp -s tools/requirements.txt "$venv/installed.txt" && return
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tools/requirements.txt
    cp tools/requirements.txt "$venv/installed.txt"
}

# Unoptimised, with nothing for debuggers: built once in two minutes, runs for seconds.
cargo_tool() {
    [[ $("$TOOLS/bin/$1" --version 2>/dev/null) == *" $2" ]] ||
        CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug --root "$TOOLS" "$1@$2"
}

packages=() # of Debian: they come first, and all at once
others=()   # each waits for the network, or for a compiler, so they come side by side
for part in "$@"; do
    case $part in
        build)
            packages+=(c++:g++ make:make cmake:cmake nasm:nasm pkg-config:pkg-config node:nodejs npm:npm)
            others+=('npm_packages services/portal')
            ;;
        check)
            packages+=(shellcheck:shellcheck)
            others+=('cargo_tool cargo-deny 0.20.2')
            ;;
        test)
            packages+=('/usr/lib/postgresql/*/bin/initdb:postgresql' nginx:nginx-light nats-server:nats-server wrk:wrk chromium:chromium
                vips:libvips-tools ffmpeg:ffmpeg tiffinfo:libtiff-tools /usr/lib/iipimage-server/iipsrv.fcgi:iipimage-server
                python3:python3 qpdf:qpdf pdfinfo:poppler-utils venv:python3-venv pkill:procps '/usr/lib/*/libmagic.so.1:libmagic1'
                faketime:faketime unshare:util-linux sshd:openssh-server ssh-keygen:openssh-client openssl:openssl vsftpd:vsftpd)
            others+=('npm_viewers tests/end-to-end' 'npm_packages tests/end-to-end/azurite' python_packages)
            ;;
        bench)
            packages+=(opj_decompress:libopenjp2-tools /usr/bin/convert-im6.q16:imagemagick)
            others+=('npm_packages tests/end-to-end/iiif-processor')
            ;;
        bless) others+=('cargo_tool cargo-insta 1.49.0') ;;
        *)
            echo "install.sh knows build, check, test, bench and bless, not $part" >&2
            exit 2
            ;;
    esac
done

debian "${packages[@]}"
running=()
for other in "${others[@]}"; do
    # shellcheck disable=SC2086 # a command and its arguments
    $other &
    running+=($!)
done
for process in "${running[@]}"; do
    wait "$process"
done
