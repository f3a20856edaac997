#!/usr/bin/env bash
# gRPC's addresses of Unix sockets mean different things in its own libraries. A server of grpcio 1.85.3 (PyPI) listens on
# "unix-abstract:NAME" and on a path; @grpc/grpc-js 1.14.7 (npm) and grpcio itself call it:
#   unix-abstract:NAME      grpcio reaches it. grpc-js takes the whole text for a host name: "Failed to parse DNS address".
#   unix://tmp/dir/a.sock   (two slashes) grpcio refuses it as invalid. grpc-js drops "tmp" as if it were a host, and
#                           connects to the relative path "dir/a.sock" without a word.
#   unix:///tmp/dir/a.sock, unix:/tmp/dir/a.sock and unix:a.sock (relative) work in both.
#
# Why it matters: an abstract name cannot be shared with a caller in Node, whatever gRPC's naming document says, and a
# slash too few is an error in one language and another socket in the next. A configuration that is shared between
# languages should have the form with three slashes.
#
# Seen on Linux 6.18, x86_64, Python 3.11, Node 20. Needs pip, python3, npm and node.
set -euo pipefail
work="$(mktemp -d /tmp/grpc.XXXXXX)"
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

pip install --quiet --disable-pip-version-check --root-user-action=ignore --target packages grpcio==1.85.3
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7 > /dev/null

cat > server.py << 'PYTHON'
import sys
sys.path.insert(0, "packages")
import grpc
from concurrent import futures

class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)

server = grpc.server(futures.ThreadPoolExecutor(2), handlers=(Echo(),))
for address in sys.argv[1:]:
    server.add_insecure_port(address)
server.start()
print("ready", flush=True)
server.wait_for_termination()
PYTHON

cat > client.py << 'PYTHON'
import sys
sys.path.insert(0, "packages")
import grpc

try:
    print(grpc.insecure_channel(sys.argv[1]).unary_unary("/a/B")(b"reached", timeout=10).decode())
except grpc.RpcError as error:
    print(error.details())
PYTHON

cat > client.cjs << 'JAVASCRIPT'
const grpc = require('@grpc/grpc-js');
const client = new grpc.Client(process.argv[2], grpc.credentials.createInsecure());
client.makeUnaryRequest('/a/B', (bytes) => bytes, (bytes) => bytes, Buffer.from('reached'),
    { deadline: Date.now() + 10000 }, (error, answer) => {
        console.log(error ? error.details : String(answer));
        process.exit(0);
    });
JAVASCRIPT

name="finding-$$"
mkfifo ready
python3 server.py "unix-abstract:$name" "unix:$work/a.sock" > ready 2> server.log &
read -r _ < ready

failed=0
expect() {
    local wanted="$1" library="$2" target="$3" seen
    shift 3
    seen="$("$@" "$target" 2> /dev/null)"
    echo "$library, $target: $seen"
    if [[ "$seen" != *"$wanted"* ]]; then
        echo "  expected: $wanted"
        failed=1
    fi
}

# one slash less than there should be
slashes="unix:/$work/a.sock"
for target in "unix:///${work#/}/a.sock" "unix:$work/a.sock" unix:a.sock; do
    expect reached grpcio "$target" python3 client.py
    expect reached grpc-js "$target" node client.cjs
done
expect reached grpcio "unix-abstract:$name" python3 client.py
expect "Failed to parse DNS address" grpc-js "unix-abstract:$name" node client.cjs
expect "the target uri is not valid" grpcio "$slashes" python3 client.py
expect "connect ENOENT ${work#/tmp/}/a.sock" grpc-js "$slashes" node client.cjs
exit "$failed"
