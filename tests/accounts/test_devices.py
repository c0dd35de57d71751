"""Visits are named as people name their devices."""

import pytest

from marketplace.accounts.devices import device_of


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36",
            "Chrome · Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile MicroMessenger/8.0", "WeChat · iPhone"),
        ("curl/8.4.0", "curl/8.4.0"),
        ("", ""),
    ],
)
def test_device_is_named_by_browser_and_system(agent, device):
    assert device_of(agent) == device
