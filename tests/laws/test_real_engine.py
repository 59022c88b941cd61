"""The same laws on a Docker Engine, as far as it lends itself to that: there is one image, and no registry."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

import docker
import private_engine as engines
import pytest
from docker.errors import APIError

from dockermap.testing import CHANGING_CALLS
from tests.engine.conftest import remove_all
from tests.laws.cases import Place, make_case
from tests.laws.checker import misplaced
from tests.laws.engines import Recorder, bring_up, disturb, front_end, maps_of, processes, without_links
from tests.laws.laws import REPEATED, UNORDERED, Outcome, differing_runs, step_of

CASES = 60
BY_DEFAULT = 30
OPTIONS = {'core_image': engines.BASE_IMAGE, 'base_image': engines.BASE_IMAGE}


@pytest.mark.engine
@pytest.mark.parametrize(
    'seed', [*range(BY_DEFAULT), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(BY_DEFAULT, CASES))]
)
def test_what_the_plan_says_is_what_runs_on_an_engine(
    seed: int, real_client: docker.APIClient, is_podman: bool, unique: str, law_counts: Counter[str]
) -> None:
    case = make_case(seed, Place(unique, True, (engines.BASE_IMAGE,), f'10.{100 + seed}', 21000))
    if is_podman:
        case.before, case.after = without_links(case.before), without_links(case.after)
    before, wanted = maps_of(case)
    bring_up(front_end(before, real_client, **OPTIONS), case)
    for disturbance in case.disturbances:
        disturb(real_client, disturbance)
    wait_for_commands(real_client, unique)
    found = list_of(real_client, unique)
    reader, writer = Recorder(real_client, CHANGING_CALLS, read_only=True), Recorder(real_client, CHANGING_CALLS)
    planned, ran = Outcome(), Outcome()
    call: tuple[Any, Any] = (case.action, case.requested)
    given = {**case.options, **case.arguments}
    try:
        planned.plan = front_end(wanted, reader, **OPTIONS).plan(*call, **given)
    except Exception as error:
        planned.error = error
    assert not isinstance(planned.error, AssertionError), str(case)
    assert list_of(real_client, unique) == found, str(case)
    try:
        front_end(wanted, writer, **OPTIONS).run_actions(*call, listener=ran.events.append, **given)
    except Exception as error:
        ran.error = error
    law_counts['cases on an engine'] += 1
    law_counts['refused on an engine'] += ran.error is not None
    if planned.plan is None:
        assert str(ran.error) == str(planned.error), str(case)
        assert not writer.calls, str(case)
        return
    problems = list(differing_runs(planned.plan, ran))
    if ran.error is None:
        if Counter(method for method, _ in writer.calls) != ran.changes:
            problems.append(f'law 2: calls {writer.calls}, but operations {dict(ran.changes)}')
        steps = [step_of(method, subject) for method, subject in writer.calls]
        if case.action not in UNORDERED:
            problems += misplaced(steps, case.after, unique, case.action)
        if case.action not in REPEATED and 'force_update' not in case.options:
            wait_for_commands(real_client, unique)
            second = front_end(wanted, reader, **OPTIONS).plan(*call, **given)
            problems += [f'law 4: a second run would do\n{second.text(calls=True)}'] if second else []
    assert not problems, '\n'.join((str(case), *problems))
    remove_all(real_client, unique)


def wait_for_commands(client: docker.APIClient, prefix: str) -> None:
    """Wait until commands that were started are listed as what they are, which a plan looks at."""
    for row in client.containers():
        if row['Names'][0].startswith(f'/{prefix}'):
            with contextlib.suppress(APIError):
                processes(client, row['Id'])


def list_of(client: docker.APIClient, prefix: str) -> list[Any]:
    """Containers and networks of a test, as far as a plan must not change them."""
    # Lists show the end of a container some moments after its inspection does.
    details = [
        client.inspect_container(row['Id'])
        for row in client.containers(all=True)
        if row['Names'][0].startswith(f'/{prefix}')
    ]
    containers = [
        (found['Id'], found['State']['Status'], sorted(found['NetworkSettings']['Networks'])) for found in details
    ]
    return [sorted(containers), sorted(row['Id'] for row in client.networks() if row['Name'].startswith(prefix))]
