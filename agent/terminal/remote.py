"""The package in another interpreter: mt5linux, by configuration."""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import Any

from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import TerminalUnavailable


class RemotePackage:
    """The package in another interpreter, through mt5linux; whatever breaks on the way is TerminalUnavailable."""

    def __init__(self, config: TerminalConfig) -> None:
        try:
            with contextlib.redirect_stdout(sys.stderr):  # it prints, and our standard output carries messages
                self._client = importlib.import_module("mt5linux").MetaTrader5(host=config.host, port=config.port)
        except Exception as error:
            raise TerminalUnavailable(f"no mt5linux server on {config.host}:{config.port}: {error!r}") from error

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                # An empty keyword object alone makes the package refuse an order.
                return function(*args, **kwargs) if kwargs else function(*args)
            except Exception as error:
                raise TerminalUnavailable(f"mt5linux broke in {name}: {error!r}") from error

        return call
