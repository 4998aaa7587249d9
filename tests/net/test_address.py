"""Addresses: where a token and a heart rate may be sent to."""

from ipaddress import IPv4Address

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.net.address import UnsafeUrlError, safe_base_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://cardiogr.am", "https://cardiogr.am"),
        ("https://cardiogr.am/", "https://cardiogr.am"),
        ("HTTPS://Cardiogr.AM:443/", "https://cardiogr.am"),
        ("https://cardiogr.am./", "https://cardiogr.am"),
        ("https://example.org/heart/rates//", "https://example.org/heart/rates"),
        ("https://example.org:8443/a b", "https://example.org:8443/a%20b"),
        ("https://exämple.org", "https://xn--exmple-cua.org"),
        ("https://my_server.lan", "https://my_server.lan"),
        ("https://metadata.example.org", "https://metadata.example.org"),
        ("https://8.8.8.8", "https://8.8.8.8"),
        ("https://134744072", "https://8.8.8.8"),
        ("https://100.64.0.1", "https://100.64.0.1"),
        ("https://[2001:4860:4860::8888]:8443", "https://[2001:4860:4860::8888]:8443"),
    ],
)
def test_addresses_that_are_safe_by_themselves(text: str, url: str) -> None:
    for allow_http in (False, True):
        assert safe_base_url(text, allow_http=allow_http) == url
        assert safe_base_url(url, allow_http=allow_http) == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LOCALHOST.", "http://localhost"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://127.1", "http://127.0.0.1"),
        ("http://2130706433", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://10.1.2.3", "http://10.1.2.3"),
        ("http://10.1.2.3.:80", "http://10.1.2.3"),
        ("http://172.31.0.1", "http://172.31.0.1"),
        ("http://192.168.1.2/receiver", "http://192.168.1.2/receiver"),
        ("http://[fd00::1]", "http://[fd00::1]"),
        ("http://[::ffff:192.168.1.2]", "http://[::ffff:192.168.1.2]"),
    ],
)
def test_private_addresses_take_a_person_s_word(text: str, url: str) -> None:
    assert safe_base_url(text, allow_http=True) == safe_base_url(url, allow_http=True) == url
    with pytest.raises(UnsafeUrlError, match=r"^http_unconfirmed$"):
        safe_base_url(text, allow_http=False)
    encrypted = text.lower().replace("http:", "https:").replace(":80/", "/").removesuffix(":80")
    assert safe_base_url(encrypted, allow_http=False) == url.replace("http:", "https:")


@pytest.mark.parametrize("allow_http", [False, True])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "invalid_url"),
        (f"https://cardiogr.am/{'a' * 2029}", "long_url"),
        (f"https://{'a.' * 127}am", "long_url"),
        (f"https://{'a' * 64}.am", "long_url"),
        (f"https://{'a' * 3000}", "long_url"),
        ("cardiogr.am", "invalid_url"),
        ("//cardiogr.am", "invalid_url"),
        ("ftp://cardiogr.am", "invalid_url"),
        ("file:///etc/passwd", "invalid_url"),
        ("https://", "invalid_url"),
        ("https://.", "invalid_url"),
        ("https:///beats", "invalid_url"),
        ("https://cardiogr.am:0", "invalid_url"),
        ("https://cardiogr.am:99999", "invalid_url"),
        ("https://cardiogr.am:port", "invalid_url"),
        ("https://[::1", "invalid_url"),
        ("https://user@cardiogr.am", "invalid_url"),
        ("https://user:secret@cardiogr.am", "invalid_url"),
        ("https://:secret@cardiogr.am", "invalid_url"),
        ("https://:@cardiogr.am", "invalid_url"),
        ("https://cardiogr.am?key=1", "invalid_url"),
        ("https://cardiogr.am/#beats", "invalid_url"),
        ("https://cardiogr..am", "invalid_url"),
        ("https://cardiogr.am%2e", "invalid_url"),
        ("https://127.0.0.1 cardiogr.am", "invalid_url"),
        ("https://[fd00::1%25eth0]", "invalid_url"),
        ("https://4294967296", "invalid_url"),
        ("https://1.2.3.256", "invalid_url"),
        ("https://1.2.3.4.5", "invalid_url"),
        ("https://08.1.1.1", "invalid_url"),
        ("https://example.0x7f", "invalid_url"),
        ("http://cardiogr.am", "insecure_url"),
        ("http://localhost.example.org", "insecure_url"),
        ("http://127.0.0.1.example.org", "insecure_url"),
        ("http://8.8.8.8", "insecure_url"),
        ("http://172.32.0.1", "insecure_url"),
        ("http://100.64.0.1", "insecure_url"),
        ("http://203.0.113.1", "insecure_url"),
        ("http://240.0.0.1", "insecure_url"),
        ("http://[::ffff:8.8.8.8]", "insecure_url"),
        ("http://[2001:4860:4860::8888]", "insecure_url"),
    ],
)
def test_unsafe_addresses(text: str, reason: str, allow_http: bool) -> None:
    with pytest.raises(UnsafeUrlError, match=f"^{reason}$"):
        safe_base_url(text, allow_http=allow_http)


REFUSED = [
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "224.0.0.251",
    "239.255.255.255",
    "255.255.255.255",
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        *REFUSED,
        "2852039166",
        "0xA9FEA9FE",
        "0251.0376.0251.0376",
        "0xa9.254.0251.0xFE",
        "169.254.43518",
        "169.16689662",
        "169.254.169.254.",
        "169.254.169.254:8080",
        "169.254.169.254%2e",
        "169。254。169。254",
        "１６９.２５４.１６９.２５４",  # noqa: RUF001
        "①⑥⑨.254.169.254",
        "0",
        "[fe80::1]",
        "[FE80::1%25eth0]",
        "[febf::1%eth0]",
        "[fd00:ec2::254]",
        "[fd00:0ec2:0:0:0:0:0:254]",
        "[fd20:ce::254]",
        "[::]",
        "[0:0:0:0:0:0:0:0]",
        "[ff02::fb]",
        "[::ffff:0.0.0.0]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::ffff:169.254.169.254%25eth0]",
        "[::ffff:0:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "metadata",
        "METADATA.",
        "metadata.google.internal",
        "Metadata.Google.Internal.",
        "ｍetadata.google.internal",  # noqa: RUF001
        "metadata.goog",
        "metadata.azure.internal",
        "instance-data",
        "instance-data.ec2.internal",
    ],
)
def test_hosts_that_are_refused(scheme: str, host: str) -> None:
    """Whatever a person says."""
    with pytest.raises(UnsafeUrlError, match=r"^refused_url$"):
        safe_base_url(f"{scheme}://{host}/latest", allow_http=True)


def spellings(address: int) -> list[str]:
    """Return ways to write an IPv4 address that one program or another takes for it."""
    parts = [address >> shift & 0xFF for shift in (24, 16, 8, 0)]
    hextets = f"{address >> 16:x}:{address & 0xFFFF:x}"
    return [
        str(address),
        f"{address:#x}",
        f"0{address:o}",
        ".".join(map(str, parts)),
        ".".join(map(hex, parts)),
        ".".join(f"0{part:o}" for part in parts),
        f"{parts[0]}.{address & 0xFF_FFFF}",
        f"{parts[0]}.{parts[1]}.{address & 0xFFFF}.",
        f"[::ffff:{hextets}]",
        f"[64:ff9b::{hextets}]",
        f"[2002:{hextets}::]",
    ]


@settings(max_examples=200)
@given(st.integers(0, 2**32 - 1) | st.sampled_from([int(IPv4Address(text)) for text in REFUSED]))
def test_every_spelling_of_an_address_is_judged_alike(address: int) -> None:
    verdicts = set()
    for host in spellings(address):
        try:
            url = safe_base_url(f"http://{host}", allow_http=True)
        except UnsafeUrlError as error:
            verdicts.add(str(error))
        else:
            verdicts.add("safe")
            assert url.startswith("http://[") or url == f"http://{IPv4Address(address)}"
    assert len(verdicts) == 1


@settings(max_examples=300)
@given(
    st.text()
    | st.from_regex(r"https?://[\w.\[\]:@%/?#-]*", fullmatch=True)
    | st.from_regex(r"https?://([a-z0-9]{1,3}\.){0,4}(xn--)?[0-9a-fx\u0660-\u0669]{1,9}\.?/?", fullmatch=True)
    | st.from_regex(r"https?://\[[0-9a-f]{0,4}(::?[0-9a-f]{0,4}){1,7}(%25?\w)?\]/?", fullmatch=True),
    st.booleans(),
)
def test_any_text_is_safe_or_refused(text: str, allow_http: bool) -> None:
    """What is safe is so as it is returned, and with a person's word no less."""
    try:
        url = safe_base_url(text, allow_http=allow_http)
    except UnsafeUrlError:
        return
    assert safe_base_url(url, allow_http=allow_http) == safe_base_url(text, allow_http=True) == url
    assert url.startswith(("https://", "http://") if allow_http else "https://")
