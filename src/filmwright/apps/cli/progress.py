"""Live progress: one bar a stage or shot, with frames per second and time left."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from filmwright.core.progress import Report, Step, silent


@contextmanager
def showing(*, quiet: bool, as_json: bool) -> Iterator[Report]:
    """A report that draws bars on stderr, or prints JSON lines on stdout, or says nothing."""
    if as_json:
        yield _print_json
    elif quiet:
        yield silent
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        with _bars() as report:
            yield report


def _print_json(step: Step) -> None:
    line = {"step": step.what, "done": step.done, "total": step.total, "unit": step.unit}
    print(json.dumps(line), flush=True)  # noqa: T201


class _Lines:
    """For logs: a line when a stage ends."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def __call__(self, step: Step) -> None:
        began = self.began.setdefault(step.what, time.monotonic())
        if step.done == step.total:
            seconds = time.monotonic() - began
            rate = f", {step.done / seconds:.1f} {step.unit}/s" if seconds > 0.5 and step.unit == "frames" else ""
            print(f"{step.what}: {step.done} {step.unit} in {seconds:.1f} s{rate}", file=sys.stderr)  # noqa: T201


@contextmanager
def _bars() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), expand=True) as bars:
        tasks: dict[str, tuple[int, float]] = {}

        def report(step: Step) -> None:
            if step.what not in tasks:
                task = bars.add_task(step.what, total=step.total, rate="")
                tasks[step.what] = int(task), time.monotonic()
            task_id, began = tasks[step.what]
            seconds = time.monotonic() - began
            rate = f"{step.done / seconds:5.1f} fps" if step.unit == "frames" and step.done and seconds > 0.2 else ""
            bars.update(bars.task_ids[task_id], completed=step.done, total=step.total, rate=rate)

        yield report
