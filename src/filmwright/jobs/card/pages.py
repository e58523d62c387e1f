"""A card as a page: HTML that needs nothing beside it, Markdown, or JSON."""

import json
from base64 import b64encode
from collections.abc import Callable
from html import escape

from .nouns import Card, Fact, Section

SAYS = "Written by {software} on {written}. It tells what files and records say; it is no audit."

STYLE = """
:root { --ink: #1c1d1f; --soft: #6a6d73; --line: #e6e5e1;
  --paper: #fbfaf8; --good: #2f7d4f; --open: #b7791f; --bad: #b83a31 }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif }
main { max-width: 1040px; margin: 0 auto; padding: 56px 32px 40px }
header { display: flex; gap: 32px; align-items: center; margin-bottom: 36px }
header div { flex: 1; min-width: 0 }
header img { width: 300px; max-width: 40%; max-height: 300px; object-fit: contain; border-radius: 10px }
.kind { color: var(--soft); margin: 0; font-size: 13px }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 6px 0 12px }
.sentence { font-size: 18px; line-height: 1.45; color: #3c3e42; margin: 0; max-width: 34em }
.sections { columns: 2; column-gap: 28px }
section { break-inside: avoid; background: #fff; border: 1px solid var(--line); border-radius: 12px;
  padding: 20px 22px 8px; margin: 0 0 28px }
h2 { font-size: 15px; font-weight: 650; margin: 0 0 8px }
dl { margin: 0 }
dl > div { display: grid; grid-template-columns: 7.2em 1fr; column-gap: 16px; padding: 9px 0;
  border-top: 1px solid var(--line) }
dt { color: var(--soft); font-size: 13px; line-height: 1.7; grid-row: span 2 }
dt::first-letter { text-transform: uppercase }
dd { margin: 0; grid-column: 2; min-width: 0 }
.note { color: var(--soft); font-size: 12.5px; line-height: 1.45 }
.good::before, .open::before, .bad::before { content: ""; display: inline-block; width: 8px; height: 8px;
  border-radius: 50%; margin-right: 8px; vertical-align: 1px; background: var(--good) }
.open::before { background: var(--open) }
.bad::before { background: var(--bad) }
footer { color: var(--soft); font-size: 12.5px; margin-top: 28px }
@media (max-width: 760px) { .sections { columns: 1 } header { display: block }
  header img { max-width: 100%; margin-top: 20px }
  main { padding: 32px 18px } }
@media print { body { background: #fff; font-size: 12px } main { padding: 0 } section { padding: 12px 16px 4px } }
"""


def page(card: Card, ending: str) -> str:
    """The card as the text of a file with this ending."""
    return PAGES[ending](card)


def html(card: Card) -> str:
    """One page that needs no other file."""
    picture = ""
    if card.picture:
        picture = f'<img alt="A picture of the film" src="data:image/jpeg;base64,{b64encode(card.picture).decode()}">'
    sections = "\n".join(map(_section, card.sections))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(card.title)}: impact card</title>
<style>{STYLE}</style>
<main>
<header><div><p class="kind">Impact card of a {card.kind}</p>
<h1>{escape(card.title)}</h1>
<p class="sentence">{escape(card.sentence)}</p></div>{picture}</header>
<div class="sections">
{sections}
</div>
<footer>{escape(_says(card))}</footer>
</main>
</html>
"""


def _section(section: Section) -> str:
    facts = "\n".join(map(_fact, section.facts))
    return f'<section id="{escape(section.key)}"><h2>{escape(section.title)}</h2>\n<dl>\n{facts}\n</dl></section>'


def _fact(fact: Fact) -> str:
    mood = f' class="{fact.mood}"' if fact.mood else ""
    note = f'<dd class="note">{escape(fact.note)}</dd>' if fact.note else ""
    return f"<div><dt>{escape(fact.name)}</dt><dd{mood}>{escape(fact.value)}</dd>{note}</div>"


def markdown(card: Card) -> str:
    """The same in Markdown."""
    parts = [f"# {_md(card.title)}: impact card", _md(card.sentence)]
    for section in card.sections:
        rows = [f"| {_md(f.name)} | {_md(f.value)} | {_md(f.note)} |" for f in section.facts]
        parts.append("\n".join([f"## {_md(section.title)}", "", "| | | |", "|---|---|---|", *rows]))
    return "\n\n".join([*parts, _says(card)]) + "\n"


def _md(text: str) -> str:
    """Text that can't break a table, or become markup."""
    flat = " ".join(text.split())
    return "".join("\\" + char if char in "\\`*_[]<>|#" else char for char in flat)


def as_json(card: Card) -> str:
    """The same for programs: sections by key, each a list of facts."""
    table = {
        "kind": card.kind,
        "title": card.title,
        "says": card.sentence,
        "sections": {
            section.key: [
                {"name": f.name, "value": f.value}
                | ({"note": f.note} if f.note else {})
                | ({"mood": f.mood} if f.mood else {})
                for f in section.facts
            ]
            for section in card.sections
        },
        "written": card.written,
        "software": card.software,
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _says(card: Card) -> str:
    return SAYS.format(software=card.software, written=card.written[:10])


PAGES: dict[str, Callable[[Card], str]] = {".html": html, ".md": markdown, ".json": as_json}
