"""Addresses that a person's health data may be sent to."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
import re
from socket import inet_aton
from typing import Final

from yarl import URL

# Characters, at most: of an address, of its host, and of each part of the host between dots.
LONGEST: Final = 2048
LONGEST_HOST: Final = 253
LONGEST_PART: Final = 63


class UnsafeUrlError(ValueError):
    """An address that health data must not be sent to.

    Its text is `invalid_url`, `long_url`, `insecure_url` if http is never allowed, `http_unconfirmed` if a
    person has to allow it, or `refused_url` for an address that no person can mean.
    """


def safe_base_url(text: str, *, allow_http: bool) -> str:
    """Return a safe address in its plain spelling, to which paths are added: it has no slash at its end.

    Raises UnsafeUrlError, also for an address with a query.
    """
    url = _safe(text, allow_http=allow_http)
    if url.query_string:
        raise UnsafeUrlError("invalid_url")
    return str(url).rstrip("/")


def safe_url(text: str, *, allow_http: bool) -> str:
    """Return a safe and complete address in its plain spelling; raises UnsafeUrlError."""
    return str(_safe(text, allow_http=allow_http))


def _safe(text: str, *, allow_http: bool) -> URL:
    """Return a safe address in its plain spelling.

    https to anywhere but the refused hosts; http only to this machine and to private addresses, and only
    if a person has allowed it. Raises UnsafeUrlError.
    """
    try:
        url = URL(text)
        port, host = url.port, _read(url.raw_host or "")
    except OSError, ValueError:
        raise UnsafeUrlError("invalid_url") from None
    if _is_long(text, url.raw_host or ""):
        raise UnsafeUrlError("long_url")
    has_more = url.user or url.password is not None or url.fragment
    if url.scheme not in ("http", "https") or not port or has_more:
        raise UnsafeUrlError("invalid_url")
    if host in _REFUSED_NAMES or _lies_in(host, _REFUSED_NETWORKS):
        raise UnsafeUrlError("refused_url")
    if "%" in (url.raw_host or ""):
        raise UnsafeUrlError("invalid_url")
    if url.scheme == "http" and host != "localhost" and not _lies_in(host, _PRIVATE_NETWORKS):
        raise UnsafeUrlError("insecure_url")
    if url.scheme == "http" and not allow_http:
        raise UnsafeUrlError("http_unconfirmed")
    # Return the address that was judged: another program may read an odd spelling as something else.
    return url if ":" in (url.raw_host or "") else url.with_host(str(host))


def _is_long(text: str, host: str) -> bool:
    part = max(map(len, host.split(".")))
    return len(text) > LONGEST or len(host) > LONGEST_HOST or part > LONGEST_PART


def _networks(*texts: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, texts))


_PRIVATE_NETWORKS: Final = _networks(
    "10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"
)

# Link-local, unspecified, multicast, broadcast, and the metadata services of clouds.
_REFUSED_NETWORKS: Final = _networks(
    "0.0.0.0/8",
    "100.100.100.200",  # Alibaba
    "168.63.129.16",  # Azure
    "169.254.0.0/16",
    "192.0.0.192",  # Oracle
    "224.0.0.0/4",
    "255.255.255.255",
    "fd00:42::42",  # Scaleway
    "fd00:ec2::/32",  # Amazon
    "fd20:ce::254",  # Google
    "fe80::/10",
    "ff00::/8",
)
_REFUSED_NAMES: Final = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
        "metadata.tencentyun.com",
    }
)

# IPv6 addresses that stand for an IPv4 address, with the number of bits to its right.
_STANDS_FOR_IPV4: Final = {
    IPv6Network("::/96"): 0,
    IPv6Network("::ffff:0:0/96"): 0,
    IPv6Network("::ffff:0:0:0/96"): 0,
    IPv6Network("64:ff9b::/96"): 0,
    IPv6Network("64:ff9b:1::/48"): 0,
    IPv6Network("2002::/16"): 80,
}

_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
# A name that ends like this is none: some programs read it as an address.
_NUMBER: Final = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)")


def _read(host: str) -> IPv4Address | IPv6Address | str:
    """Return the address that a URL's host means, in whatever spelling, or its name; raises if it is neither.

    The zone of an address and the dot at the end of a name say nothing about either.
    """
    text = host.partition("%")[0].rstrip(".")
    if ":" in text:
        address = IPv6Address(text)
        if address.is_loopback:
            return address
        shifts = (shift for network, shift in _STANDS_FOR_IPV4.items() if address in network)
        return next((IPv4Address(int(address) >> shift & 0xFFFF_FFFF) for shift in shifts), address)
    if not _NAME.fullmatch(text):
        raise ValueError("neither a name nor an address")
    return IPv4Address(inet_aton(text)) if _NUMBER.fullmatch(text) else text


def _lies_in(host: IPv4Address | IPv6Address | str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return not isinstance(host, str) and any(host in network for network in networks)
