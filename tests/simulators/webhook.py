"""A receiver of Standard Webhooks: it verifies and stores before it answers."""

from base64 import b64decode, b64encode
from collections.abc import Callable
import hashlib
import hmac
import json
from typing import override

from aiohttp import web

from .receiver import ReceiverSimulator
from .server import RECEIVED, Request

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LARGEST_SKEW = 300
SAMPLES, TEST = "heart_rate.samples", "heart_rate.test"


class WebhookSimulator(ReceiverSimulator):
    """One address with a secret, and perhaps a bearer token."""

    def __init__(self, *, clock: Callable[[], float] | None = None) -> None:
        super().__init__(clock=clock)
        self.secret = SECRET
        self.token = ""
        self.is_gone = False
        self.tests: list[Request] = []
        self.labels: set[str] = set()
        self._bodies: dict[str, bytes] = {}

    @override
    def routes(self) -> list[web.RouteDef]:
        return [web.post("/{path:.*}", self._take)]

    @override
    def forget(self) -> None:
        super().forget()
        self.tests.clear()
        self._bodies.clear()

    async def _take(self, request: web.Request) -> web.Response:
        received = request[RECEIVED]
        status = self._refusal(received)
        if status is None:
            status = self._store(received)
        return web.Response(status=status)

    def _refusal(self, request: Request) -> int | None:
        """Return the status for a request that is not believed."""
        headers = request.headers
        message_id = headers.get("webhook-id", "")
        if self.is_gone:
            return 410
        if headers.get("Authorization", "") != (f"Bearer {self.token}" if self.token else ""):
            return 401
        if not message_id or "." in message_id or headers.get("Idempotency-Key") != f'"{message_id}"':
            return 400
        if abs(int(headers["webhook-timestamp"]) - self.clock()) > LARGEST_SKEW:
            return 401
        if self._signature(request) not in headers["webhook-signature"].split():
            return 401
        # The same id always brings the same bytes.
        return None if self._bodies.setdefault(message_id, request.body) == request.body else 422

    def _signature(self, request: Request) -> str:
        key = b64decode(self.secret.removeprefix("whsec_"))
        head = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode()
        return "v1," + b64encode(hmac.new(key, head + request.body, hashlib.sha256).digest()).decode()

    def _store(self, request: Request) -> int:
        content = json.loads(request.body)
        samples = [(beat["time"], beat["bpm"]) for beat in content["data"]["beats"]]
        self.labels.add(content["data"]["label"])
        if content["type"] == TEST:
            assert not samples
            self.tests.append(request)
            return 204
        assert content["type"] == SAMPLES
        if self.max_batch is not None and len(samples) > self.max_batch:
            return 413
        if self.is_refused(samples):
            return 422
        self.keep(request, content["data"]["label"], samples)
        return 202
