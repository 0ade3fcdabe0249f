from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from forex_elite.mql5.worker import AnalysisTooLong, LanguageWorker, Superseded


@pytest.fixture
async def worker() -> AsyncIterator[LanguageWorker]:
    one = LanguageWorker()
    yield one
    await one.stop()


async def test_only_the_newest_text_of_a_document_is_answered(worker: LanguageWorker) -> None:
    texts = [f"void OnStart() {{ x{turn} = 1; }}" for turn in range(4)]
    answers = await asyncio.gather(*(worker.diagnose("doc", text) for text in texts), return_exceptions=True)
    assert [type(one) for one in answers[:3]] == [Superseded] * 3
    assert [one.message for one in answers[3]] == ["undeclared identifier 'x3'"]


async def test_documents_do_not_supersede_each_other(worker: LanguageWorker) -> None:
    first, second = await asyncio.gather(worker.diagnose("a", "int x = y;"), worker.diagnose("b", "int x = z;"))
    assert [one.message for one in (*first, *second)] == ["undeclared identifier 'y'", "undeclared identifier 'z'"]


async def test_other_files_of_the_project_are_seen(worker: LanguageWorker) -> None:
    files = {"a.mqh": "int Twice(int x) { return(2 * x); }"}
    found = await worker.diagnose("a", '#include "a.mqh"\nvoid OnStart() { Print(Twice(1)); }', files=files)
    assert found == ()


async def test_a_text_that_takes_too_long_is_refused_and_the_next_one_answered() -> None:
    worker = LanguageWorker(time_limit_s=0.0)
    with pytest.raises(AnalysisTooLong):
        await worker.diagnose("a", "int x;")
    await worker.stop()
    patient = LanguageWorker()
    assert await patient.format("a", "int x=1;") == "int x = 1;"
    await patient.stop()
