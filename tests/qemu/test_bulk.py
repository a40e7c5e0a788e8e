# SPDX-License-Identifier: MIT
"""Many megabytes through virtio-net: a notification or an interrupt lost once in 100,000 frames stops it for good."""

import os

import skiff

TRANSFER = 4 * 1024 * 1024
TRANSFERS = 75


def test_virtio_loses_no_notification_in_300_megabytes(request):
    data = os.urandom(TRANSFER)
    with skiff.Skiff(nic="virtio", name=request.node.name) as machine:
        machine.ready()
        for _ in range(TRANSFERS):
            with machine.connect(7) as connection:
                assert skiff.exchange(connection, data, timeout=120) == data
