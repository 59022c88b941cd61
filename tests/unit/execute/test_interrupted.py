"""Ctrl-C while operations run, in a program of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import logging, os, signal, sys, time
from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine

logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format='LOG %(message)s')
engine = InMemoryEngine('img:latest')
seconds = float(sys.argv[2])
interrupts = []


def interrupt(*_):
    interrupts.append(True)
    raise KeyboardInterrupt


signal.signal(signal.SIGINT, interrupt)


class Slow:
    max_parallel = int(sys.argv[1])

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        return getattr(self.client, name)

    def start(self, container, **kwargs):
        self.client.start(container, **kwargs)
        if not interrupts:
            # At once: what several threads print at a time may get lost.
            os.write(1, b'started\\n')
        while not interrupts:
            time.sleep(0.01)
        time.sleep(seconds)


shop = ContainerMap('shop', {f'c{index}': {'image': 'img'} for index in range(9)})
client = MappingDockerClient(shop, ClientConfiguration(client=Slow(engine.client()), version='1.41'))
try:
    client.startup('__all__')
except KeyboardInterrupt:
    print('INTERRUPTED', len([found for found in engine.containers if found.running]), flush=True)
    seconds = 0
    client.startup('__all__')
    print('AGAIN', len([found for found in engine.containers if found.running]), flush=True)
"""


def _interrupted(max_parallel: int, seconds: float, interrupts: int) -> tuple[list[str], float]:
    """Lines that the program prints, and how long it goes on after the last interrupt.

    :param seconds: How long its calls go on after the first one.
    """
    program = subprocess.Popen(
        [sys.executable, '-c', PROGRAM, str(max_parallel), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    lines = [program.stdout.readline() for _ in range(max_parallel)]
    for _ in range(interrupts):
        time.sleep(0.2)
        program.send_signal(signal.SIGINT)
    began = time.monotonic()
    rest, _ = program.communicate(timeout=40)
    return [*lines, *rest.splitlines()], time.monotonic() - began


@pytest.mark.parametrize('max_parallel', [1, 4])
def test_nothing_new_is_begun_and_the_same_call_does_the_rest(max_parallel):
    lines, _ = _interrupted(max_parallel, 0.3, 1)
    text = '\n'.join(lines)
    assert f'INTERRUPTED {max_parallel}' in text
    assert 'AGAIN 9' in text


def test_what_was_done_is_logged():
    lines, _ = _interrupted(4, 0.3, 1)
    logged = next(line for line in lines if line.startswith('LOG Interrupted.'))
    assert logged.count('start container shop.c') == 4


def test_a_second_one_does_not_wait_for_what_runs():
    lines, seconds = _interrupted(4, 30, 2)
    assert any(line.startswith('INTERRUPTED 4') for line in lines)
    assert seconds < 9
