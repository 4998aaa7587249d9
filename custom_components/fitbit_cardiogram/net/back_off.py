"""The wait after failures in a row."""

# More doublings than any first pause needs to reach any longest one; without a bound, a float overflows.
_DOUBLINGS_MAX = 64


def back_off(failures: int, first: float, longest: float) -> float:
    """Return the seconds to wait after the given number of failures in a row, which is 1 or more.

    The pause is `first` after one failure and doubles with each further one, up to `longest`.
    """
    return min(first * 2.0 ** min(failures - 1, _DOUBLINGS_MAX), longest)
