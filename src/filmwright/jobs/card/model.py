"""The card of a model: its files and their hashes, and what its makers declare beside it."""

import json
import struct
import tomllib
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

from filmwright import __version__
from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset
from filmwright.core.manifest import now
from filmwright.jobs.evaluate.interval import Interval, wilson

from .cost import energy_facts
from .nouns import Card, Fact, Section

MODELS = (".safetensors", ".onnx", ".npz", ".pt", ".gguf")
DECLARED = "card.toml"
KEYS = {"name", "purpose", "maker", "made", "licence", "data", "people", "misuse", "limits", "energy"}
ACCURACIES = {"accuracy": "How often it is right", "unseen": "How often on pairs it never saw together"}
_HEADER = 100_000_000  # bytes; safetensors' own limit


def model_card(path: Path, *, grid: float | None = None) -> Card:
    """The card of a model file, or of a folder of them; `card.toml` beside it says the rest. Raises BadAsset."""
    folder = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.suffix.lower() in MODELS)
    if not files:
        raise BadAsset(f"{path} holds neither a film's manifest nor a model ({', '.join(MODELS)}).")
    own = path.with_suffix(".card.toml")
    said = _declared(own if path.is_file() and own.exists() else folder / DECLARED)
    return Card(
        kind="model",
        title=str(said.get("name") or path.stem),
        sentence=str(said.get("purpose") or "What it is for is not said: write it into card.toml beside it."),
        sections=(
            Section(key="made", title="What it is", facts=tuple(_what(files, folder))),
            Section(key="who", title="By whom, when", facts=tuple(_who(said))),
            Section(key="ingredients", title="From what", facts=_lines(said, "data", "training data")),
            Section(key="people", title="People in the data", facts=_lines(said, "people", "people")),
            Section(key="misuse", title="Likely misuse considered", facts=_lines(said, "misuse", "misuse")),
            Section(key="limits", title="Limits", facts=_lines(said, "limits", "limits")),
            *_accuracies(said, own),
            Section(key="energy", title="Energy of its training", facts=energy_facts(_energy(said), grid)),
        ),
        written=now(),
        software=f"filmwright {__version__}",
    )


def _declared(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise BadAsset(f"{path} is not TOML: {err}") from err
    if unknown := sorted(said.keys() - KEYS - ACCURACIES.keys()):
        raise BadAsset(
            f"{path}: there is no key {unknown[0]!r}. There are: {', '.join(sorted(KEYS | ACCURACIES.keys()))}."
        )
    return said


def _accuracies(said: Mapping[str, Any], where: Path) -> Iterator[Section]:
    """How often a classifier was right, on clips that it never saw, and on those of them that are unlike all it saw."""
    for key, title in ACCURACIES.items():
        try:
            rows = {name: wilson(row["right"], row["num"]).percent for name, row in said.get(key, {}).items()}
        except (AttributeError, KeyError, TypeError) as err:
            raise BadAsset(f"{where}: {key!r} is a table of tables with 'right' and 'num', two whole numbers.") from err
        facts = (Fact(name=name, value=f"{i.mean:.1f}%", note=_bounds(i)) for name, i in rows.items())
        if rows:
            yield Section(key=key, title=title, facts=tuple(facts))


def _bounds(interval: Interval) -> str:
    return f"95% interval {interval.low:.1f} to {interval.high:.1f}, of {interval.num}"


def _energy(said: Mapping[str, Any]) -> Mapping[str, Any]:
    energy = said.get("energy")
    return energy if isinstance(energy, dict) else {}


def _what(files: list[Path], folder: Path) -> Iterator[Fact]:
    for file in files:
        count = _parameters(file)
        size = f"{file.stat().st_size / 1e6:,.1f} MB" + (f", {count:,} parameters" if count else "")
        yield Fact(name=file.relative_to(folder).as_posix(), value=size, note=f"SHA-256 {file_hash(file)}")


def _parameters(file: Path) -> int:
    """Numbers in a safetensors file, counted from its header; 0 for other kinds. Raises BadAsset."""
    if file.suffix.lower() != ".safetensors":
        return 0
    try:
        with file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            if length > _HEADER:
                raise ValueError(f"its header would be {length} bytes long")
            header = json.loads(opened.read(length))
        return sum(prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as err:
        raise BadAsset(f"{file} is not a safetensors file ({err}). Copy it again.") from err


def _who(said: Mapping[str, Any]) -> Iterator[Fact]:
    for key, name in (("maker", "by"), ("made", "when"), ("licence", "licence")):
        yield Fact(name=name, value=str(said.get(key) or "unknown"), mood="" if said.get(key) else "open")


def _lines(said: Mapping[str, Any], key: str, name: str) -> tuple[Fact, ...]:
    """A list of lines, or of tables with a name, a licence and a hash; "not said" where there is none."""
    listed = said.get(key) or ()
    listed = listed if isinstance(listed, (list, tuple)) else [listed]
    facts = []
    for entry in listed:
        if not isinstance(entry, dict):
            facts.append(Fact(name=name, value=str(entry)))
            continue
        licence = str(entry.get("licence") or "")
        sha = f" · SHA-256 {entry['sha256']}" if entry.get("sha256") else ""
        facts.append(
            Fact(
                name=name,
                value=str(entry.get("name") or "unnamed"),
                note=(f"licence: {licence}" if licence else "licence unknown") + sha,
                mood="" if licence else "open",
            )
        )
    return tuple(facts) or (Fact(name=name, value="not said", mood="open"),)
