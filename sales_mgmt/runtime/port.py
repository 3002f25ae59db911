"""Ports on this machine."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Could a server listen on `port` of `host` now? Port 0 asks about the host alone."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def first_free(port: int, host: str) -> int:
    """`port`, or the next one above it that is free; any free one past a hundred tries."""
    for candidate in range(port, min(port + 100, 65536)):
        if is_free(candidate, host):
            return candidate
    return free_port()
