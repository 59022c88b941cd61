"""Whatever changing request of a call fails, the same call again gets to where it would have got without that.

What is known not to converge is listed in ``known_faults.txt``. ``python -m tests.laws.sweep`` writes it, and the table
of the documentation, anew.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.laws.scenes import SCENES, Scene
from tests.laws.sweep import TABLE, known_cases, swept, table, wrong_cases


def scenes() -> list[object]:
    """Those that are known to converge, and in the long form all others."""
    wrong = {line.split(': ')[0] for line in known_cases()}
    return [pytest.param(scene, id=scene.id, marks=pytest.mark.full if scene.id in wrong else ()) for scene in SCENES]


@pytest.mark.parametrize('scene', scenes())
def test_a_call_that_is_made_again_after_a_fault_ends_as_without_it(scene: Scene, law_counts: Counter[str]) -> None:
    result = swept(scene)
    for title, count in result.counts.items():
        wrong = sum(fault.kind.title == title for fault in result.problems)
        law_counts[f'faults, {title}, converge'] += count - wrong
        law_counts[f'faults, {title}, do not converge'] += wrong
    known = [line for line in known_cases() if line.startswith(f'{scene.id}: ')]
    found = wrong_cases([result])
    more = [line for line in found if line not in known]
    texts = [f'{fault}: {"; ".join(problems)}' for fault, problems in result.problems.items()]
    assert not more, f'{len(more)} more than known do not converge:\n' + '\n'.join([*more, *result.undisturbed, *texts])
    assert found == known, 'what is known not to converge does; write the list anew'
    assert table([result]).splitlines()[1] in TABLE.read_text(encoding='utf-8').splitlines()


def test_each_line_of_the_list_and_of_the_table_belongs_to_a_scene() -> None:
    names = [scene.id for scene in SCENES]
    assert len(set(names)) == len(names)
    assert {line.split(': ')[0] for line in known_cases()} <= set(names)
    assert len(TABLE.read_text(encoding='utf-8').splitlines()) == len(SCENES) + 1
