"""The options that `make` and `shots` share, said once."""

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[str, typer.Argument(help="A scan (GLB, glTF, OBJ, PLY, STL, USDZ), a film.toml, or 'sample'.")]
BriefText = Annotated[
    str | None,
    typer.Option(
        "--brief", "-b", help="What the film should be, in English or Korean; quoted words become the tagline."
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="A folder, or a file ending in .mp4. [default: films/<name>]")
]
Product = Annotated[str | None, typer.Option(help="The product's name on the end card.")]
Mood = Annotated[str | None, typer.Option(help="calm, luxury, playful, energetic, technical or natural.")]
Aspect = Annotated[str | None, typer.Option(help="16:9, 9:16, 1:1, 4:5, 7:4 or 4:7.")]
Seconds = Annotated[float | None, typer.Option(help="Length of the film, 3 to 120.")]
Size = Annotated[int | None, typer.Option(help="Pixels of the picture's shorter side. [default: 720]")]
Quality = Annotated[str | None, typer.Option("--quality", "-q", help="draft, standard or final. [default: standard]")]
Environment = Annotated[Path | None, typer.Option(help="Light of your own: an equirectangular HDR or EXR picture.")]
Backdrop = Annotated[
    str | None,
    typer.Option(help="What moves behind the product and lights it, in words: a trained model makes it."),
]
BackdropModel = Annotated[
    str | None,
    typer.Option(help="The model for --backdrop: a folder, or a name as in owner/name; else the package's own."),
]
Preset = Annotated[str | None, typer.Option(help="web, shorts, square or master. [default: web]")]
Maker = Annotated[str | None, typer.Option(help="Who signs the film, as it should be shown.")]
Region = Annotated[
    list[str] | None,
    typer.Option(help="Labels that a law asks for: eu, california, china, new-york, visible. May be given again."),
]
MusicOff = Annotated[bool, typer.Option("--music-off", help="A silent film.")]
Seed = Annotated[int | None, typer.Option(help="Another number, another variation. [default: 0]")]
Workers = Annotated[int | None, typer.Option(help="Worker processes; 0 is one a core. [default: 0]")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print the finished file's path and nothing else.")]
Json = Annotated[bool, typer.Option("--json", help="Print progress and result as JSON lines, for scripts.")]
