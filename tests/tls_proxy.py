"""A proxy with TLS in front of a hall, on this machine, as phones from outside meet it."""

from __future__ import annotations

import re
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PIECE = 65536
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Proxy:
    """Passes requests to `to` when `passes` says so of their path; `keeps_host` as a proxy may be set up."""

    port: int = 0
    to: int = 0
    keeps_host: bool = False
    passes: Callable[[str], bool] = lambda path: True
    passed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def carry(self, phone: socket.socket) -> None:
        """One connection: one request, or one WebSocket for as long as it lasts."""
        head, _, rest = _until_blank_line(phone).partition(b"\r\n\r\n")
        if not head:
            return
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        if not self.passes(path):
            self.refused.append(path)
            phone.sendall(REFUSED)
            return
        self.passed.append(path)
        with socket.create_connection(("127.0.0.1", self.to)) as hall:
            hall.sendall(self._changed(head) + b"\r\n\r\n" + rest)
            _pump(phone, hall)

    def _changed(self, head: bytes) -> bytes:
        if not self.keeps_host:
            head = re.sub(rb"(?im)^Host: .*$", b"Host: 127.0.0.1:%d\r" % self.to, head, count=1)
        if b"upgrade: websocket" in head.lower():
            return head
        return re.sub(rb"(?im)^Connection: .*\r\n", b"", head) + b"\r\nConnection: close"


def _until_blank_line(phone: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        piece = phone.recv(PIECE)
        if not piece:
            return b""
        read += piece
    return read


def _pump(phone: socket.socket, hall: socket.socket) -> None:
    """Both ways, until either end has no more to say."""
    other = {phone: hall, hall: phone}
    while True:
        # TLS may hold more than the socket shows.
        ready = [phone] if phone.pending() else select.select(list(other), [], [])[0]  # type: ignore[attr-defined]
        for one in ready:
            piece = one.recv(PIECE)
            if not piece:
                return
            other[one].sendall(piece)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody has signed, and its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    paths = folder / "proxy.crt", folder / "proxy.key"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


@contextmanager
def tls_proxy(folder: Path) -> Iterator[Proxy]:
    """One that listens; where it leads to is set once the hall has a port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder))
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(listener.getsockname()[1])

    def serve(plain: socket.socket) -> None:
        with suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as phone:
            proxy.carry(phone)

    def listen() -> None:
        with suppress(OSError):  # that is how it ends
            while True:
                plain, _ = listener.accept()
                Thread(target=serve, args=(plain,), daemon=True).start()

    Thread(target=listen, daemon=True).start()
    yield proxy
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
