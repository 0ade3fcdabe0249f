from __future__ import annotations

import pytest

from forex_elite.ui.pages.settings.rows import device


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome 140 on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge 140 on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1",
            "Safari 19 on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:142.0) Gecko/20100101 Firefox/142.0",
            "Firefox 142 on macOS",
        ),
        ("python-httpx/0.28.1", "python-httpx/0.28.1"),
        ("<script>alert(1)</script>" + "x" * 500, "<script>alert(1)</script>xxxxxxxxxxxxxxx"),
        ("", "Unknown device"),
    ],
)
def test_a_session_is_named_by_its_browser_and_system(user_agent, words) -> None:
    assert device(user_agent) == words
