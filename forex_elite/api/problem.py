"""Errors as RFC 9457 problem documents with a stable `code`."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from forex_elite.errors import DatabaseUnavailable, ForexEliteError, NotSignedIn

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457, with `code` to program against and `errors` per field; some codes bring members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []


def response(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
    extension: dict[str, Any] | None = None,
) -> JSONResponse:
    """A problem document as a response; `extension` holds members beside the usual ones."""
    document = Problem.model_validate(
        {
            **(extension or {}),
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "code": code,
            "errors": errors or [],
        }
    )
    return JSONResponse(document.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def of_error(error: ForexEliteError) -> JSONResponse:
    """The problem document for one of our errors; faults are logged."""
    if error.severity == "fault":
        log.error("%s: %s", error.code, error.message, exc_info=error.__cause__)
    headers: dict[str, str] = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, DatabaseUnavailable):
        headers["Retry-After"] = "5"
    if (wait := error.details.get("retry_after_s")) is not None:
        headers["Retry-After"] = str(wait)
    field = error.details.get("field")
    errors = [FieldProblem(field=str(field), message=error.message)] if field else []
    extension = error.details.get("extension")
    return response(
        error.status,
        error.code,
        error.message,
        errors=errors,
        headers=headers,
        extension=extension if isinstance(extension, dict) else None,
    )


async def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ForexEliteError)
    return of_error(error)


_MALFORMED = {
    "missing": "This is missing.",
    "string_type": "Use a text.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "bool_type": "Use true or false.",
    "bool_parsing": "Use true or false.",
    "int_type": "Use a whole number.",
    "int_parsing": "Use a whole number.",
    "int_from_float": "Use a whole number.",
    "float_type": "Use a number.",
    "float_parsing": "Use a number.",
    "finite_number": "Use a number.",
    "greater_than": "Use more than {gt}.",
    "greater_than_equal": "Use {ge} or more.",
    "less_than": "Use less than {lt}.",
    "less_than_equal": "Use {le} or less.",
    "enum": "Use one of {expected}.",
    "literal_error": "Use one of {expected}.",
    "uuid_type": "This is no id.",
    "uuid_parsing": "This is no id.",
}
"""What pydantic refuses, in words that say what would be taken; by its own names of errors."""


def _worded(wrong: dict[str, Any]) -> str:
    words = _MALFORMED.get(wrong["type"])
    return str(wrong["msg"]) if words is None else words.format_map(wrong.get("ctx", {}))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [
        FieldProblem(
            field=".".join(str(part) for part in wrong["loc"][1:]) or str(wrong["loc"][0]),
            message=_worded(wrong),
        )
        for wrong in error.errors()[:50]
    ]
    is_broken_json = any(wrong["type"] == "json_invalid" for wrong in error.errors())
    if is_broken_json:
        return response(400, "malformed-json", "The body is not valid JSON.", errors=problems)
    return response(422, "invalid-input", "Some fields are missing or have the wrong form.", errors=problems)


_WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is too large: 64 KiB for an alert, 8 MiB elsewhere.",
}


def of_status(status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem document for what the framework itself refuses."""
    phrase = HTTPStatus(status).phrase
    code = "body-too-large" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else phrase.lower().replace(" ", "-")
    return response(status, code, _WORDS.get(status, f"{phrase}."), headers=headers)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return of_status(error.status_code, dict(error.headers) if error.headers else None)


def of_fault(request: Request, error: Exception) -> JSONResponse:
    """The problem document for what nobody foresaw, which is logged."""
    log.error("Unexpected failure in %s %s", request.method, request.url.path, exc_info=error)
    return response(500, "internal", "Something went wrong on the server; it was logged.")


async def _fault(request: Request, error: Exception) -> JSONResponse:
    return of_fault(request, error)


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: {}}} for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}


def install(app: FastAPI) -> None:
    """Render every failure of the API as a problem document."""
    app.add_exception_handler(ForexEliteError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)
