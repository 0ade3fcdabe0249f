"""Files by content: kept byte for byte, compared with their name, and nobody else's to read."""

from __future__ import annotations

import hashlib
import secrets

import httpx
import pytest

from forex_elite.domain import artifacts
from tests.world import Member, Vps, pair


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def put(vps: Vps, content: bytes, name: str | None = None, **query: str) -> httpx.Response:
    path = f"/api/agents/{vps.id}/artifacts/{name or digest(content)}"
    return await vps.client.put(path, headers=vps.headers, content=content, params=query)


async def test_a_file_comes_back_byte_for_byte_and_is_stored_once(alice: Member) -> None:
    vps = await pair(alice)
    content = b"\x00\xff\xfe" + secrets.token_bytes(100_000)

    first, again = await put(vps, content, kind="ex5"), await put(vps, content, kind="ex5")
    read = await vps.get(f"artifacts/{digest(content)}")

    assert first.status_code == again.status_code == 200
    assert first.json() == {"sha256": digest(content), "size": len(content), "name": ""}
    assert (read.content, read.headers["content-type"]) == (content, "application/octet-stream")


async def test_a_content_that_is_not_what_its_name_says_is_refused(alice: Member) -> None:
    vps = await pair(alice)
    named = digest(b"what was meant")

    answer = await put(vps, b"what arrived", named)

    assert (answer.status_code, answer.json()["code"]) == (422, "hash-mismatch")
    assert (await vps.get(f"artifacts/{named}")).status_code == 404


@pytest.mark.parametrize("name", ["A" * 64, "a" * 63, "..%2f..%2fetc", "g" * 64])
async def test_what_is_no_hash_is_no_name(alice: Member, name: str) -> None:
    vps = await pair(alice)

    assert (await put(vps, b"x", name)).status_code in {404, 422}


async def test_empty_and_too_large_files_are_refused(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    vps = await pair(alice)
    assert (await put(vps, b"")).status_code == 422
    assert (await put(vps, bytes(artifacts.MAX_SIZE + 1))).status_code == 413

    monkeypatch.setattr("forex_elite.services.artifacts.MAX_TOTAL", 1000)
    assert (await put(vps, bytes(900))).status_code == 200
    full = await put(vps, secrets.token_bytes(200))
    assert (full.status_code, full.json()["code"]) == (409, "storage-full")
    assert (await put(vps, bytes(900))).status_code == 200, "what is there already takes no room"


async def test_a_file_is_its_owners_alone(alice: Member, bob: Member) -> None:
    hers, his = await pair(alice), await pair(bob)
    content = b"the source of a good idea"
    await put(hers, content)

    assert (await his.get(f"artifacts/{digest(content)}")).status_code == 404
    foreign = await bob.client.get(f"/api/agents/{hers.id}/artifacts/{digest(content)}", headers=his.headers)
    assert foreign.status_code == 401
    assert (await put(his, content)).status_code == 200, "the same content, stored by himself"
    assert (await his.get(f"artifacts/{digest(content)}")).content == content
