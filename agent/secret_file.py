"""A secret in a file: sealed by the operating system (DPAPI on Windows), else readable by its owner alone."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any, Final

_SEALED: Final = b"DPAPI1\n"
_NO_WINDOW: Final = 0x1
"""CRYPTPROTECT_UI_FORBIDDEN: the agent has nobody to ask."""


class SecretUnreadable(OSError):
    """The secret was sealed by another user or on another machine; write it anew there."""


def write_secret(path: Path, secret: str) -> None:
    """Write a secret that only this user of this machine can read back. The file never exists with more rights."""
    content = secret.encode()
    if sys.platform == "win32":
        content = _SEALED + _dpapi("CryptProtectData", content)
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)


def read_secret(path: Path) -> str:
    """The secret in a file, sealed or plain (people may also put a plain one there). Raises OSError."""
    content = path.read_bytes()
    if content.startswith(_SEALED):
        if sys.platform != "win32":
            raise SecretUnreadable(f"{path} was sealed on a Windows machine")
        content = _dpapi("CryptUnprotectData", content[len(_SEALED) :])
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise SecretUnreadable(f"{path} is not a text file") from error


def _dpapi(function: str, content: bytes) -> bytes:
    """One call of Windows' data protection, bound to the user who is logged on."""

    class Blob(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_char)))

    windows: Any = ctypes
    buffer = ctypes.create_string_buffer(content, len(content))
    given, got = Blob(len(content), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char))), Blob()
    call = getattr(windows.windll.crypt32, function)
    if not call(ctypes.byref(given), None, None, None, None, _NO_WINDOW, ctypes.byref(got)):
        raise SecretUnreadable(f"{function} failed: {windows.FormatError()}")
    try:
        return ctypes.string_at(got.data, got.size)
    finally:
        windows.windll.kernel32.LocalFree(got.data)
