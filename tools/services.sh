#!/usr/bin/env bash
# Runs a command beside servers of its own: `tools/services.sh cargo test`. The command finds PostgreSQL in DATABASE_URL, S3 (bucket
# `recto`, any keys; SQS and SNS, too) in RECTO_TEST_S3, and NATS with JetStream in RECTO_TEST_NATS; all are gone when it ends.
set -euo pipefail

folder=$(mktemp -d "${TMPDIR:-/tmp}/recto-services.XXXXXX")
chmod 711 "$folder" # PostgreSQL's user passes through
mkdir "$folder/postgres"

# PostgreSQL refuses to run as root.
postgres() {
    local bin
    bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1)
    if ((EUID == 0)); then
        runuser -u postgres -- "$bin/$1" "${@:2}"
    else
        "$bin/$1" "${@:2}"
    fi >>"$folder/postgres.log" 2>&1
}

stop() {
    trap '' INT TERM
    postgres pg_ctl -D "$folder/postgres/db" -m immediate -w stop || true
    pkill -P $$ || true
    wait
    rm -rf "$folder"
}
trap stop EXIT

failed() {
    echo "the test $1 did not start:" >&2
    cat "$2" >&2
    exit 1
}

read -r postgres_port s3_port nats_port < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(s.getsockname()[1] for s in sockets))
PYTHON
)

((EUID != 0)) || chown postgres "$folder/postgres"
PATH="$PATH:/usr/sbin" nats-server -a 127.0.0.1 -p "$nats_port" -js -sd "$folder/nats" >"$folder/nats.log" 2>&1 &
moto_server -H 127.0.0.1 -p "$s3_port" >"$folder/s3.log" 2>&1 &
if ! postgres initdb -D "$folder/postgres/db" -U recto --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 ||
    ! postgres pg_ctl -D "$folder/postgres/db" -w start -o "-p $postgres_port -k $folder/postgres -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300"; then
    failed PostgreSQL "$folder/postgres.log"
fi
python3 - "http://127.0.0.1:$s3_port/recto" <<'PYTHON' || failed "S3 server" "$folder/s3.log"
import sys, time, urllib.request
for left in range(100, -1, -1):
    try:
        urllib.request.urlopen(urllib.request.Request(sys.argv[1], method="PUT"))
        break
    except OSError:
        if not left:
            raise
        time.sleep(0.1)
PYTHON

python3 - "$nats_port" <<'PYTHON' || failed NATS "$folder/nats.log"
import socket, sys, time
for left in range(100, -1, -1):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        break
    except OSError:
        if not left:
            raise
        time.sleep(0.1)
PYTHON

export DATABASE_URL="postgres://recto@127.0.0.1:$postgres_port/postgres"
# sshd, vsftpd and Azurite are started by the tests themselves, where these say what they are.
((EUID != 0)) || mkdir -p /run/sshd # sshd asks for it before it looks at its settings
RECTO_TEST_SSHD=$(PATH="$PATH:/usr/sbin" command -v sshd)
RECTO_TEST_VSFTPD=$(PATH="$PATH:/usr/sbin" command -v vsftpd)
RECTO_TEST_AZURITE=$(realpath -m "$(dirname "$0")/../tests/end-to-end/azurite/node_modules/.bin/azurite-blob")
export RECTO_TEST_SSHD RECTO_TEST_VSFTPD RECTO_TEST_AZURITE
export RECTO_TEST_S3="http://127.0.0.1:$s3_port"
export RECTO_TEST_NATS="nats://127.0.0.1:$nats_port"
"$@"
