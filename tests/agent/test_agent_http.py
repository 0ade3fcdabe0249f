"""The agent's HTTP client against a socket that misbehaves in every way."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent import http_client
from agent.http_client import Answer, HttpClient, HttpFailure

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Socket:
    """A listening socket whose behaviour a test gives; counts connections and keeps requests."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.connections = 0
        self.requests: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0
                )
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0) if self.answers else OK
                if answer is None:
                    return
                for start in range(0, len(answer), 7):
                    writer.write(answer[start : start + 7])
                    await writer.drain()
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.transport.abort()


@pytest.fixture
async def socket() -> AsyncIterator[Socket]:
    socket = Socket()
    server = await asyncio.start_server(socket.serve, "127.0.0.1", 0)
    socket.port = server.sockets[0].getsockname()[1]
    yield socket
    server.close()
    await asyncio.sleep(0)


@pytest.fixture
async def client(socket: Socket) -> AsyncIterator[HttpClient]:
    client = HttpClient(f"http://127.0.0.1:{socket.port}/base", {"X-Agent-Key": "k"})
    yield client
    await client.close()


async def get(client: HttpClient, timeout_s: float = 5.0) -> Answer:
    return await client.request("GET", "/x", timeout_s=timeout_s)


async def test_requests_share_one_connection(client: HttpClient, socket: Socket) -> None:
    for _ in range(3):
        assert await get(client) == Answer(200, b"{}")
    assert socket.connections == 1


async def test_a_request_carries_prefix_key_and_body(client: HttpClient, socket: Socket) -> None:
    await client.request("POST", "/jobs?wait=2", b'{"a":1}', timeout_s=5)
    (sent,) = socket.requests
    assert sent.startswith(b"POST /base/jobs?wait=2 HTTP/1.1\r\n")
    assert b"X-Agent-Key: k\r\n" in sent
    assert sent.endswith(b'Content-Length: 7\r\n\r\n{"a":1}')


async def test_a_waiting_request_does_not_hold_up_another(client: HttpClient, socket: Socket) -> None:
    first, second = await asyncio.gather(get(client), get(client))
    assert (first, second) == (Answer(200, b"{}"), Answer(200, b"{}"))
    assert socket.connections == 2


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            Answer(200, b"abcde"),
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", Answer(200, b"x")),
        (b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlate", Answer(503, b"late")),
    ],
)
async def test_every_kind_of_answer_is_read_and_the_next_request_works(
    client: HttpClient, socket: Socket, raw: bytes, expected: Answer
) -> None:
    socket.answers = [raw]
    assert await get(client) == expected
    assert await get(client) == Answer(200, b"{}")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff\xfe" * 20,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ],
)
async def test_nonsense_and_hang_ups_are_failures_and_the_next_request_works(
    client: HttpClient, socket: Socket, raw: bytes | None
) -> None:
    socket.answers = [raw]
    with pytest.raises(HttpFailure):
        await get(client)
    assert await get(client) == Answer(200, b"{}")
    assert len(socket.requests) == 2, "nothing is repeated behind the caller's back"


async def test_an_answer_without_end_is_cut_off(
    client: HttpClient, socket: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "MAX_ANSWER", 1000)
    socket.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 5000]
    with pytest.raises(HttpFailure, match="more than"):
        await get(client)


async def test_a_server_that_does_not_answer_is_given_up(client: HttpClient, socket: Socket) -> None:
    socket.answers = [b""]
    with pytest.raises(HttpFailure, match="no answer within"):
        await get(client, timeout_s=0.05)
    assert await get(client) == Answer(200, b"{}")
    assert socket.connections == 2, "an answer that comes too late must not be read as the next one"


async def test_nobody_listening_is_a_failure() -> None:
    client = HttpClient("http://127.0.0.1:9", {})
    with pytest.raises(HttpFailure):
        await get(client)
    await client.close()


async def test_a_connection_the_server_closed_meanwhile_is_not_used_again(client: HttpClient, socket: Socket) -> None:
    await get(client)
    (idle,) = client._idle
    idle.close()
    await asyncio.sleep(0)
    assert await get(client) == Answer(200, b"{}")
    assert socket.connections == 2


async def test_an_old_idle_connection_is_not_used_again(
    client: HttpClient, socket: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    await get(client)
    client._idle[0].idle_since -= 60
    await get(client)
    assert socket.connections == 2


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_tls_is_verified(socket: Socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await asyncio.start_server(socket.serve, "127.0.0.1", 0, ssl=certificate(tmp_path))
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    stranger = HttpClient(url, {"X-Agent-Key": "k"})
    with pytest.raises(HttpFailure, match="certificate verify failed"):
        await get(stranger)
    assert socket.requests == [], "the key never left"
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    trusting = HttpClient(url, {"X-Agent-Key": "k"})
    assert await get(trusting) == Answer(200, b"{}")
    await trusting.close()
    await stranger.close()
    server.close()
    await asyncio.sleep(0)
