"""A stopped clock that costs little: each test stops one, and Home Assistant asks it thousands of times."""

from calendar import timegm
from datetime import datetime
from functools import lru_cache
from types import ModuleType

import freezegun
from freezegun import api
from pytest_homeassistant_custom_component import patch_time


def make_cheap() -> None:
    """Exchange the parts of freezegun that are called for each module and each look at a clock."""
    # Pytest measures durations with the real clock, which freezegun otherwise finds out at each look.
    freezegun.configure(extend_ignore_list=["_pytest.timing"])
    for name, ours in PARTS.items():
        setattr(api, name, ours)
        # From here the plugin puts its own parts back before each test.
        setattr(patch_time, f"ha{name}", ours)


def _get_module_attributes_hash(module: ModuleType) -> tuple[int, int]:
    """Return the identity of a module and the number of its names; whether they grow is all that counts."""
    return id(module), len(getattr(module, "__dict__", ()))


def _should_use_real_time() -> bool:
    """Tell whether no clock is stopped; modules to leave alone are not touched in the first place."""
    return not api.freeze_factories


def _get_fake_monotonic() -> float:
    return _seconds(api.get_current_time())


def fake_time() -> float:
    """Return the seconds since 1970, of the stopped clock if there is one."""
    return api.real_time() if _should_use_real_time() else _seconds(api.get_current_time())


@lru_cache(maxsize=8)
def _seconds(moment: datetime) -> float:
    return timegm(moment.timetuple()) + moment.microsecond / 1e6


PARTS = {
    part.__name__: part
    for part in (_get_module_attributes_hash, _should_use_real_time, _get_fake_monotonic, fake_time)
}
