"""Intervals of time: half-open, in UNIX seconds (UTC)."""

type Interval = tuple[int, int]
"""The time from the first moment up to, but not including, the second: `[start, end)`."""
