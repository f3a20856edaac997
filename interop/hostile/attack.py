"""Hostile clients of a ttrpc listener: attack.py PATH NAME SECONDS, or attack.py --list."""

import itertools
import os
import resource
import select
import socket
import struct
import sys
import time

REQUEST, DATA, PING = 1, 3, 0x82
REMOTE_OPEN, NO_DATA, ANNOUNCES = 2, 4, 0x80
MAX_FRAME = 4 << 20


# --- frames, as docs/protocol.md has them


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def frame(stream, kind, flags, data):
    return struct.pack(">IIBB", len(data), stream, kind, flags) + data


def request(stream, route, payload=b"", flags=0, metadata=()):
    entries = b"".join(field(5, field(1, key) + field(2, value)) for key, value in metadata)
    return frame(stream, REQUEST, flags, field(2, route) + entries + field(3, payload))


def half_frame(stream, sent):
    """A request that declares as much as may be, and the first bytes of it."""
    head = field(2, b"echo") + varint(3 << 3 | 2) + varint(MAX_FRAME - 64)
    length = len(head) + MAX_FRAME - 64
    return struct.pack(">IIBB", length, stream, REQUEST, 0) + head + bytes(sent)


# --- connections


class Peer:
    """A connection that never waits: what the kernel does not take is kept for later."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(5)
        self.socket.connect(path)
        self.socket.setblocking(False)
        self.rest = memoryview(b"")
        self.gone = False
        self.ids = itertools.count(1, 2)

    def send(self, data=b""):
        """Take more to write only if nothing is left; return whether anything was written."""
        if self.gone:
            return False
        if not self.rest:
            self.rest = memoryview(data)
        written = 0
        try:
            while self.rest:
                count = self.socket.send(self.rest)
                self.rest = self.rest[count:]
                written += count
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True
        return written > 0

    def is_idle(self):
        return not self.rest and not self.gone

    def read(self):
        """Throw away what there is; return how much that was."""
        total = 0
        try:
            while data := self.socket.recv(1 << 18):
                total += len(data)
            self.gone = True
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True
        return total

    def prove(self):
        """Make a call and wait for its answer, so that this is no connection without a valid frame."""
        self.send(request(next(self.ids), b"echo", b"x"))
        select.select([self.socket], [], [], 5)
        self.read()


def peers(path, count, proven=True):
    connected = []
    for _ in range(count):
        try:
            peer = Peer(path)
            if proven:
                peer.prove()
            connected.append(peer)
        except OSError:
            pass
    return connected


# --- attacks: each is a generator that does a step each time, and says how long to pause


def declare(path):
    """64 connections without a valid frame declare 4 MiB each, send 5 KB, and come again when they are closed."""
    while True:
        crowd = peers(path, 64, proven=False)
        for peer in crowd:
            peer.send(half_frame(1, 5000))
        yield 2
        for peer in crowd:
            peer.socket.close()


def half_frames(path):
    """64 connections with a valid frame behind them send half of 4 MiB, and the rest never."""
    crowd = peers(path, 64)
    for peer in crowd:
        peer.send(half_frame(next(peer.ids), MAX_FRAME // 2))
    while True:
        for peer in crowd:
            peer.send()
        yield 0.05


def deaf_large(path):
    """200 answers of 4 MB to a peer that reads nothing."""
    for peer in peers(path, 1):
        peer.send(b"".join(request(next(peer.ids), b"big", b"4000000") for _ in range(200)))
    while True:
        yield 0.5


def flood(path, count, first, more):
    crowd = peers(path, count, proven=False)
    for peer in crowd:
        peer.send(first(peer))
    while True:
        busy = False
        for peer in crowd:
            busy |= peer.send(more(peer) if peer.is_idle() else b"")
        yield 0 if busy else 0.2


def calls_of(route, count=2000):
    return lambda peer: b"".join(request(next(peer.ids), route) for _ in range(count))


def deaf_empty(path):
    """Eight connections ask for empty answers as fast as they can, and read none."""
    return flood(path, 8, calls_of(b"empty", 1), calls_of(b"empty"))


def deaf_refusals(path):
    """Eight connections ask for a route that there is not, and read no refusal."""
    return flood(path, 8, calls_of(b"empty", 1), calls_of(b"no.such.route"))


def announcing(peer):
    return request(next(peer.ids), b"empty", b"", ANNOUNCES, [(b"uds-extensions", b"cancel,ping,goaway")])


def deaf_pongs(path):
    """Eight connections send PINGs as fast as they can, and read no PONG."""
    pings = frame(1, PING, 0, b"12345678") * 3000
    return flood(path, 8, announcing, lambda peer: pings)


def pings(path):
    """Four connections send PINGs as fast as they can, and read the PONGs."""
    many = frame(1, PING, 0, b"12345678") * 3000
    crowd = peers(path, 4, proven=False)
    for peer in crowd:
        peer.send(announcing(peer))
    while True:
        for peer in crowd:
            peer.send(many if peer.is_idle() else b"")
            peer.read()
        yield 0


def items(path):
    """Two connections with 64 streams each send items that no handler takes."""
    crowd = peers(path, 2)
    streams = {}
    for peer in crowd:
        streams[peer] = [next(peer.ids) for _ in range(64)]
        peer.send(b"".join(request(stream, b"sink", b"", REMOTE_OPEN | NO_DATA) for stream in streams[peer]))
    item = bytes(60_000)
    while True:
        busy = False
        for peer in crowd:
            more = b"".join(frame(stream, DATA, 0, item) for stream in streams[peer])
            busy |= peer.send(more if peer.is_idle() else b"")
            peer.read()
        yield 0 if busy else 0.2


def waiting(path):
    """256 calls of handlers that wait, on one connection, and again when they are answered."""
    peer = peers(path, 1)[0]
    while True:
        peer.send(b"".join(request(next(peer.ids), b"pause", b"10000") for _ in range(256)))
        end = time.monotonic() + 10
        while time.monotonic() < end:
            peer.send()
            peer.read()
            yield 0.2


def opens(path):
    """100,000 streams are opened on one connection."""
    peer = peers(path, 1)[0]
    for _ in range(200):
        peer.send(b"".join(request(next(peer.ids), b"sink", b"", REMOTE_OPEN | NO_DATA) for _ in range(500)))
        while peer.rest and not peer.gone:
            peer.send()
            peer.read()
            yield 0.001
        peer.read()
        yield 0
    while True:
        peer.read()
        yield 0.2


def unanswered(path):
    """16 connections make 256 calls each that are never answered."""
    for peer in peers(path, 16):
        peer.send(b"".join(request(next(peer.ids), b"never") for _ in range(256)))
    while True:
        yield 0.5


def storm(path):
    """Connections are made as fast as they can be, say nothing, and are closed 64 later."""
    crowd = []
    while True:
        try:
            crowd.append(Peer(path))
        except OSError:
            yield 0.001
        if len(crowd) > 64:
            crowd.pop(0).socket.close()
        if len(crowd) % 8 == 0:
            yield 0


def drip(path):
    """64 connections send a byte of a frame each half a second, and come again when they are closed."""
    data = request(1, b"echo", bytes(200))
    crowd = peers(path, 64, proven=False)
    for step in itertools.count():
        for number, peer in enumerate(crowd):
            if peer.gone:
                try:
                    crowd[number] = Peer(path)
                except OSError:
                    pass
            else:
                peer.send(data[step % len(data):step % len(data) + 1])
                peer.read()
        yield 0.5


def non_readers(path):
    """64 connections ask for answers of 64 KiB and read nothing."""
    crowd = peers(path, 64)
    while True:
        busy = False
        for peer in crowd:
            busy |= peer.send(request(next(peer.ids), b"big", b"65536") if peer.is_idle() else b"")
        yield 0 if busy else 0.2


def call_on(path, route):
    crowd = peers(path, 4)
    while True:
        for peer in crowd:
            peer.send(calls_of(route, 50)(peer) if peer.is_idle() else b"")
            peer.read()
        yield 0.001


def failures(path):
    """Four connections call a handler that fails, and read the answers."""
    return call_on(path, b"fail")


def eager(path):
    """No attack: the same calls of a quick handler that answers, to compare with."""
    return call_on(path, b"empty")


def garbage(path):
    """Connections send what is no frame, one after the other."""
    while True:
        try:
            peer = Peer(path)
            peer.send(b"\xff" * 100)
            select.select([peer.socket], [], [], 1)
            peer.socket.close()
        except OSError:
            yield 0.001
        yield 0


def busy(path):
    """Nothing is done to the listener; a processor is kept busy, to compare the others with."""
    while True:
        yield 0


ATTACKS = {
    attack.__name__.replace("_", "-"): attack
    for attack in (declare, half_frames, deaf_large, deaf_empty, deaf_pongs, deaf_refusals, items, waiting, opens,
                   unanswered, storm, drip, non_readers, pings, failures, garbage, busy, eager)
}


def main(path, name, seconds):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    end = time.monotonic() + float(seconds)
    steps = ATTACKS[name](path)
    print("ready", flush=True)
    while (left := end - time.monotonic()) > 0:
        pause = next(steps)
        if pause:
            time.sleep(min(pause, left))
    # Without closing anything, as a process that is killed
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(ATTACKS))
    elif len(sys.argv) == 4 and sys.argv[2] in ATTACKS:
        main(*sys.argv[1:])
    else:
        sys.exit("usage: python3 attack.py PATH NAME SECONDS, or python3 attack.py --list")
