"""`filmwright make`: from a scan to a finished film."""

from typing import Annotated

import typer

from . import options
from .exits import told
from .progress import showing
from .warned import warned


def make(
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
    preset: options.Preset = None,
    maker: options.Maker = None,
    region: options.Region = None,
    music_off: options.MusicOff = False,
    seed: options.Seed = None,
    workers: options.Workers = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and print the film; render nothing.")] = False,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Make a film: pictures, titles, sound, poster, contact sheet and manifest; moderated, marked and signed.

    Finished shots are kept: run the same command again after a stop and it goes on from there.
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.make import make as run
        from filmwright.jobs.plan import plan

        from .request import folder_for, read_request
        from .tables import print_plan, tell_made

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
            preset=preset,
            maker=maker,
            regions=tuple(region) if region else None,
            music=False if music_off else None,
            seed=seed,
            workers=workers,
        )
        film, folder = folder_for(film, out)
        if dry_run:
            print_plan(plan(film), folder, as_json=as_json)
            return
        with showing(quiet=quiet, as_json=as_json) as report:
            made = run(film, folder, report)
        tell_made(made, quiet=quiet, as_json=as_json)
