"""Messages of transfers, as engine 29 sends them: numbers without text, and no digest."""

from __future__ import annotations

import pytest

from dockermap.client._messages import failure_text, message_progress


@pytest.mark.parametrize(
    ('current', 'total', 'text'),
    [
        (1_049_000, 3_400_000, f'[{"=" * 15}>{" " * 34}]  1.049MB/3.4MB'),
        (512, 512, f'[{"=" * 50}]  512B/512B'),
        (1, 10**12, f'[>{" " * 49}]  1B/1TB'),
        (2_500, None, '2.5kB'),
        (0, 100, ''),
        (None, None, ''),
    ],
)
def test_the_text_is_made_of_the_numbers(current, total, text):
    detail = {name: value for name, value in (('current', current), ('total', total)) if value is not None}
    progress = message_progress({'status': 'Downloading', 'id': 'a1', 'progressDetail': detail})
    assert (progress, progress.current, progress.total) == (text, current, total)


def test_a_text_of_the_engine_is_kept():
    message = {'progress': '[=>  ]', 'progressDetail': {'current': 1, 'total': 2}}
    assert message_progress(message) == '[=>  ]'


@pytest.mark.parametrize(
    ('message', 'text'),
    [
        ({'error': 'denied', 'errorDetail': {'message': 'denied', 'code': 1}}, 'denied'),
        ({'errorDetail': {'message': 'denied'}}, 'denied'),
        ({'errorDetail': {'code': 1}}, 'failed'),
        ({'status': 'Pushed', 'id': 'a1'}, None),
        ({'status': 'latest: digest: sha256:00 size: 1'}, None),
    ],
)
def test_a_failure_is_told_by_its_details_as_well(message, text):
    assert failure_text(message) == text
