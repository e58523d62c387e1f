"""From an order to its files in the store, stage by stage."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from filmwright.core.content import file_hash
from filmwright.core.errors import NotFound, Unverified
from filmwright.core.progress import Report
from filmwright.film.asset.stored import fetch
from filmwright.film.asset.stored import verify as read_back
from filmwright.film.asset.stores import Store, media_type
from filmwright.film.video.reading import probe
from filmwright.jobs.generate import made as clip_made
from filmwright.jobs.generate import prepared
from filmwright.jobs.make import made as film_made
from filmwright.jobs.release import Made
from filmwright.jobs.stages import Stages
from filmwright.jobs.verify import verify

from .nouns import Order, Result
from .places import results_of
from .progress import WEIGHTS
from .request import ClipWork, FilmWork, Input, OrderRequest

OURS = ("verified", "doubtful")  # outcomes of verify: of a certificate that is not trusted here its owner knows why


def make_files(order: Order, store: Store, folder: Path, stage: Stages, report: Report) -> Mapping[str, Path]:
    """The files of an order, by variant, made in `folder` by the very stages of `make` and `generate`."""
    out, room = folder / "out", folder / "room"
    out.mkdir(exist_ok=True)
    room.mkdir(exist_ok=True)
    work = order.request.work
    if isinstance(work, FilmWork):
        film = work.film.model_copy(update={"name": work.film.name or "film"})
        film = film.model_copy(update={"scan": _brought(store, work.scan, folder / "scan")})
        if work.environment is not None:
            path = _brought(store, work.environment, folder / "environment")
            film = film.model_copy(update={"light": film.light.model_copy(update={"environment": path})})
        made = film_made(film, out, room, stage, report)
    else:
        request = work.request.model_copy(
            update={
                "name": work.request.name or "clip",
                "image": _brought(store, work.image, folder / "image"),
                "video": _brought(store, work.video, folder / "video"),
            }
        )
        made = clip_made(prepared(request), out, room, stage, report)
    stage("check", partial(_check, made))
    return {
        "video": made.video.path,
        "thumbnail": made.poster,
        "spritesheet": made.sheet,
        "manifest": made.manifest_path,
    }


def stored(order: str, token: str, files: Mapping[str, Path], store: Store) -> dict[str, Result]:
    """Put an order's files where its owner will find them; the `token` keeps them apart from another worker's."""
    results = {}
    for variant, path in files.items():
        name = f"{results_of(order)}{token}/{variant}{path.suffix}"
        kept = store.put(path, name, sha256=file_hash(path))
        results[variant] = Result(name=name, media_type=media_type(name), num_bytes=kept.size, sha256=kept.sha256)
    return results


def verified(results: Mapping[str, Result], store: Store) -> None:
    """Read every file back from the store, to its last byte. Raises Unverified where one is not what was put."""
    for result in results.values():
        if read_back(store, result.name).sha256 != result.sha256:
            raise Unverified(f"{result.name} in the store is not what was made.")


def weight_of(request: OrderRequest) -> float:
    """What the stages of such an order weigh together."""
    work = request.work
    left_out = {"render", "meter", "plan"} if isinstance(work, ClipWork) else {"generate", "load"}
    more = WEIGHTS["generate"] if isinstance(work, FilmWork) and work.film.backdrop else 0.0
    return sum(weight for stage, weight in WEIGHTS.items() if stage not in left_out) + 2 * WEIGHTS["moderate"] + more


def _check(made: Made) -> None:
    """The film as any stranger would see it: whole, and who made it can be told. Raises Unverified."""
    seen = probe(made.video.path)
    if seen.num_frames != made.video.num_frames:
        raise Unverified(f"the film has {seen.num_frames} frames, not {made.video.num_frames}.")
    if made.manifest.signature["state"] == "none" and not made.manifest.mark:
        return  # it was asked for so: there is nothing to tell it by
    (finding,) = verify(str(made.video.path)).findings
    if finding.outcome not in OURS:
        raise Unverified(f"the film is not known for ours: {finding.says}")


def _brought(store: Store, given: Input | None, folder: Path) -> Path | None:
    """A file of the customer's, brought here under a name that is safe and still tells them which it is."""
    if given is None:
        return None
    suffix = Path(given.name).suffix
    stem = re.sub(r"[^\w\- ]", "_", Path(given.filename).stem).strip() or "file"
    path = folder / f"{stem}{suffix}"
    if path.exists():
        return path
    try:
        found = fetch(store, given.name, path)
    except NotFound as err:
        raise NotFound(f"{given.filename} is not in the store any more: upload it again.") from err
    if given.sha256 and found.sha256 != given.sha256:
        path.unlink()
        raise Unverified(f"{given.filename} in the store is not what was uploaded: upload it again.")
    return path
