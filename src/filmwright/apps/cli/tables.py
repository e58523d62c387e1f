"""What a plan and a finished film look like in the terminal."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from filmwright.core.manifest import Manifest
from filmwright.jobs.plan import Plan
from filmwright.jobs.release import Made


def print_plan(plan: Plan, folder: Path, *, as_json: bool) -> None:
    """The brief as it was understood and the shots in order."""
    rows = plan_rows(plan)
    brief, board = plan.brief, plan.storyboard
    if as_json:
        told = {"title": board.title, "mood": brief.mood, "tagline": brief.tagline, "seconds": float(board.seconds)}
        told |= {"understood": brief.understood}
        typer.echo(json.dumps(told | {"out": str(folder), "shots": rows, "warnings": plan.warnings}))
        return
    console = Console()
    quoted = f' · "{brief.tagline}"' if brief.tagline else ""
    console.print(
        f"[bold]{escape(board.title)}[/] · {brief.mood}{escape(quoted)} · {brief.width}x{brief.height} · "
        f"{float(board.seconds):.1f} s at {float(brief.fps):g} fps"
    )
    for line in brief.understood:
        console.print(f"  [dim]{escape(line)}[/]", highlight=False)
    table = Table("#", "shot", "kind", "starts", "seconds", "frames", box=None, header_style="bold")
    for i, row in enumerate(rows, 1):
        table.add_row(
            str(i), row["name"], row["kind"], f"{row['start']:.2f}", f"{row['seconds']:.2f}", str(row["frames"])
        )
    console.print(table)
    for line in plan.warnings:
        console.print(f"[yellow]warning:[/] {escape(line)}")


def plan_rows(plan: Plan) -> list[dict[str, Any]]:
    """One row a shot."""
    return [
        {
            "name": shot.name,
            "kind": shot.kind,
            "start": float(start),
            "seconds": float(shot.seconds),
            "frames": shot.num_frames,
            "seed": shot.seed,
        }
        for shot, start in zip(plan.storyboard.shots, plan.storyboard.cuts, strict=True)
    ]


def tell_made(made: Made, *, quiet: bool, as_json: bool) -> None:
    """A finished film, in the way that was asked for."""
    if as_json:
        typer.echo(json.dumps({"film": str(made.video.path), "manifest": asdict(made.manifest)}, default=str))
    elif quiet:
        typer.echo(made.video.path)
    else:
        print_made(made)


def print_made(made: Made) -> None:
    """The files, and what it cost."""
    console = Console()
    for line in made.manifest.warnings:
        console.print(f"[yellow]warning:[/] {escape(line)}")
    video = made.video
    console.print(
        f"[bold green]{escape(str(video.path))}[/]  {video.width}x{video.height}, {float(video.seconds):.1f} s",
        soft_wrap=True,
    )
    for what, path in (
        ("poster", made.poster),
        ("contact sheet", made.sheet),
        ("manifest", made.manifest_path),
        ("again", made.film_path),
    ):
        if path is None:
            continue
        console.print(f"  {what:<14}{escape(str(path))}", soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=14)
    for what, words in trust_lines(made.manifest):
        table.add_row(f"  {what}", escape(words))
    spent = made.manifest.timings
    kept = sum(take.reused for take in made.manifest.takes)
    table.add_row(
        "  time",
        f"{sum(spent.values()):.0f} s ("
        + ", ".join(f"{part} {seconds:.0f}" for part, seconds in spent.items())
        + ")"
        + (f", {kept} of {len(made.manifest.takes)} shots kept" if kept else ""),
    )
    console.print(table, highlight=False)


def trust_lines(manifest: Manifest) -> list[tuple[str, str]]:
    """Who signed the film, the id in its mark, and what was done for its labels."""
    signed = manifest.signature["signer"] if manifest.signature["state"] == "trusted" else "by nobody"
    lines = [("signed", signed), ("mark", manifest.mark.get("id", "none"))]
    lines += [("label", line) for line in manifest.labels]
    return lines + [("moderation", reason) for reason in manifest.moderation.reasons]
