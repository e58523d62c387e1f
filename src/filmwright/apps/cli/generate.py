"""`filmwright generate`: from words to a clip, by a trained model."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .exits import told
from .progress import showing
from .warned import warned


def generate(
    prompt: Annotated[str, typer.Argument(help="What the clip shows.")],
    *,
    image: Annotated[Path | None, typer.Option(help="A picture that becomes the first frame.")] = None,
    video: Annotated[Path | None, typer.Option(help="A video to start from.")] = None,
    strength: Annotated[float, typer.Option(help="How much of --video is made anew: above 0, up to 1.")] = 0.8,
    negative: Annotated[str, typer.Option(help="What the clip should not show.")] = "",
    model: Annotated[
        str | None, typer.Option(help="A folder, or a name as in owner/name; else the package's own model.")
    ] = None,
    generator: Annotated[
        str | None, typer.Option(help="bundled, diffusers or remote; else the one that the model is for.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="An option of the generator as NAME=VALUE, as in offload=model; may be given again."),
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Let the model's files be fetched if they are not here.")
    ] = False,
    seconds: Annotated[float | None, typer.Option(help="Length of the clip; else the model's own.")] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="Length of the clip in frames.")] = None,
    fps: Annotated[float | None, typer.Option(help="Frames a second; else the video's or the model's own.")] = None,
    size: Annotated[str | None, typer.Option(help="Width and height, as in 832x480; else the model's own.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps of denoising; else the model's own.")] = None,
    guidance: Annotated[
        float | None, typer.Option(help="How much the words count, 1 is plain; else the model's own.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number, another clip.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder, or a file ending in .mp4; else clips.")
    ] = None,
    maker: options.Maker = None,
    region: options.Region = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Generate a clip from words, from an image or from a video; moderated, marked and signed as every film.

    Sizes and lengths that the model can't do become the nearest that it can. Longer clips than it knows are made of
    overlapping windows.
    """
    with told(as_json=as_json), warned():
        from filmwright.jobs.film import generator_for
        from filmwright.jobs.generate import GenerateRequest
        from filmwright.jobs.generate import generate as run

        from .request import checked, measured, named
        from .tables import tell_made

        width, height = measured(size)
        chosen = named(option or ())
        if fetch:
            chosen["fetch"] = "true"
        asked = checked(
            GenerateRequest,
            prompt=prompt,
            negative_prompt=negative,
            image=image,
            video=video,
            strength=strength,
            seconds=seconds,
            num_frames=frames,
            fps=fps,
            height=height,
            width=width,
            num_inference_steps=steps,
            guidance_scale=guidance,
            seed=seed,
            name=out.stem if out is not None and out.suffix.lower() == ".mp4" else "",
            generator=generator_for(model, generator, **chosen),
            trust={"maker": maker or "", "regions": tuple(region or ())},
        )
        folder = Path("clips") if out is None else out.parent if asked.name else out
        with showing(quiet=quiet, as_json=as_json) as report:
            made = run(asked, folder, report)
        tell_made(made, quiet=quiet, as_json=as_json)
