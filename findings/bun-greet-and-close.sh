#!/usr/bin/env bash
# Bun 1.4.5 (npm package "bun"): net.connect to a Unix socket whose server accepts, writes and closes at once reports
# ECONNRESET and delivers nothing, though what the server wrote is in the client's socket and the close was a clean one
# (the client had sent nothing that could be left unread). Node 26.10.0 and Deno 2.9.6 read the bytes and then the end,
# from the same server with the same program. Over TCP Bun reads them as well, and so it does when the server waits for
# some milliseconds before it closes, or for the client to write first.
#
# Why it matters: "accept, write, close" is what servers of the daytime kind do, and how one says to a client that it is one
# too many. A client on Bun sees a connection that failed where every other one sees the message.
#
# Seen 10 of 10 times on Linux 6.18, x86_64. Needs npm and python3.
set -euo pipefail
work="$(mktemp -d)"
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund bun@1.4.5 node@26.10.0 deno@2.9.6 > /dev/null

cat > server.py << 'PYTHON'
import socket, sys, threading

def serve(listener):
    while True:
        connection, _ = listener.accept()
        connection.sendall(b"greeting")
        connection.close()

unix = socket.socket(socket.AF_UNIX)
unix.bind("greet.sock")
unix.listen(16)
tcp = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(unix,), daemon=True).start()
with open("port", "w") as file:
    file.write(str(tcp.getsockname()[1]))
serve(tcp)
PYTHON

cat > client.cjs << 'JAVASCRIPT'
const net = require('node:net');
const [, , target] = process.argv;
const socket = /^\d+$/.test(target) ? net.connect(Number(target), '127.0.0.1') : net.connect(target);
let received = '';
let outcome = 'no end';
socket.on('data', (data) => { received += data; });
socket.on('end', () => { outcome = 'end'; });
socket.on('error', (error) => { outcome = error.code; });
socket.on('close', () => { console.log(`${outcome}, received "${received}"`); process.exit(0); });
JAVASCRIPT

python3 server.py &
for _ in $(seq 1 100); do
    [[ -s port ]] && break
    sleep 0.1
done

failed=0
expect() {
    local wanted="$1" name="$2"
    shift 2
    local seen
    seen="$(for _ in $(seq 1 10); do "$@"; done | sort | uniq -c | sed 's/^ *//')"
    echo "$name: $seen"
    if [[ "$seen" != "10 $wanted" ]]; then
        echo "  expected: 10 $wanted"
        failed=1
    fi
}

bin="$work/node_modules/.bin"
echo "Bun $("$bin/bun" --version), Node $("$bin/node" --version), $("$bin/deno" --version | head -n 1)"
expect 'ECONNRESET, received ""' 'Bun, Unix socket ' "$bin/bun" client.cjs "$work/greet.sock"
expect 'end, received "greeting"' 'Bun, TCP         ' "$bin/bun" client.cjs "$(cat port)"
expect 'end, received "greeting"' 'Node, Unix socket' "$bin/node" client.cjs "$work/greet.sock"
expect 'end, received "greeting"' 'Deno, Unix socket' "$bin/deno" run -A client.cjs "$work/greet.sock"
exit "$failed"
