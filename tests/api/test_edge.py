from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from forex_elite.api.edge import CHECK_FIRST, DAY, NEVER, YEAR, Edge, freshness
from forex_elite.settings import settings


async def page(_: object) -> Response:
    return HTMLResponse("<p>page")


async def asset(_: object) -> Response:
    return PlainTextResponse("asset", headers={"Cache-Control": "private"})


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("PUBLIC_URL", "https://forex.example")
    settings.cache_clear()
    routes = [
        Route("/", page),
        Route("/login/", page),
        Route("/api/docs", page),
        Route("/kept", asset),
        WebSocketRoute("/ws/live", greet),
    ]
    yield TestClient(Edge(Starlette(routes=routes), frozenset({"/", "/login"})), base_url="http://localhost:3000")
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("origin", ["http://evil.example", "https://forex.example.evil.example", "null", ""])
def test_a_foreign_page_cannot_open_a_socket(client: TestClient, origin: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/ws/live", headers={"origin": origin}),
    ):
        pass

    assert refused.value.code == 1008


def test_our_page_and_a_program_can_open_a_socket(client: TestClient) -> None:
    for headers in ({}, {"origin": "http://testserver"}, {"origin": "https://forex.example"}):
        with client.websocket_connect("/ws/live", headers=headers) as socket:
            assert socket.receive_text() == "hello"


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/assets/index-B2x.js", 200, YEAR),
        ("/assets/gone-B2x.js", 404, CHECK_FIRST),
        ("/fonts/inter.woff2", 200, DAY),
        ("/", 200, CHECK_FIRST),
        ("/api/trades", 200, NEVER),
        ("/webhooks/tv/secret", 200, NEVER),
    ],
)
def test_what_browsers_may_keep(path: str, status: int, expected: str) -> None:
    assert freshness(path, status) == expected


def test_a_response_that_says_how_long_it_may_be_kept_is_believed(client: TestClient) -> None:
    assert client.get("/kept").headers["cache-control"] == "private"


def test_pages_load_nothing_from_elsewhere_and_sit_in_no_frame(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "content-security-policy" not in client.get("/api/docs").headers
    assert client.get("/api/docs").headers["x-content-type-options"] == "nosniff"


async def refuse(_: object) -> Response:
    return PlainTextResponse("Content Too Large", 413)


def test_what_the_framework_refuses_is_a_problem_document_under_the_api_only() -> None:
    routes = [Route("/api/big", refuse), Route("/big", refuse)]
    client = TestClient(Edge(Starlette(routes=routes), frozenset({"/", "/login"})))

    told = client.get("/api/big")

    assert told.headers["content-type"] == "application/problem+json"
    assert (told.json()["status"], told.json()["code"]) == (413, "body-too-large")
    assert client.get("/big").text == "Content Too Large"


def test_a_page_is_served_without_a_detour(client: TestClient) -> None:
    for address in ("/", "/login", "/login/"):
        assert client.get(address, follow_redirects=False).status_code == 200
