# SPDX-License-Identifier: MIT
"""What all tests share: the folders of helpers, and what CI insists on."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("tidy", "qemu"):
    sys.path.insert(0, str(HERE / folder))


def in_ci():
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def pytest_collection_modifyitems(items):
    """Tests that need a tap are skipped where none can be made; in CI they fail instead."""
    if not any(item.get_closest_marker("tap") for item in items):
        return
    import netns

    reason = netns.why_not()
    if reason and not in_ci():
        for item in items:
            if item.get_closest_marker("tap"):
                item.add_marker(pytest.mark.skip(reason=reason))
