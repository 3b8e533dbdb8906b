"""What the fault tests share: the system tests' hub, run with what a fault needs."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
import hub_process
import sample_events
from session import JsonSession


def command(hub, *arguments):
    """(exit status, all that was said) of a command on the hub's directory."""
    done = subprocess.run([hub_process.binaries / "commonwatch-hub", *map(str, arguments),
                           "--data", hub.data, *hub.options], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace",
                          timeout=hub_process.DEADLINE_S, check=False)
    return done.returncode, done.stdout + done.stderr


async def publish(hub, source, count, first=1, batch=200, prefix="r"):
    """Publishes records prefix1, prefix2, ... of one source, and waits until they are durable."""
    async with JsonSession.connect(hub) as session:
        await session.open_source(source, first - 1)
        for at in range(first, first + count, batch):
            await session.publish(source, at, [
                event(f"{prefix}{n}") for n in range(at, min(at + batch, first + count))])


def event(record):
    """The same for the same record, always, within a run."""
    number = int("".join(filter(str.isdigit, record)) or 0)
    place = sample_events.offset(sample_events.CITY, number % 23 - 11, number % 29 - 14)
    return sample_events.overdose(record, NOW, *place)


NOW = sample_events.now()
