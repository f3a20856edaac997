"""Greets each client that connects, then sends back all its lines, on asyncio or on socketserver."""

import asyncio
import socketserver
import sys
import threading


def with_asyncio(path, greeting):
    async def handle(reader, writer):
        if greeting:
            writer.write(greeting)
            await writer.drain()
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
        writer.close()

    async def serve():
        server = await asyncio.start_unix_server(handle, path)
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        server.close()

    asyncio.run(serve())


def with_socketserver(path, greeting):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(greeting)
            for line in self.rfile:
                self.wfile.write(line)

    # One client after the other: one that fails and raises is seen by the next
    with socketserver.UnixStreamServer(path, Handler) as server:
        threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in ("asyncio", "socketserver"):
        sys.exit("usage: python3 echo_server.py asyncio|socketserver PATH [GREETING]")
    message = (sys.argv[3] + "\n").encode() if len(sys.argv) == 4 else b""
    (with_asyncio if sys.argv[1] == "asyncio" else with_socketserver)(sys.argv[2], message)
