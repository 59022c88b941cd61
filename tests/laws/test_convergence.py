"""Whatever changing request of a call fails, the same call again gets to where it would have got without that.

``python -m tests.laws.sweep`` writes the table of the documentation anew. The short form has a sample of the ways in
which the requests of long calls fail.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.laws.scenes import SCENES, Scene
from tests.laws.sweep import SHARE, SHARE_TEXT, TABLE, Result, swept, table


def scenes() -> list[object]:
    """All scenes by their names."""
    return [pytest.param(scene, id=scene.id) for scene in SCENES]


def assert_converges(result: Result, counts: Counter[str]) -> None:
    for title, count in result.counts.items():
        wrong = sum(fault.kind.title == title for fault in result.problems)
        counts[f'faults, {title}, converge'] += count - wrong
        counts[f'faults, {title}, do not converge'] += wrong
    texts = [f'{fault}: {"; ".join(problems)}' for fault, problems in result.problems.items()]
    assert [*result.undisturbed, *texts] == []


@pytest.mark.parametrize('scene', scenes())
def test_a_call_that_is_made_again_after_a_fault_ends_as_without_it(scene: Scene, law_counts: Counter[str]) -> None:
    assert_converges(swept(scene, sampled=True), law_counts)


@pytest.mark.full
@pytest.mark.parametrize('scene', scenes())
def test_it_does_so_after_each_kind_of_fault_and_the_table_says_so(scene: Scene, law_counts: Counter[str]) -> None:
    result = swept(scene)
    assert_converges(result, law_counts)
    assert table([result]).splitlines()[1] in TABLE.read_text(encoding='utf-8').splitlines()


def test_each_line_of_the_table_belongs_to_a_scene() -> None:
    names = [scene.id for scene in SCENES]
    assert len(set(names)) == len(names)
    rows = TABLE.read_text(encoding='utf-8').splitlines()[1:]
    assert [row.split(',')[:2] for row in rows] == [scene.id.rsplit('/', 1) for scene in SCENES]


def test_all_that_the_documentation_says_converges() -> None:
    rows = TABLE.read_text(encoding='utf-8').splitlines()[1:]
    assert [row for row in rows if '/' in row] == []
    before, after = SHARE_TEXT.split('{}')
    said = SHARE.read_text(encoding='utf-8').strip().removeprefix(before).removesuffix(after)
    updates = [row.split(',')[2:-1] for row, scene in zip(rows, SCENES, strict=True) if is_counted(scene)]
    assert said == f'0 of {sum(int(count) for counts in updates for count in counts)}'


def is_counted(scene: Scene) -> bool:
    return scene.action == 'update' and not scene.drops_files
