"""A TLS endpoint in front of an emulator, for gsutil, which knows https only."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CHUNK = 256 * 1024


@contextmanager
def tls_proxy(address: str, folder: Path) -> Iterator[int]:
    """Forward connections to `address` (HOST:PORT); yield the port. Addresses in responses become https."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    host, _, port = address.rpartition(":")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context, (host, int(port))), daemon=True).start()
        yield listening.getsockname()[1]


def _serve(listening: socket.socket, context: ssl.SSLContext, to: tuple[str, int]) -> None:
    with contextlib.suppress(OSError):
        while True:
            plain, _ = listening.accept()
            threading.Thread(target=_connect, args=(plain, context, to), daemon=True).start()


def _connect(plain: socket.socket, context: ssl.SSLContext, to: tuple[str, int]) -> None:
    with (
        contextlib.suppress(OSError),
        context.wrap_socket(plain, server_side=True) as client,
        socket.create_connection(to) as server,
    ):
        threading.Thread(target=_copy, args=(client, server), daemon=True).start()
        _copy(server, client, b"\r\nLocation: http://", b"\r\nLocation: https://")


def _copy(source: socket.socket, to: socket.socket, old: bytes = b"", new: bytes = b"") -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK):
            to.sendall(chunk.replace(old, new) if old else chunk)
        to.shutdown(socket.SHUT_WR)


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "tls.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file
