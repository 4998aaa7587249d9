"""The limit of requests: what is counted, what is believed, and how much is left to the polls."""

from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.sources.errors import RateLimitedError
from custom_components.fitbit_cardiogram.sources.rate_limit import RESERVED, RateLimit

HOUR = 3600
BEGUN = 500_000 * HOUR


def told(**values: object) -> dict[str, str]:
    """Return the headers by which Fitbit tells where the limit stands."""
    return {f"fitbit-rate-limit-{name}": str(value) for name, value in values.items()}


def spend(limit: RateLimit, count: int, now: float = BEGUN) -> None:
    for _ in range(count):
        limit.spend(now)


@given(
    admitted=st.integers(1, 400),
    period=st.sampled_from([60, HOUR]),
    begun=st.floats(0, 2e9),
    gaps=st.lists(st.floats(0, 600), max_size=600),
)
def test_each_period_of_the_clock_sees_as_many_as_the_limit_and_no_more(
    admitted: int, period: int, begun: float, gaps: list[float]
) -> None:
    limit, now = RateLimit(admitted, period), begun
    made: dict[int, int] = {}
    for gap in gaps:
        now += gap
        current = int(now // period)
        if made.get(current, 0) < admitted:
            limit.spend(now)
            made[current] = made.get(current, 0) + 1
            continue
        with pytest.raises(RateLimitedError) as refused:
            limit.spend(now)
        assert refused.value.retry_after == pytest.approx(period - now % period)


def test_a_full_period_begins_anew() -> None:
    limit = RateLimit(3, HOUR)
    spend(limit, 3, BEGUN + 10)
    with pytest.raises(RateLimitedError) as refused:
        limit.spend(BEGUN + HOUR - 1)
    assert refused.value.retry_after == 1
    spend(limit, 3, BEGUN + HOUR)


def test_the_share_of_what_is_in_no_hurry() -> None:
    """It waits for the full hour from its share on, while others go on to the limit."""
    limit, share = RateLimit(150, HOUR), 150 - RESERVED
    spend(limit, share - 1)
    assert limit.pause(BEGUN) == 0
    limit.spend(BEGUN)
    assert limit.pause(BEGUN + 600) == HOUR - 600
    spend(limit, 150 - share, BEGUN + 600)
    assert limit.pause(BEGUN + HOUR - 0.5) == 0.5
    assert limit.pause(BEGUN + HOUR) == 0


def test_what_is_left_in_the_period() -> None:
    limit = RateLimit(150, HOUR)
    assert limit.left(BEGUN) == 150
    spend(limit, 30)
    assert limit.left(BEGUN + 600) == 120
    limit.learn(told(limit=100, remaining=5))
    assert limit.left(BEGUN + 600) == 5
    limit.learn(told(limit=50))
    assert limit.left(BEGUN + 600) == 0
    assert limit.left(BEGUN + HOUR) == 50


def test_what_others_spent_is_told_by_the_headers() -> None:
    limit = RateLimit(150, HOUR)
    limit.spend(BEGUN)
    limit.learn(told(limit=150, remaining=1))
    assert limit.pause(BEGUN) == HOUR
    limit.spend(BEGUN)
    with pytest.raises(RateLimitedError):
        limit.spend(BEGUN)


def test_headers_that_lag_behind_lower_no_count() -> None:
    limit = RateLimit(150, HOUR)
    spend(limit, 150)
    limit.learn(told(limit=150, remaining=20))
    with pytest.raises(RateLimitedError):
        limit.spend(BEGUN)


@pytest.mark.parametrize("admitted", [20, 1000])
def test_another_limit_than_the_documented_one(admitted: int) -> None:
    limit = RateLimit(150, HOUR)
    limit.spend(BEGUN)
    limit.learn(told(limit=admitted, remaining=admitted - 1))
    spend(limit, admitted - 1)
    with pytest.raises(RateLimitedError):
        limit.spend(BEGUN)
    assert limit.pause(BEGUN + HOUR) == 0


@pytest.mark.parametrize(
    "headers",
    [{}, told(limit="many", remaining="few"), told(limit=0, remaining="-3"), told(limit="", remaining="²")],
)
def test_headers_that_tell_nothing(headers: dict[str, str]) -> None:
    """Then the service alone knows how long to wait."""
    limit = RateLimit(150, HOUR)
    limit.spend(BEGUN)
    limit.learn(headers)
    assert limit.retry_after(BEGUN) is None
    spend(limit, 149)
    with pytest.raises(RateLimitedError):
        limit.spend(BEGUN)


def test_a_service_that_tells_its_limit_counts_by_the_clock() -> None:
    limit = RateLimit(150, HOUR)
    limit.learn(told(limit=150, remaining=150))
    assert limit.retry_after(BEGUN + 900) == HOUR - 900
