"""The frame of every page, and its file."""

from pathlib import Path

from filmwright.core.errors import BadFilm
from filmwright.core.files import whole

from .escaped import escape


def sheet(title: str, style: str, body: str, footer: str) -> str:
    """A page's text; `body` and `footer` are markup."""
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{style}</style>
<main>
{body}
<footer>{footer}</footer>
</main>
</html>
"""


def check_name(out: Path) -> None:
    """Raise BadFilm for a name that is no page's, before any work is done."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadFilm(f"the page is written as .html, not as {out.suffix or 'a file without an ending'!r}.")


def write_sheet(text: str, out: Path) -> Path:
    """Write a page, whole or not at all. Raises BadFilm for a name that is no page's."""
    check_name(out)
    with whole(out) as part:
        part.write_text(text, encoding="utf-8")
    return out
