"""Home Assistant's web interface as a person's browser uses it."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin

from aiohttp import ClientError, ClientSession


class Client:
    """One signed-in person: REST calls, websocket commands and set-up dialogs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = ClientSession()
        self._token = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def is_up(self) -> bool:
        """Return whether Home Assistant answers yet."""
        try:
            async with self._session.get(f"{self.url}/api/onboarding") as response:
                return response.ok
        except ClientError:
            return False

    async def create_owner(self, name: str, password: str, language: str = "en") -> None:
        """Create the first user, as the welcome page does, and sign in."""
        client_id = f"{self.url}/"
        user = {"name": name.title(), "username": name, "password": password, "language": language}
        created = await self.post("/api/onboarding/users", {**user, "client_id": client_id})
        form = {"grant_type": "authorization_code", "code": created["auth_code"], "client_id": client_id}
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            response.raise_for_status()
            self._token = (await response.json())["access_token"]
        self._session.headers["Authorization"] = f"Bearer {self._token}"
        self._session.headers["HA-Frontend-Base"] = self.url

    async def get(self, path: str) -> Any:
        """Return the answer to a GET."""
        return await self._call("GET", path)

    async def state(self, entity_id: str) -> str:
        """Return the state of an entity, "" if there is none."""
        try:
            return str((await self.get(f"/api/states/{entity_id}"))["state"])
        except RuntimeError:
            return ""

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the answer to a POST."""
        return await self._call("POST", path, body or {})

    async def command(self, kind: str, **fields: Any) -> Any:
        """Return the result of a websocket command."""
        async with self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as websocket:
            await websocket.receive_json()
            await websocket.send_json({"type": "auth", "access_token": self._token})
            await websocket.receive_json()
            await websocket.send_json({"id": 1, "type": kind, **fields})
            answer = await websocket.receive_json()
        if not answer["success"]:
            raise RuntimeError(f"{kind}: {answer['error']}")
        return answer["result"]

    async def walk(self, path: str, handler: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Go through a set-up dialog, giving each form the answers that it asks for, and return its end."""
        step = await self.post(path, {"handler": handler, "show_advanced_options": False})
        flow = f"{path}/{step['flow_id']}"
        while step["type"] != "create_entry":
            match step["type"]:
                case "form" if not step.get("errors"):
                    step = await self.post(flow, fill_in(step["data_schema"], answers))
                case "menu":
                    step = await self.post(flow, {"next_step_id": answers["menu"]})
                case "external":
                    await self._allow(step["url"])
                    step = await self.get(flow)
                case _:
                    raise RuntimeError(f"The dialog ended with {step.get('reason') or step.get('errors')}")
        return dict(step)

    async def _allow(self, address: str) -> None:
        """Read the consent page, press Allow and follow where it leads."""
        async with ClientSession(raise_for_status=True) as browser:
            async with browser.get(address) as response:
                page = ConsentForm(await response.text())
            async with browser.post(urljoin(address, page.action or address), data=page.fields) as response:
                if not str(response.url).startswith(self.url):
                    raise RuntimeError(f"The consent led to {response.url.origin()}, not to Home Assistant")

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        async with self._session.request(method, self.url + path, json=body) as response:
            if not response.ok:
                raise RuntimeError(f"{method} {path}: {response.status} {await response.text()}")
            return await response.json()


def fill_in(schema: list[dict[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries for a form; a section is a form of its own."""
    filled: dict[str, Any] = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            filled[name] = fill_in(field["schema"], answers)
        elif name in answers:
            filled[name] = answers[name]
        elif "default" in field:
            filled[name] = field["default"]
    return filled


class ConsentForm(HTMLParser):
    """The form on a page: where it goes and what pressing Allow sends."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the form's address, its inputs as a browser would send them, and the Allow button."""
        given = {name: value or "" for name, value in attrs}
        kind = given.get("type", "text")
        if tag == "form":
            self.action = given.get("action", "")
        elif "name" in given and (
            (tag == "input" and (kind not in ("checkbox", "radio") or "checked" in given))
            or (tag == "button" and "allow" in given.get("value", "").lower())
        ):
            self.fields.append((given["name"], given.get("value", "on")))
