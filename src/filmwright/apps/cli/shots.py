"""`filmwright shots`: the storyboard, before the film is rendered."""

import json

import typer

from . import options
from .exits import told
from .progress import showing


def shots(
    source: options.Source = "sample",
    *,
    brief: options.BriefText = None,
    out: options.Out = None,
    product: options.Product = None,
    mood: options.Mood = None,
    aspect: options.Aspect = None,
    seconds: options.Seconds = None,
    size: options.Size = None,
    quality: options.Quality = None,
    environment: options.Environment = None,
    backdrop: options.Backdrop = None,
    backdrop_model: options.BackdropModel = None,
    seed: options.Seed = None,
    workers: options.Workers = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Draw the storyboard: a contact sheet with one still per shot, and the plan as a table."""
    with told(as_json=as_json):
        from filmwright.jobs.shots import shots as run

        from .request import folder_for, read_request
        from .tables import print_plan

        film = read_request(
            source,
            brief=brief,
            product=product,
            mood=mood,
            aspect=aspect,
            seconds=seconds,
            size=size,
            quality=quality,
            environment=environment,
            backdrop=backdrop,
            backdrop_model=backdrop_model,
            seed=seed,
            workers=workers,
        )
        film, folder = folder_for(film, out)
        with showing(quiet=quiet, as_json=as_json) as report:
            sheet = run(film, folder, report)
        if as_json:
            typer.echo(json.dumps({"sheet": str(sheet.path), "warnings": sheet.warnings}))
        elif quiet:
            typer.echo(sheet.path)
        else:
            print_plan(sheet.plan, folder, as_json=False)
            typer.echo(f"storyboard: {sheet.path}")
