"""A film or a model -> its impact card: one page on what it is, from what, by whom, and what it cost."""

from pathlib import Path

from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.files import whole
from filmwright.jobs.looks import FILMS

from .film import film_card
from .model import MODELS, model_card
from .nouns import Card, Fact, Section
from .pages import PAGES, page

__all__ = ["PAGES", "Card", "Fact", "Section", "card", "page", "write_card"]


def card(path: Path, *, grid: float | None = None) -> Card:
    """The card of a film, of its manifest or folder, or of a model file or folder.

    `grid` is the electricity's carbon intensity in kg of CO2 equivalent a kWh; without it no carbon is told. Raises
    BadAsset.
    """
    if not path.exists():
        raise BadAsset(f"there is no {path}. Give a film, its folder, or a model.")
    if path.is_dir():
        manifests = sorted(path.glob("*.manifest.json"))
        if len(manifests) > 1:
            named = ", ".join(m.name.removesuffix(".manifest.json") for m in manifests)
            raise BadAsset(f"{path} holds more than one film ({named}). Name one.")
        return film_card(manifests[0], grid=grid) if manifests else model_card(path, grid=grid)
    if path.suffix.lower() in MODELS:
        return model_card(path, grid=grid)
    if path.suffix.lower() in FILMS or path.name.endswith(".manifest.json"):
        return film_card(path, grid=grid)
    raise BadAsset(
        f"{path} is neither a film ({', '.join(FILMS)}) nor a model ({', '.join(MODELS)}). Give one of them."
    )


def write_card(card: Card, out: Path) -> Path:
    """Write the page that `out`'s ending names (.html, .md, .json), whole or not at all. Raises BadFilm."""
    if out.suffix.lower() not in PAGES:
        raise BadFilm(f"a card is written as {', '.join(PAGES)}, not as {out.suffix or 'a file without an ending'!r}.")
    text = page(card, out.suffix.lower())
    with whole(out) as part:
        part.write_text(text, encoding="utf-8")
    return out
