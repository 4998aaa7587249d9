"""Stays in a zone."""

import pytest

from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, Zone, ZoneName
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.heart_rate.stay import Stay, stay
from tests.helpers.home import TODAY

BOUNDS = {ZoneName.LIGHT: 30, ZoneName.MODERATE: 108, ZoneName.VIGOROUS: 134, ZoneName.PEAK: 165}
DAY = DaySummary(TODAY, zones=tuple(Zone(name, min_bpm=bpm) for name, bpm in BOUNDS.items()))


@pytest.mark.parametrize(
    ("newest_first", "expected"),
    [
        ([], None),
        ([(100, 29)], Stay(ZoneName.LIGHT, 100, 100, 29)),
        ([(100, 107), (90, 108)], Stay(ZoneName.LIGHT, 100, 100, 107)),
        ([(100, 108), (90, 133), (80, 134)], Stay(ZoneName.MODERATE, 90, 100, 108)),
        ([(100, 300), (90, 165), (80, 164)], Stay(ZoneName.PEAK, 90, 100, 300)),
        # A gap ends it.
        ([(1000, 140), (700, 140), (399, 140)], Stay(ZoneName.VIGOROUS, 700, 1000, 140)),
    ],
)
def test_a_stay_begins_after_another_zone_or_a_gap(newest_first: list[Sample], expected: Stay | None) -> None:
    assert stay(newest_first, DAY, 300) == expected


@pytest.mark.parametrize("missing", [ZoneName.MODERATE, ZoneName.VIGOROUS, ZoneName.PEAK])
def test_without_the_bounds_no_zone_is_known(missing: ZoneName) -> None:
    without = tuple(zone for zone in DAY.zones if zone.name != missing)
    for zones in (without, (*without, Zone(missing))):
        assert stay([(100, 140)], DaySummary(TODAY, zones=zones), 300) is None
