"""A time-series database that takes InfluxDB's line protocol, and the meaning of its answers.

One measurement with one integer field and one tag. A point that is sent again overwrites itself in InfluxDB,
because measurement, tag and second are the same.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import gzip
from http import HTTPStatus
import re
from typing import Final

from aiohttp import ClientSession

from ..archive.outbox import Batch
from ..heart_rate.sample import Sample
from ..net.request import Answer
from .outcome import Outcome, Problem
from .posting import PASSING, outcome_of, post

BATCH_SIZE: Final = 10_000
# The frozen body is compressed to a ninth; the next better level saves a tenth of that for twice the time.
_LEVEL: Final = 1

_BY_STATUS: Final = PASSING | {
    HTTPStatus.BAD_REQUEST: Problem.BEATS_REFUSED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Problem.BEATS_REFUSED,
    HTTPStatus.UNAUTHORIZED: Problem.CREDENTIALS_REFUSED,
    HTTPStatus.FORBIDDEN: Problem.CREDENTIALS_REFUSED,
    HTTPStatus.NOT_FOUND: Problem.DATABASE_MISSING,
    HTTPStatus.METHOD_NOT_ALLOWED: Problem.WRONG_ADDRESS,
}
# Statuses under which a part of the lines may be stored, and texts that say what became of the others. Such a
# batch is not cut smaller: that finds no bad line, and only sends the good ones again.
_PARTLY: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_BY_TEXT: Final = {
    b"field type conflict": Problem.TYPE_CONFLICT,
    b"invalid column type": Problem.TYPE_CONFLICT,
    b"partial write": Problem.UNEXPECTED_ANSWER,
}
# Old releases say "beyond", newer ones "outside". The number is behind everything that quotes a line of ours.
_TOO_OLD: Final = re.compile(rb"\b(?:beyond|outside) retention\b")
_DROPPED: Final = re.compile(rb"\bdropped=(\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class Account:
    """A database or bucket, and the credentials for it; texts that do not apply are empty."""

    database: str
    organization: str = ""
    username: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The path of a dialect, its word for seconds, its other query parameters, and its credentials."""

    path: str
    seconds: str
    query: Callable[[Account], Mapping[str, str]]
    authorization: Callable[[Account], str]


def _basic(account: Account) -> str:
    return f"Basic {b64encode(f'{account.username}:{account.token}'.encode()).decode()}"


DIALECTS: Final = {
    "write": Dialect("/write", "s", lambda account: {"db": account.database}, _basic),
    "api_v2_write": Dialect(
        "/api/v2/write",
        "s",
        lambda account: {"org": account.organization, "bucket": account.database},
        lambda account: f"Token {account.token}",
    ),
}


def is_name(text: str) -> bool:
    r"""Return whether a text can be a measurement or a tag's value for every receiver.

    VictoriaMetrics loses values with a backslash, and a line that begins with # is a comment.
    """
    return text.isprintable() and text.strip() == text != "" and not text.startswith("#") and "\\" not in text


def prefix(measurement: str, person: str) -> str:
    """Return the beginning of each line: the measurement and the tag, with their signs escaped."""
    tag = person.replace(",", r"\,").replace("=", r"\=").replace(" ", r"\ ")
    name = measurement.replace(",", r"\,").replace(" ", r"\ ")
    return f"{name},person={tag} bpm="


def encode(samples: Sequence[Sample], start: str) -> bytes:
    """Return the compressed lines of the samples; `start` begins each."""
    lines = "\n".join([f"{start}{bpm}i {time}" for time, bpm in samples])
    return gzip.compress(lines.encode(), _LEVEL, mtime=0)


def judge(answer: Answer, now: float, count: int) -> Outcome:
    """Return the outcome of an answer to a batch of so many beats.

    204 alone is a success: a proxy or a page that asks to sign in answers 200 to anything.
    """
    if answer.status == HTTPStatus.NO_CONTENT:
        return Outcome()
    if answer.status in _PARTLY:
        text = answer.body.lower()
        if found := next((problem for words, problem in _BY_TEXT.items() if words in text), None):
            is_too_old = found is Problem.UNEXPECTED_ANSWER and _TOO_OLD.search(text)
            return _without_too_old(text, count) if is_too_old else Outcome(found)
    return outcome_of(answer, _BY_STATUS, now)


def _without_too_old(text: bytes, count: int) -> Outcome:
    """Return the outcome of a batch of which the receiver has stored what its retention allows.

    Where it does not say how many beats that leaves out, each half is sent again, down to single beats: those
    that are stored already overwrite themselves.
    """
    numbers = _DROPPED.findall(text) or [b"1" if count == 1 else b"0"]
    dropped = int(numbers[-1])
    return Outcome(given_up=dropped) if 1 <= dropped <= count else Outcome(Problem.BEATS_REFUSED)


class LineProtocol:
    """One series in a database."""

    batch_size = BATCH_SIZE

    def __init__(
        self,
        session: ClientSession,
        base_url: str,
        dialect: Dialect,
        account: Account,
        *,
        measurement: str,
        person: str,
    ) -> None:
        self._session = session
        self._url = base_url.rstrip("/") + dialect.path
        self._query = {**dialect.query(account), "precision": dialect.seconds}
        self._headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Encoding": "gzip"}
        if account.token:
            self._headers["Authorization"] = dialect.authorization(account)
        self._start = prefix(measurement, person)

    def encode(self, samples: Sequence[Sample]) -> bytes:
        """Return the body that carries the samples."""
        return encode(samples, self._start)

    async def post(self, batch: Batch) -> Outcome:
        """Post a batch; return the outcome."""
        return await post(
            self._session,
            self._url,
            batch.body,
            self._headers,
            lambda answer, now: judge(answer, now, batch.count),
            self._query,
        )
