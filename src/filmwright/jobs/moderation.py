"""What a film is made of -> a verdict."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import BadAsset
from filmwright.core.shot import Title
from filmwright.core.verdict import Signal, Verdict
from filmwright.film.asset.moderators import Exhibit, moderators
from filmwright.film.asset.policy import DOWN, Policy, judge

from .film import Choice, Film


def moderate(
    exhibits: Iterable[Exhibit], *, moderator: Choice, policy: Policy, noticed: Sequence[Signal] = ()
) -> Verdict:
    """One provider looks at everything, the policy judges that and what others `noticed`; nothing is raised for it."""
    shown = [e for e in exhibits if e.rgb is not None or e.text.strip()]
    provider = moderators.open(moderator.use, **moderator.options())
    signals = provider.look(shown)
    if moderator.use != "none":  # silence is not consent
        answered = {(s.what, s.where) for s in signals}
        signals += tuple(
            Signal(provider=moderator.use, what=e.what, category=DOWN, score=1.0, where=e.where, says="it said nothing")
            for e in shown
            if (e.what, e.where) not in answered
        )
    return judge((*signals, *noticed), policy, moderator.use)


def request_words(film: Film) -> list[Exhibit]:
    """What the request says: the brief, and what is to be read in the film."""
    words = {"tagline": film.tagline, "product name": film.product, "file name": film.name}
    shown = [Exhibit(what="title", where=where, text=text) for where, text in words.items()]
    behind = [Exhibit(what="prompt", where="backdrop", text=film.backdrop.prompt)] if film.backdrop else []
    return [Exhibit(what="prompt", where="brief", text=film.brief), *behind, *shown]


def title_words(titles: Iterable[Title]) -> list[Exhibit]:
    """Every title of a storyboard."""
    return [Exhibit(what="title", where=f"title at {float(t.start):.1f} s", text=t.text) for t in titles]


def reference_pictures(paths: Iterable[Path]) -> list[Exhibit]:
    """Pictures that go into a film. Raises BadAsset for a file that is none."""
    return [Exhibit(what="picture", where=f"reference {path.name}", rgb=_picture(path)) for path in paths]


def sampled_frames(
    frames: Iterable[tuple[float, UInt8[np.ndarray, "H W 3"]]], *, num_frames: int | None = None
) -> list[Exhibit]:
    """Pictures of a take or a film as (seconds, rgb), of which `num_frames` evenly spread ones are kept."""
    kept: Sequence[tuple[float, UInt8[np.ndarray, "H W 3"]]] = list(frames)
    if num_frames is not None and len(kept) > num_frames:
        kept = [kept[i] for i in np.linspace(0, len(kept) - 1, num_frames).round().astype(int)]
    return [Exhibit(what="frame", where=f"frame at {seconds:.1f} s", rgb=rgb) for seconds, rgb in kept]


def _picture(path: Path) -> UInt8[np.ndarray, "H W 3"]:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as err:
        raise BadAsset(f"cannot read {path}: {err.strerror}.") from err
    bgr = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if bgr is None:
        raise BadAsset(f"{path} is no picture that can be read. Use PNG, JPEG or WebP.")
    return np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8)
