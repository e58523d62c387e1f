"""The watermark beside its open-source peers, same films, same attacks: python benchmarks/watermark.py

The clips are the real ones of the assets folder ($FILMWRIGHT_ASSETS), one drawn as a webcam sees, and films made here
(--film; without it a short draft of the bundled product is filmed). Each is marked, encoded (x264, CRF 18), attacked,
encoded again (CRF 23 unless the attack says otherwise) and read. The peers live in an environment of their own, which
--install makes first.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from attacks import ATTACKS, encode
from bundled import BRIEF, machine, table
from peers import client
from watermark_clips import webcam
from watermark_cost import costs
from watermark_trial import CRFS, OURS, Found, Task, Trial, tried

sys.path.insert(0, str(Path(__file__).parents[1]))  # where the real clips lie is the tests' own

from filmwright.core.manifest import now
from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.make import make
from tests.scans import ASSETS

REAL = ("cockatoo.mp4", "realshort.mp4")
QUICK = ("CRF 23", "CRF 33", "resize 0.5x", "crop to 70% of the side", "rotate 2 degrees", "flip")


def filmed(folder: Path, seconds: float) -> Path:
    """A draft of the bundled product, not marked."""
    trust = Trust(mark=Choice(use="none"), signer=Choice(use="none"))
    draft, lossless = Choice(use="warp", quality="draft"), Choice(use="ffv1")
    film = Film(brief=BRIEF, seconds=seconds, size=360, render=draft, video=lossless, trust=trust)
    return make(film, folder).video.path


def trials(tasks: list[Task], processes: int) -> Iterator[Trial]:
    """Each as it is done."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for i, done in enumerate(as_completed([pool.submit(tried, task) for task in tasks])):
            trial = done.result()
            print(f"{i + 1} of {len(tasks)}: {trial.clip}, {trial.method}", file=sys.stderr, flush=True)
            yield trial


def cell(trial: Trial, found: Found) -> str:
    """One attack on one clip in a few characters."""
    if trial.method != OURS:
        return f"{found.accuracy:.2f}" + (" whole" if found.whole else "")
    if found.wrong:
        return "WRONG"
    state = "whole" if found.whole else "present" if found.present else "-"
    return f"{state}, {found.frames} frames, z {found.score:.1f}" + (", deep" if found.deep else "")


def of_clip(trials: list[Trial]) -> str:
    """A row for each attack, a column for each method."""
    rows = []
    for i, found in enumerate(trials[0].found):
        rows.append([found.attack, *(cell(t, t.found[i]) for t in trials)])
    return table(["attack", *(t.method for t in trials)], rows)


def together(found: list[Found], method: str) -> str:
    """One attack on all clips."""
    whole = f"{sum(f.whole for f in found)}/{len(found)}"
    if method != OURS:
        return f"{np.mean([f.accuracy for f in found]):.2f} ({whole})"
    needed = sorted(f.frames for f in found if f.whole)
    span = f", {needed[0]}" + (f"-{needed[-1]}" if needed[-1] > needed[0] else "") + " frames" if needed else ""
    return f"{whole}{span}"


def of_all(by_method: dict[str, list[Trial]]) -> tuple[list[str], list[list[str]]]:
    """The summary: messages whole, of all clips."""
    rows = []
    for i, first in enumerate(by_method[OURS][0].found):
        rows.append([first.attack, *(together([t.found[i] for t in ts], m) for m, ts in by_method.items())])
    total = []
    for trials in by_method.values():
        every = [f.whole for t in trials for f in t.found]
        total.append(f"{sum(every)}/{len(every)}")
    return ["attack", *by_method], [*rows, ["messages whole, of all", *total]]


def looks(trials: list[Trial]) -> tuple[list[str], list[list[str]]]:
    """What the marks do to pictures and sizes."""
    head = ["clip", "size", "frames", "method", "PSNR", "luma", "worst", "SSIM", *(f"bits at CRF {c}" for c in CRFS)]
    rows = []
    for t in trials:
        more = [f"{t.more_bits[crf]:+.1%}" for crf in CRFS]
        size = f"{t.width}x{t.height}"
        alike = [f"{t.psnr_rgb:.1f}", f"{t.psnr:.1f}", f"{t.psnr_worst:.1f}", f"{t.ssim:.4f}"]
        rows.append([t.clip, size, str(t.num_frames), t.method, *alike, *more])
    return head, rows


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """The same table for a page."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def report(results: dict, *, pages: bool) -> None:
    """Print everything; as Markdown without the single clips' tables for `pages`."""
    by_clip: dict[str, list[Trial]] = {}
    by_method: dict[str, list[Trial]] = {}
    for content in results["trials"]:
        more = {int(crf): share for crf, share in content["more_bits"].items()}
        found = tuple(Found(**f) for f in content["found"])
        trial = Trial(**content | {"more_bits": more, "found": found})
        by_clip.setdefault(trial.clip, []).append(trial)
        by_method.setdefault(trial.method, []).append(trial)
    show = markdown if pages else table
    print(f"{results['machine']}; {results['made']}\n{results['says']}\n")
    for clip, trials in [] if pages else by_clip.items():
        print(f"{clip}\n{of_clip(trials)}\n")
    for head, rows in (of_all(by_method), looks([t for ts in by_clip.values() for t in ts]), *results["costs"]):
        print(show(head, rows) + "\n")


def chosen(options: argparse.Namespace, films: list[Path]) -> list[Task]:
    """The tasks, the slow ones first."""
    clips = [path for name in REAL if (path := ASSETS / "video" / name).exists()] + films
    if len(clips) < len(REAL) + len(films):
        print(f"the real clips are not at hand in {ASSETS / 'video'}: they are left out", file=sys.stderr)
    attacks = tuple(a.name for a in ATTACKS if not options.attacks or any(w in a.name for w in options.attacks))
    methods = [OURS] if options.alone else [OURS, *client.NAMES]
    if options.quick:
        clips, attacks = [clips[0], clips[-1]], QUICK
        counts = {"frames": 24, "peer_frames": 2, "peer_reads": 2, "deep": False}
    else:
        counts = {"frames": options.frames, "peer_frames": options.peer_frames, "peer_reads": options.peer_reads}
    return [
        Task(clip=clip, method=method, attacks=attacks, side=options.side, **counts)
        for method in reversed(methods)
        for clip in dict.fromkeys(clips)
    ]


def main() -> None:
    """Print the tables and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="make the peers' environment in build/peers, and end")
    parser.add_argument("--film", type=Path, nargs="*", default=[], help="made by filmwright, unmarked, best lossless")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--quick", action="store_true", help="few attacks and frames: about two minutes")
    parser.add_argument("--side", type=int, default=0, help="bring clips to this shorter side first; 0: as they are")
    parser.add_argument("--attacks", nargs="*", default=[], help="only those with such words in their name")
    parser.add_argument("--frames", type=int, default=288, help="of each clip, at most")
    parser.add_argument("--peer-frames", type=int, default=24, help="the same for the peers, which are slow")
    parser.add_argument("--peer-reads", type=int, default=8, help="how many of those a peer reads after each attack")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--results", type=Path, default=client.HOME.with_name("watermark.json"))
    parser.add_argument("--page", action="store_true", help="only print an earlier run's results, as Markdown")
    options = parser.parse_args()
    if options.install:
        return client.install()
    if options.page:
        return report(json.loads(options.results.read_text()), pages=True)
    if not options.alone and not client.python().exists():
        parser.error("the peers are not installed. Run with --install first, or with --alone to leave them out.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FILMWRIGHT_HOME"] = str(Path(folder) / "home")
        films = options.film or [filmed(Path(folder), 3.0 if options.quick else 6.0)]
        drawn = Path(folder) / "webcam.mp4"
        drawn.write_bytes(encode(webcam(), 8))
        films.insert(0, drawn)
        tasks = chosen(options, films)
        done = sorted(trials(tasks, options.processes), key=lambda t: -[k.method for k in tasks].index(t.method))
        clips = list(dict.fromkeys(task.clip.stem for task in tasks))
        done = sorted(done, key=lambda trial: clips.index(trial.clip))
        task = tasks[0]
        says = (
            f"ours on up to {task.frames} frames of a clip, peers on the first {task.peer_frames}, of which they read "
            f"{task.peer_reads} (mean share of right bits; in brackets: clips whose message their majority gives whole)"
        )
        results = {
            "made": now(),
            "machine": machine(),
            "says": says,
            "trials": [asdict(trial) for trial in done],
            "costs": costs(tasks[0].clip, peers=not options.alone, quick=options.quick),
        }
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps(results))
    report(results, pages=False)


if __name__ == "__main__":
    main()
