"""A report as one page (HTML) that needs no other file."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from filmwright.core.claim import Signature
from filmwright.core.manifest import Ingredient
from filmwright.jobs.page.escaped import escape
from filmwright.jobs.page.pictures import data, strip
from filmwright.jobs.page.sheet import sheet, write_sheet

from .graph import drawing
from .nouns import Change, Finding, Outcome, Report, Span
from .style import STYLE
from .words import SOURCES, clock, seconds, words_of_looks, words_of_span

TITLES: dict[Outcome, str] = {
    "verified": "Verified",
    "marked": "Known by its mark",
    "changed": "Changed",
    "doubtful": "Doubtful",
    "unknown": "Unknown",
    "broken": "Can't be read",
}
MOODS: dict[Outcome, str] = {"verified": "good", "marked": "open", "changed": "bad", "doubtful": "open"}
STATES = {"trusted": "good", "none": "plain", "untrusted": "open", "expired": "open"}


def write_page(report: Report, out: Path) -> Path:
    """Write the page, whole or not at all. Raises BadFilm for a name that is no page's."""
    return write_sheet(page(report), out)


def page(report: Report) -> str:
    """The page's text."""
    findings = report.findings
    name = findings[0].name if len(findings) == 1 else report.source
    summary = _summary(findings) if len(findings) > 1 else ""
    films = "\n".join(_film(finding, f"film-{i}") for i, finding in enumerate(findings))
    footer = f"""Written by {escape(report.software)}, {escape(clock(report.made))}, from the file, its signature, its
mark and the records of one machine. It tells what they say; it is no proof that what is shown ever happened."""
    return sheet(f"{name}: verification", STYLE, f"{summary}\n{films}", footer)


def _summary(findings: Iterable[Finding]) -> str:
    rows = "\n".join(
        f'<tr><td><a href="#film-{i}">{escape(f.name)}</a></td><td><span class="pill {MOODS.get(f.outcome, "plain")}">'
        f"{TITLES[f.outcome]}</span></td><td>{escape(f.says)}</td></tr>"
        for i, f in enumerate(findings)
    )
    return f'<h1>Verification</h1>\n<div class="wide"><table>\n{rows}\n</table></div>'


def _film(finding: Finding, anchor: str) -> str:
    said = finding.signature if finding.signature.state != "none" else finding.stored or finding.signature
    chain = _chain(finding)
    parts = [
        f'<header><span class="pill {MOODS.get(finding.outcome, "plain")}">{TITLES[finding.outcome]}</span>'
        f'<h1>{escape(finding.name)}</h1><p class="sentence">{escape(finding.says)}</p>'
        f'<p class="facts">{escape(finding.facts)}</p></header>',
        strip(finding.pictures),
        _timeline(finding.spans),
        _changes(finding),
        '<div class="sections">',
        _section("Signature", _signature(finding)),
        _section("Mark", _mark(finding)),
        _section("Who, when, how", _who(said, finding)),
        _section("On record", _record(finding)),
        "</div>",
        f'<section><h2>Made from</h2><div class="wide made">{chain}</div></section>' if chain else "",
    ]
    return f'<article id="{anchor}">' + "\n".join(filter(None, parts)) + "</article>"


def _chain(finding: Finding) -> str:
    """What it was made from; where its own signature is gone, the signed film on record that its mark leads to."""
    own, stored, record = finding.signature, finding.stored, finding.record
    if own.state == "none" and stored and record and finding.found_by == "mark":
        part = Ingredient(role="film on record", name=record.title)
        own = replace(own, ingredients=(part,), brought=(replace(stored, title=record.title),))
    return drawing(finding.name, own)


def _timeline(spans: tuple[Span, ...]) -> str:
    """The mark along time, as a bar."""
    if not any(span.kind != "marked" for span in spans):
        return ""
    end = spans[-1].end
    bars = "".join(
        f'<i class="{s.kind.replace(" ", "-")}" style="width:{100 * (s.end - s.start) / end:.2f}%" '
        f'title="{escape(words_of_span(s))}"></i>'
        for s in spans
    )
    lines = "".join(f"<li>{escape(words_of_span(s))}</li>" for s in spans)
    return (
        f'<section><h2>The mark along time</h2><div class="time">{bars}</div><ul class="spans">{lines}</ul></section>'
    )


def _changes(finding: Finding) -> str:
    found = finding.comparison
    if found is None:
        return ""
    words = [f"Compared with {found.original}."]
    words += [f"It plays about {found.speed:.1f} times as fast."] if found.speed != 1 else []
    words += [f"Of this film, {seconds(found.inserted)} can't be found in it."] if found.inserted else []
    words += [f"Of it, {seconds(found.missing)} can't be found in this film."] if found.missing else []
    words += [
        {"same": "The sound is the same.", "other": "The sound is another.", "none": "The sound is gone."}[h]
        for h in (found.sound,)
        if h
    ]
    differs = "What differs is in colour." if found.changes else "What both show differs by no more than encoding does."
    shown = "".join(map(_change, found.changes))
    note = f'<p class="note">{escape(" ".join([*words, differs]))}</p>'
    heat = f'<div class="heat">{shown}</div>' if shown else ""
    return f"<section><h2>What changed where</h2>{note}{heat}</section>"


def _change(change: Change) -> str:
    words = f"at {change.at:.1f} s: {100 * change.share:.1f}% of the picture"
    if abs(change.of - change.at) > 0.1:
        words += f" (the original's {change.of:.1f} s)"
    words = escape(words)
    return f'<figure><img alt="{words}" src="{data(change.picture)}"><figcaption>{words}</figcaption></figure>'


def _signature(finding: Finding) -> Iterator[tuple[str, str, str]]:
    s = finding.signature
    yield "state", s.says, STATES.get(s.state, "bad")
    yield "signer", s.signer, ""
    yield "issued by", s.issuer, ""
    vouched = ", vouched for by a time-stamp authority" if s.trusted_time else ""
    yield "signed", f"{clock(s.signed)}{vouched}" if s.signed else "", ""
    yield "certificate", f"{s.serial}, until {s.expires[:10]}" if s.serial else "", ""
    yield "codes", ", ".join(s.problems), ""


def _mark(finding: Finding) -> Iterator[tuple[str, str, str]]:
    yield "mark", finding.mark_says or "not looked for", "good" if finding.mark_id else "plain"
    yield "pictures", finding.geometry, "open"
    yield "looks", words_of_looks(finding), ""
    yield "SHA-256", finding.sha256, ""
    for note in finding.notes:
        yield "note", note, "plain"


def _who(said: Signature, finding: Finding) -> Iterator[tuple[str, str, str]]:
    yield "maker", said.maker or (finding.record.maker if finding.record else ""), ""
    yield "how", SOURCES.get(said.source, said.source), ""
    yield "software", said.software, ""
    for action in said.actions:
        yield action.name, action.says or action.software, ""
    words = {"notAllowed": "not allowed", "constrained": "on conditions"}
    yield "training on it", words.get(said.training, said.training), ""
    for region, label in said.labels.items():
        yield region, label, ""


def _record(finding: Finding) -> Iterator[tuple[str, str, str]]:
    if finding.record is None:
        return
    how = {"file": "the file itself", "mark": "its mark", "signature": "its signature", "looks": "its looks alone"}
    yield "film", finding.record.title, ""
    yield "made", clock(finding.record.made), ""
    yield "found by", how[finding.found_by or "looks"], ""
    yield "id", finding.record.mark_id, ""
    yield "its file", "this very one" if finding.record.sha256 == finding.sha256 else "another one", ""
    if finding.stored:
        yield "it was signed", f"by {finding.stored.signer}, {clock(finding.stored.signed)}", ""


def _section(title: str, facts: Iterable[tuple[str, str, str]]) -> str:
    lines = "\n".join(
        f'<div><dt>{escape(name)}</dt><dd class="{mood}">{escape(value)}</dd></div>'
        for name, value, mood in facts
        if value
    )
    return f"<section><h2>{title}</h2><dl>\n{lines}\n</dl></section>" if lines else ""
