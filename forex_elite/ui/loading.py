"""What a page loads, as its state keeps it: whether it has been, and why it could not be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import reflex as rx

from forex_elite.errors import ForexEliteError


class LoadingMixin(rx.State, mixin=True):
    """Whether there is something to show yet, and the code of what went wrong with it, if anything."""

    is_loaded: bool = False
    error_code: str = ""

    @contextmanager
    def _loading(self) -> Iterator[None]:
        """Around what loads: a refusal is kept as its code, and what is on screen stays as it is."""
        try:
            yield
        except ForexEliteError as error:
            self.error_code = error.code
        else:
            self.error_code = ""
        self.is_loaded = True
