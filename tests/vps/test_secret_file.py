from __future__ import annotations

import stat
import sys

import pytest

from agent.secret_file import SecretUnreadable, read_secret, write_secret


def test_a_secret_is_read_back_and_nobody_else_may_read_the_file(tmp_path) -> None:
    place = tmp_path / "pairing.key"
    write_secret(place, "fe_key")

    assert read_secret(place) == "fe_key"
    if sys.platform != "win32":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_plain_secret_that_a_person_put_there_is_read_too(tmp_path) -> None:
    (tmp_path / "key").write_bytes(b"\xef\xbb\xbffe_key\r\n")

    assert read_secret(tmp_path / "key") == "fe_key"


@pytest.mark.skipif(sys.platform == "win32", reason="there it could be opened")
@pytest.mark.parametrize("content", [b"DPAPI1\nsealed", b"\xff\xfe\x00\xd8"])
def test_what_cannot_be_opened_here_says_so(tmp_path, content) -> None:
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(SecretUnreadable):
        read_secret(tmp_path / "key")
