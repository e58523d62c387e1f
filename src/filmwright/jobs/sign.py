"""A film or picture that is there already -> marked, signed, and kept on record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filmwright import __version__
from filmwright.core.claim import Action, Claim, Signature, SourceType
from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.files import sweep, workroom
from filmwright.core.frames import Frames
from filmwright.core.manifest import Ingredient, now
from filmwright.core.progress import Report, Step, silent
from filmwright.film.asset.home import secret
from filmwright.film.asset.identity import film_id, id_text
from filmwright.film.asset.marks import marks
from filmwright.film.asset.signers import signers
from filmwright.film.video.codecs import codecs
from filmwright.film.video.notice import notice
from filmwright.film.video.reading import decode, luma
from filmwright.film.video.rewriting import check_rewritable, with_rest_of

from .looks import PICTURES, looks
from .publish import publish, seal
from .regions import Facts, Labelling, labels_for

Source = Literal["captured", "edited", "rendered", "generated", "composite"]
SOURCES: dict[Source, SourceType] = {
    "captured": "digitalCapture",
    "edited": "humanEdits",
    "rendered": "algorithmicMedia",
    "generated": "trainedAlgorithmicMedia",
    "composite": "compositeWithTrainedAlgorithmicMedia",
}
SOFTWARE = f"Filmwright {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the maker says of the file and wants done with it."""

    source: Source | None = None  # how it came about; what was signed before says so itself
    maker: str = ""  # as it should be shown
    mark: bool = True
    regions: tuple[str, ...] = ()
    ingredients: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The signed file."""

    path: Path
    signature: Signature
    mark_id: str  # "" for what was not marked
    labels: tuple[str, ...]  # what was done for each region, in plain words


PLAIN = Wish()


def sign(path: Path, out: Path | None = None, wish: Wish = PLAIN, report: Report = silent) -> Signed:
    """Mark and sign a film, or sign a picture; `path` itself is only replaced where it is also `out`.

    Marking encodes the pictures again and copies the sound; without it not a byte of them changes. Raises BadFilm for
    wishes that can't be met, BadAsset for a file that can't be read.
    """
    before = _checked(path, wish)
    out = out or default_out(path, wish)
    if wish.mark and out.suffix.lower() != ".mp4":
        raise BadFilm(
            f"a marked film is written as an .mp4, not as {out.suffix!r}. Choose another --out, or --no-mark."
        )
    if not wish.mark and out.suffix.lower() != path.suffix.lower():
        raise BadFilm(
            f"without a mark the file is copied as it is: {path.name} stays {path.suffix or 'without an ending'}, "
            f"and --out ends in {out.suffix or 'nothing'}. Give both the same ending."
        )
    signer, mark = signers.open("c2pa"), marks.open("tiled")
    payload = film_id(secret("mark"), file_hash(path), num_bits=mark.num_bits) if wish.mark else None
    mark_id = "" if payload is None else id_text(payload, mark.num_bits)
    labels = _labels(wish, before, mark_id)
    sweep(out.parent)
    with workroom(out.parent) as room:
        film = path
        if payload is not None:
            film = room / "marked.mp4"
            _mark(path, film, mark.embed(_frames(path, labels, report), payload), labels)
        claim = _claim(path, film, wish, before, mark=(mark.algorithm, mark_id), labels=labels)
        sealed = seal(film, room, out.name, claim, signer)
        publish(sealed, out, made=now())
    return Signed(path=out, signature=sealed.signature, mark_id=mark_id, labels=labels.says)


def default_out(path: Path, wish: Wish) -> Path:
    """Beside the file, under a name of its own."""
    return path.with_name(f"{path.stem}.signed{'.mp4' if wish.mark else path.suffix}")


def _checked(path: Path, wish: Wish) -> Signature:
    """What the file says of itself already; all wishes are checked before any work is done."""
    if not path.is_file():
        raise BadAsset(f"there is no file {path}.")
    if gone := [str(p) for p in wish.ingredients if not p.is_file()]:
        raise BadAsset(f"there is no file {gone[0]}, which --ingredient names.")
    before = signers.open("c2pa").read(path)
    if before.state == "none" and wish.source is None:
        raise BadFilm(
            f"nothing says how {path} came about. Say so with --source: captured (by a camera), edited (a camera's "
            "pictures, changed by hand), rendered, generated (by a trained model), or composite (in part)."
        )
    if wish.mark and path.suffix.lower() in PICTURES:
        raise BadFilm(f"only films are marked, and {path} is a picture. Sign it with --no-mark.")
    if wish.mark:
        check_rewritable(path)
        if (mark := marks.open("tiled").read(luma(path))).present:
            there = "" if mark.payload is None else f" ({id_text(mark.payload, mark.num_bits)})"
            raise BadFilm(f"{path} carries your mark already{there}, and two would spoil each other. Use --no-mark.")
    return before


def _labels(wish: Wish, before: Signature, mark_id: str) -> Labelling:
    source = SOURCES[wish.source] if wish.source else _inherited(before)
    facts = Facts(
        source=source, maker=wish.maker, film_id=mark_id, made=now(), software=SOFTWARE.lower(), marked=wish.mark
    )
    labels = labels_for(wish.regions, facts)
    if not wish.mark and (labels.notice or labels.tags):
        raise BadFilm(
            f"the regions {', '.join(wish.regions)} ask for words in the pictures or fields in the file, "
            "and --no-mark leaves both alone. Leave one of the two out."
        )
    return labels


def _inherited(before: Signature) -> SourceType:
    known = next((source for source in SOURCES.values() if source == before.source), None)
    return known or ("compositeSynthetic" if before.source == "compositeSynthetic" else "humanEdits")


def _frames(path: Path, labels: Labelling, report: Report) -> Iterator[Frames]:
    frames = _counted(decode(path), report)
    if not labels.notice:
        return frames
    return notice(frames, labels.notice, seconds=labels.seconds, size=labels.size)


def _counted(frames: Iterable[Frames], report: Report) -> Iterator[Frames]:
    for done, piece in enumerate(frames, 1):
        yield piece
        report(Step("mark", done))


def _mark(path: Path, out: Path, frames: Iterator[Frames], labels: Labelling) -> None:
    pictures = out.with_name("pictures.mp4")
    codecs.open("mp4").encode(frames, pictures)
    with_rest_of(path, pictures, out, tags=labels.tags)
    pictures.unlink()


def _claim(path: Path, film: Path, wish: Wish, before: Signature, *, mark: tuple[str, str], labels: Labelling) -> Claim:
    """Opened where the file was signed by somebody already, else created as the maker says; then what was done."""
    algorithm, mark_id = mark
    opened = before.state != "none"
    source = SOURCES[wish.source] if wish.source else None
    if opened:
        actions = [Action(name="opened", says=f"{path.name}, signed before", software=SOFTWARE)]
        if wish.source == "edited":
            actions.append(Action(name="edited", source=source))
    else:
        actions = [Action(name="created", says=f"{wish.source}, as its maker says", source=source)]
    if labels.notice:
        actions.append(Action(name="edited", says=f"the words {labels.notice!r} were laid over", software=SOFTWARE))
    if mark_id:
        actions.append(Action(name="watermarked", says="an invisible mark", software=SOFTWARE))
    return Claim(
        title=path.name,
        maker=wish.maker,
        software=SOFTWARE,
        actions=tuple(actions),
        parent=path if opened else None,
        ingredients=tuple(Ingredient(role="ingredient", name=p.name, sha256=file_hash(p)) for p in wish.ingredients),
        mark_algorithm=algorithm if mark_id else "",
        mark_id=mark_id,
        fingerprints=looks(film),
        labels=labels.claims,
    )
