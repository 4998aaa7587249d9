"""A web address of a person's own, as a kind of destination: Standard Webhooks."""

from collections.abc import Mapping
import hashlib
import time
from typing import Any, Final, override

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from .const import CONF_AUTOMATIC, CONF_BASE_URL, CONF_LABEL, CONF_OLD_SECRETS, CONF_SECRET, SUBENTRY_WEBHOOK
from .coordinator import AccountConfigEntry
from .destination_flow import DestinationFlow
from .destination_kind import PASSWORD, SHORT, TOKEN, DestinationKind, Field, is_line, is_one_word
from .destinations.outcome import Outcome, Problem
from .destinations.webhook import Secret, Webhook, is_secret, make_secret
from .heart_rate.clock import DAY
from .net.address import safe_url

# Seconds for which a replaced secret signs beside the new one, so that the receiver can change in between.
OVERLAP: Final = DAY


class WebhookFlow(DestinationFlow):
    """Add a web address as a destination, change it, or give it a new secret."""

    _is_rotation = False

    @property
    @override
    def kind(self) -> DestinationKind:
        """The web address."""
        return WEBHOOK

    @override
    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask whether the settings or the secret change."""
        if user_input is not None:
            return await super().async_step_reconfigure(user_input)
        return self.async_show_menu(step_id="reconfigure", menu_options=["settings", "rotate"])

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the destination."""
        return await super().async_step_reconfigure(user_input)

    async def async_step_rotate(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Replace the secret; the old one signs as well for a day."""
        entry: AccountConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="account_not_loaded")
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            given = {CONF_SECRET: user_input.get(CONF_SECRET, "").strip()}
            errors = self.kind.errors(given)
            if not errors:
                self._input, self._is_rotation = given, True
                return await self._async_finish()
        return self.async_show_form(
            step_id="rotate",
            data_schema=vol.Schema({vol.Optional(CONF_SECRET): PASSWORD}),
            errors=errors,
            description_placeholders={"destination": subentry.title},
        )

    async def async_step_secret(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the secret that was made, once."""
        if user_input is not None:
            return await self._async_keep()
        return self.async_show_form(
            step_id="secret",
            data_schema=vol.Schema({}),
            description_placeholders={"secret": self._input[CONF_SECRET]},
        )

    @override
    async def _async_finish(self) -> SubentryFlowResult:
        """Make a secret where none was given, and keep the destination."""
        if self._input[CONF_SECRET]:
            return await self._async_keep()
        self._input[CONF_SECRET] = make_secret()
        return await self.async_step_secret()

    async def _async_keep(self) -> SubentryFlowResult:
        """Keep the destination; of one that gets another secret, everything else is as it is now."""
        entry: AccountConfigEntry = self._get_entry()
        if self._is_rotation and entry.state is ConfigEntryState.LOADED:
            subentry = self._get_reconfigure_subentry()
            self._input = {
                **subentry.data,
                CONF_NAME: subentry.title,
                CONF_AUTOMATIC: entry.runtime_data.forwarders[subentry.subentry_id].state.outbox.automatic,
                CONF_SECRET: self._input[CONF_SECRET],
                CONF_OLD_SECRETS: _replaced(subentry.data, time.time()),
            }
        return await super()._async_finish()


def _replaced(data: Mapping[str, Any], now: float) -> list[dict[str, Any]]:
    """Return the secrets that have been replaced and still sign, with the present one."""
    lasting = [old for old in data[CONF_OLD_SECRETS] if old["until"] > now]
    return [*lasting, {"secret": data[CONF_SECRET], "until": int(now) + OVERLAP}]


def _open(session: ClientSession, data: Mapping[str, Any]) -> Webhook:
    old = [Secret(replaced["secret"], replaced["until"]) for replaced in data[CONF_OLD_SECRETS]]
    signers = [Secret(data[CONF_SECRET]), *old]
    return Webhook(session, data[CONF_BASE_URL], signers, data[CONF_LABEL], data[CONF_ACCESS_TOKEN])


async def _test(session: ClientSession, data: Mapping[str, Any]) -> Outcome:
    return await _open(session, data).test()


def _identity(data: Mapping[str, Any]) -> str:
    """Return the identity of a destination, which must not tell its address."""
    return hashlib.sha256(data[CONF_BASE_URL].encode()).hexdigest()


def _series(data: Mapping[str, Any]) -> str:
    """Return the address, and the label by which the receiver tells people apart."""
    return f"{data[CONF_BASE_URL]}#{data[CONF_LABEL]}"


WEBHOOK: Final = DestinationKind(
    subentry_type=SUBENTRY_WEBHOOK,
    flow=WebhookFlow,
    open=_open,
    identity=_identity,
    fields={
        CONF_LABEL: Field(TextSelector(), is_line, "invalid_text", SHORT),
        CONF_SECRET: Field(
            PASSWORD, is_secret, "invalid_secret", SHORT, is_secret=True, is_optional=True, is_fixed=True
        ),
        CONF_ACCESS_TOKEN: Field(
            PASSWORD, is_one_word, "invalid_token", TOKEN, is_secret=True, is_optional=True
        ),
    },
    kept=(CONF_OLD_SECRETS,),
    steps={
        Problem.CREDENTIALS_REFUSED: ["reconfigure", "try_again"],
        Problem.WRONG_ADDRESS: ["reconfigure", "try_again"],
        Problem.UNWANTED: ["try_again", "reconfigure"],
        Problem.UNEXPECTED_ANSWER: ["try_again", "reconfigure"],
        Problem.BEATS_REFUSED: ["try_again", "reconfigure"],
    },
    manufacturer="Standard Webhooks",
    default_name="Web address",
    safe_address=safe_url,
    is_address_secret=True,
    test=_test,
    series=_series,
)
