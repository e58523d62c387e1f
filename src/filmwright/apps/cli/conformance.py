"""`filmwright conformance`: whether a server speaks the Videos API."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from filmwright.core.errors import MissingExtra

from .exits import told
from .progress import showing
from .warned import warned

DIVERGES = 9  # the same code as for a film that is not verified


def conformance(
    url: Annotated[str, typer.Argument(help="The server, as in http://127.0.0.1:8000 or https://host/v1.")],
    *,
    key: Annotated[str | None, typer.Option(help="The API key; else $OPENAI_API_KEY, if it is set.")] = None,
    model: Annotated[str, typer.Option(help="The model to ask for; else the server's own choice.")] = "",
    prompt: Annotated[str | None, typer.Option(help="What the videos show.")] = None,
    seconds: Annotated[int | None, typer.Option(min=1, help="Length of each video; else 4.")] = None,
    size: Annotated[str | None, typer.Option(help="Width and height; else 720x1280.")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="A field that goes with every order, as in num_inference_steps=4; may be given again."),
    ] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only this one; may be given again.")] = None,
    minutes: Annotated[float | None, typer.Option(help="How long one video may take; else 10.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all findings to this file as JSON; - prints them.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print what diverges and nothing else.")] = False,
) -> None:
    """Try a server that speaks the Videos API, rule by rule, with the official openai SDK and with plain HTTP.

    Orders about twenty short videos and removes them, all but one at once. Exit code 9 says that something diverges.
    """
    with told(), warned():
        try:
            from filmwright.jobs.conformance import ConformanceRequest
            from filmwright.jobs.conformance import conformance as run
            from filmwright.jobs.conformance.told import as_json
        except ModuleNotFoundError as err:
            if (err.name or "").startswith("filmwright"):
                raise
            raise MissingExtra(
                f"an examination needs {err.name!r}, which is not installed. Run: pip install 'filmwright[conformance]'"
            ) from err

        from .conformance_table import print_examination
        from .request import checked, named

        given = {"prompt": prompt, "seconds": seconds, "size": size, "minutes": minutes}
        asked = checked(
            ConformanceRequest,
            url=url,
            key=key if key is not None else os.environ.get("OPENAI_API_KEY", ""),
            model=model,
            fields=named(field or (), "--field", "num_inference_steps=4"),
            topics=tuple(topic or ()),
            **{name: value for name, value in given.items() if value is not None},
        )
        printed = json_file == Path("-")
        with showing(quiet=quiet or printed, as_json=False) as report:
            found = run(asked, report)
        text = json.dumps(as_json(found), indent=2, ensure_ascii=False)
        if printed:
            typer.echo(text)
        else:
            print_examination(found, quiet=quiet)
        if json_file is not None and not printed:
            from filmwright.core.files import whole

            with whole(json_file, by="--json") as part:
                part.write_text(text + "\n", encoding="utf-8")
        if not found.holds:
            raise typer.Exit(DIVERGES)
