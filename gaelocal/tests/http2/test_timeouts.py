"""The header `grpc-timeout`."""

import pytest

from gaelocal.http2.grpc_calls import _timeout


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), (b"100m", 0.1), (b"20S", 20.0), (b"99999999H", 99999999 * 3600.0)]
    + [
        (wrong, None)
        for wrong in (b"", b"S", b"1", b"-1S", b"1.5S", b"1x", b"123456789S", b"9" * 5000 + b"S")
    ],
)
def test_a_timeout_is_a_number_of_eight_digits_and_a_unit(
    header: bytes | None, seconds: float | None
) -> None:
    assert _timeout(header) == seconds
