#!/usr/bin/env bash
# The abstract socket name '\0demo' is two different names, by the version of the runtime. Node 20.20.2 (libuv 1.46, npm
# package "node") fills the whole sun_path with NULs, as HAProxy's abns@ does; Node 22.23.3 and 26.10.0, Deno 2.9.6 and
# Bun 1.4.5 take the bytes that were given and no more, as Go, Python and socat do. The kernel compares all bytes, so a
# client and a server of the two kinds never meet: ECONNREFUSED, while /proc/net/unix shows the name.
#
# Why it matters: the same JavaScript source reaches another socket after an update of Node, and an address like "@demo"
# in a configuration is not enough to tell which one is meant.
#
# Seen on Linux 6.18, x86_64. Needs npm and python3.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund node20@npm:node@20.20.2 node22@npm:node@22.23.3 node26@npm:node@26.10.0 \
    deno@2.9.6 bun@1.4.5 > /dev/null

cat > server.py << 'PYTHON'
import socket, sys, threading

name = b"\0" + sys.argv[1].encode()
def serve(address, answer, ready):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        ready.set()
        while True:
            connection, _ = listener.accept()
            connection.sendall(answer)
            connection.recv(1)
            connection.close()

for address, answer in ((name, b"exact"), (name.ljust(108, b"\0"), b"padded")):
    ready = threading.Event()
    threading.Thread(target=serve, args=(address, answer, ready), daemon=True).start()
    ready.wait()
print("ready", flush=True)
threading.Event().wait()
PYTHON

cat > client.cjs << 'JAVASCRIPT'
const socket = require('node:net').connect('\0' + process.argv[2]);
socket.on('data', (data) => { console.log(String(data)); process.exit(0); });
socket.on('error', (error) => { console.log(error.code); process.exit(0); });
JAVASCRIPT

name="finding-$$"
mkfifo ready
python3 server.py "$name" > ready &
read -r _ < ready

failed=0
expect() {
    local wanted="$1" runtime="$2"
    shift 2
    local seen
    seen="$("$@" client.cjs "$name")"
    echo "$runtime: $seen"
    if [[ "$seen" != "$wanted" ]]; then
        echo "  expected: $wanted"
        failed=1
    fi
}

modules="$work/node_modules"
expect padded "Node 20.20.2" "$modules/node20/bin/node"
expect exact "Node 22.23.3" "$modules/node22/bin/node"
expect exact "Node 26.10.0" "$modules/node26/bin/node"
expect exact "Deno 2.9.6  " "$modules/.bin/deno" run -A
expect exact "Bun 1.4.5   " "$modules/.bin/bun"
exit "$failed"
