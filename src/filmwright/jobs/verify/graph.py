"""The chain of ingredients as a drawing (SVG): what went in on the left, the film on the right."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from filmwright.core.claim import Signature
from filmwright.jobs.page.escaped import escape

WIDTH, HEIGHT, GAP, LANE = 264, 62, 16, 64  # pixels: a box, between boxes, between columns
DEEPEST = 6  # columns: a chain that is longer is cut
TITLE, SMALL = 23.0, 29.0  # Latin letters that fit into a box's lines, in a wide font
WIDE, CAPITAL = 1.8, 1.3  # small Latin letters that a Chinese or Korean one, or a capital, takes the place of
SMALLEST = 0.7  # of its own size that the drawing shrinks to; on narrower screens it scrolls
DOTS = {"trusted": "good", "none": "plain", "changed": "bad", "broken": "bad", "revoked": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box, and what it was made from."""

    title: str
    lines: tuple[str, str]
    dot: str  # the state of its signature, as a class of the page's style
    tip: str = ""
    parts: tuple["Node", ...] = ()

    @property
    def rows(self) -> int:
        """Boxes that stand above each other in it."""
        return max(sum(part.rows for part in self.parts), 1)

    @property
    def depth(self) -> int:
        """Columns."""
        return 1 + max((part.depth for part in self.parts), default=0)


def drawing(name: str, signature: Signature) -> str:
    """The graph of a film and its ingredients, with theirs where they were signed; "" where none is named."""
    film = _film(name, signature)
    if not film.parts:
        return ""
    width = film.depth * WIDTH + (film.depth - 1) * LANE
    height = film.rows * (HEIGHT + GAP) - GAP
    shapes = "\n".join(_drawn(film, float(width - WIDTH), 0.0))
    words = f"{name} was made from {', '.join(part.title for part in film.parts)}"
    return (
        f'<svg class="chain" viewBox="-1 -1 {width + 2} {height + 2}" width="{width}" '
        f'style="min-width:{SMALLEST * width:.0f}px" role="img" aria-label="{escape(words)}">\n{shapes}\n</svg>'
    )


def _film(name: str, signature: Signature, column: int = 1) -> Node:
    brought = {b.title: b for b in reversed(signature.brought)}
    parts = []
    for part in signature.ingredients if column < DEEPEST else ():
        if part.name in brought:
            parts.append(_film(part.name, brought[part.name], column + 1))
        else:
            says = part.licence or ("licence unknown" if part.sha256 else "")
            tip = f"SHA-256 {part.sha256}" if part.sha256 else ""
            parts.append(Node(title=part.name, lines=(part.role, says), dot="plain", tip=tip))
    maker = "no signature" if signature.state == "none" else signature.maker or signature.signer
    return Node(
        title=name,
        lines=(maker, signature.signed[:10]),
        dot=DOTS.get(signature.state, "open"),
        tip=signature.says,
        parts=tuple(parts),
    )


def _drawn(node: Node, left: float, top: float) -> Iterator[str]:
    """The box in the middle of its parts' height, its parts one column to the left, lines between."""
    middle = top + (node.rows * (HEIGHT + GAP) - GAP) / 2
    at = top
    for part in node.parts:
        own = at + (part.rows * (HEIGHT + GAP) - GAP) / 2
        start, bend = left - LANE, left - LANE / 2
        yield f'<path d="M{start:g} {own:g} C{bend:g} {own:g} {bend:g} {middle:g} {left:g} {middle:g}"/>'
        yield from _drawn(part, left - LANE - WIDTH, at)
        at += part.rows * (HEIGHT + GAP)
    yield from _box(node, left, middle - HEIGHT / 2)


def _box(node: Node, left: float, top: float) -> Iterator[str]:
    first, second = node.lines
    first = _short(first, SMALL - _width(second) - 3 if second else SMALL)
    below = _short(" · ".join(filter(None, (first, second))), SMALL)
    yield f"<g><title>{escape(f'{node.title}. {node.tip}'.strip('. '))}</title>"
    yield f'<rect x="{left:g}" y="{top:g}" width="{WIDTH}" height="{HEIGHT}" rx="10"/>'
    yield f'<circle class="{node.dot}" cx="{left + 18:g}" cy="{top + 24:g}" r="4.5"/>'
    yield f'<text x="{left + 32:g}" y="{top + 29:g}">{escape(_short(node.title, TITLE))}</text>'
    yield f'<text class="soft" x="{left + 32:g}" y="{top + 47:g}">{escape(below)}</text></g>'


def _short(text: str, most: float) -> str:
    """With the middle left out where it is too wide: a file's ending matters."""
    short, keep = text, min(len(text), int(most) + 1)
    while _width(short) > most and keep > 2:
        keep -= 1
        short = f"{text[: keep - keep // 2]}…{text[len(text) - keep // 2 :]}"
    return short


def _width(text: str) -> float:
    """In small Latin letters."""
    wide = sum(unicodedata.east_asian_width(letter) in "FW" for letter in text)
    capitals = sum(letter.isupper() for letter in text)
    return len(text) + wide * (WIDE - 1) + capitals * (CAPITAL - 1)
