"""Texts are held per person and within bounds; what is gone is asked for anew, never guessed."""

from __future__ import annotations

import sys

import pytest

from forex_elite.services import held_texts
from forex_elite.services.held_texts import HeldTexts, TextUnknown

SIZE = sys.getsizeof("a" * 1000)


def text(letter: str) -> str:
    return letter * 1000


def test_a_text_is_found_by_its_hash_and_by_its_person_alone() -> None:
    held = HeldTexts()
    sha256 = held.hold("alice", text("a"))
    assert sha256 is not None
    assert held.find("alice", sha256) == text("a")
    with pytest.raises(TextUnknown):
        held.find("bob", sha256)


def test_a_text_that_did_not_change_is_not_hashed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldTexts(per_person=SIZE * 2)
    sha256 = held.hold("alice", text("a"))
    assert sha256
    kept = held.find("alice", sha256)

    def hashed(_: bytes) -> str:
        raise AssertionError("hashed again")

    with monkeypatch.context() as patch:
        patch.setattr(held_texts, "digest", hashed)
        assert held.hold("alice", kept) == sha256
        with pytest.raises(AssertionError, match="hashed again"):
            held.hold("bob", kept)
    held.hold("alice", text("b"))
    held.hold("alice", text("c"))
    assert held.hold("alice", kept) == sha256  # dropped meanwhile, and found by what it says


def test_the_longest_unused_of_a_person_goes_first() -> None:
    held = HeldTexts(per_person=SIZE * 2)
    first, second = held.hold("alice", text("a")), held.hold("alice", text("b"))
    assert first
    assert second
    held.find("alice", first)
    held.hold("alice", text("c"))
    assert held.find("alice", first) == text("a")
    with pytest.raises(TextUnknown):
        held.find("alice", second)


def test_all_people_together_stay_within_bounds_and_the_newest_is_kept() -> None:
    held = HeldTexts(per_person=SIZE * 2, total=SIZE * 3)
    hashes = {person: held.hold(person, text("a")) for person in ("alice", "bob", "charlie", "dora")}
    with pytest.raises(TextUnknown):
        held.find("alice", hashes["alice"] or "")
    assert held.find("dora", hashes["dora"] or "") == text("a")


def test_a_text_too_large_to_keep_is_not_promised() -> None:
    assert HeldTexts(per_person=SIZE).hold("alice", text("a")) is None
