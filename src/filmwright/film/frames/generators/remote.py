"""Any server that speaks the Videos API (another Filmwright, vLLM-Omni, SGLang, a gateway): text or image to video."""

import io
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from pydantic import Field

from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadFilm, Blocked, FilmWarning, RenderFailed, Unavailable
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation
from filmwright.core.manifest import Ingredient
from filmwright.core.progress import Report, Step, silent
from filmwright.film.frames import client as client_file
from filmwright.film.frames import fitting, received
from filmwright.film.frames.client import Client, Gone, Ordered, address, failed
from filmwright.film.frames.fitting import check, filling
from filmwright.film.frames.received import conformed, examined

SECONDS, WIDTH, HEIGHT = 4, 1280, 720  # where neither the user nor an option says
AGAIN = 3  # orders that have failed at the server already and are ordered anew


class Remote:
    """A server; nothing is asked of it before a clip is."""

    def __init__(
        self,
        door: Callable[[], Client],
        url: str,
        model: str,
        *,
        as_json: bool,
        fps: Fraction,
        minutes: float,
        lengths: str,
        sizes: str,
    ) -> None:
        self._door, self._url, self._model, self._as_json = door, url, model, as_json
        self._fps, self._minutes = fps, minutes
        self._lengths = sorted(_numbers(lengths, "lengths"))
        self._sizes = [_size(size) for size in sizes.split(",") if size]

    @cached_property
    def model(self) -> Ingredient:
        """Its name there; a server does not say which weights these are."""
        return Ingredient(role="model", name=f"{self._model or 'the model'} at {urlsplit(self._url).netloc}")

    @property
    def fingerprint(self) -> str:
        """Server, model and our code. What it makes of the same order another time may be something else."""
        files = [Path(__file__), *(Path(str(file.__file__)) for file in (client_file, fitting, received))]
        code = content_hash([file_hash(file) for file in files])[:16]
        return f"remote {self._url} {self._model or 'default'} {code}"

    def check(self, asked: Generation) -> None:
        """Text and an image; longer than the longest that the server makes is not possible."""
        check(asked)
        if asked.video is not None:
            raise BadFilm("generator 'remote' starts from words or from an image, not from a video: leave it out.")
        seconds = self._seconds(self._open(asked))
        if self._lengths and seconds > self._lengths[-1]:
            raise BadFilm(f"the clip is {seconds} s; {self._url} makes {self._lengths[-1]} s at most, by lengths.")

    def fitted(self, asked: Generation) -> Generation:
        """As asked, size, length and rate being those of the options where they are open.

        What the server knows of steps and guidance stays its own.
        """
        self.check(asked)
        return self._open(asked)

    def generate(self, asked: Generation, report: Report = silent) -> Iterator[Frames]:
        """The clip, in pieces. The same request goes on with the order that an earlier run has left at the server."""
        asked = self.fitted(asked)
        with tempfile.TemporaryDirectory(prefix="filmwright-") as folder:
            path = Path(folder) / "came.mp4"
            with self._door() as door:
                self._make(door, asked, path, report)
            came = examined(path)
            if not came.fits(asked):
                wanted = f"{asked.num_frames} of {asked.width}x{asked.height} at {float(asked.fps or 1):g} a second"
                warnings.warn(f"the server made {came}; they became {wanted}.", FilmWarning, stacklevel=2)
            yield from conformed(path, came, asked)

    def _make(self, door: Client, asked: Generation, path: Path, report: Report) -> None:
        """Order the clip and fetch its file. What an earlier run has ordered is gone on with."""
        for turn in range(AGAIN):
            order = self._placed(door, asked, turn)
            if order.waiting:
                order = self._waited(door, order, report)
            elif not order.done and turn + 1 < AGAIN and not isinstance(failed(order), Blocked):
                continue  # it failed in an earlier run: the next order has a key of its own
            if not order.done:
                raise failed(order)
            try:
                door.fetch(order, path)
            except Gone:  # it was deleted there, and its key is still known
                if turn + 1 == AGAIN:
                    raise
            else:
                return

    def _waited(self, door: Client, order: Ordered, report: Report) -> Ordered:
        """The same order, ended. Raises RenderFailed where that takes too long, Unavailable where it is lost."""
        until = time.monotonic() + self._minutes * 60
        while order.waiting:
            report(Step("generate", order.progress, 100, "percent"))
            if time.monotonic() > until:
                raise RenderFailed(
                    f"{order.id} is {order.status} ({order.progress}%) after {self._minutes:g} minutes. Run the same "
                    "command again to go on waiting for it, or give --option minutes=..."
                )
            time.sleep(min(order.wait, self._minutes * 60))
            try:
                order = door.look(order)
            except Gone as err:
                raise Unavailable(f"{self._url} has lost {order.id}. Run the same command again.") from err
        report(Step("generate", 100 if order.done else order.progress, 100, "percent"))
        return order

    def _placed(self, door: Client, asked: Generation, turn: int) -> Ordered:
        """The order; the key makes it the same one when it is told again."""
        assert asked.width is not None
        assert asked.height is not None
        width, height = self._nearest(asked.width, asked.height)
        fields = {
            "prompt": asked.prompt,
            "model": self._model,
            "seconds": str(self._seconds(asked)),
            "size": f"{width}x{height}",
            "negative_prompt": asked.negative_prompt,
            "num_frames": "" if self._lengths else str(asked.num_frames),
            "fps": "" if self._lengths or asked.fps is None or asked.fps.denominator != 1 else str(asked.fps),
            "num_inference_steps": str(asked.num_inference_steps or ""),
            "guidance_scale": "" if asked.guidance_scale is None else f"{asked.guidance_scale:g}",
            "seed": str(asked.seed),
        }
        fields = {name: value for name, value in fields.items() if value}
        file = None if asked.image is None else ("input_reference", _png(filling(asked.image, height, width)))
        once = content_hash(fields, "" if file is None else file[1], turn)
        return door.place("/videos", fields=fields, file=file, as_json=self._as_json, once=once)

    def _open(self, asked: Generation) -> Generation:
        fps = asked.fps or self._fps
        num_frames = asked.num_frames or max(round((asked.seconds or self._usual) * fps), 1)
        given = asked.image
        shape = HEIGHT / WIDTH if given is None else given.shape[0] / given.shape[1]
        if self._sizes:
            shape = min((h / w for w, h in self._sizes), key=lambda one: abs(one - shape))
        width = asked.width or (round(asked.height / shape) if asked.height else _even((WIDTH * HEIGHT / shape) ** 0.5))
        height = asked.height or _even(width * shape)
        return replace(asked, height=height, width=width, num_frames=num_frames, seconds=None, fps=fps)

    @property
    def _usual(self) -> int:
        return self._lengths[0] if self._lengths else SECONDS

    def _seconds(self, asked: Generation) -> int:
        """What has to be ordered for the clip to be long enough."""
        assert asked.num_frames is not None
        assert asked.fps is not None
        seconds = ceil(asked.num_frames / asked.fps)
        return next((length for length in self._lengths if length >= seconds), seconds)

    def _nearest(self, width: int, height: int) -> tuple[int, int]:
        """The size to order: the asked one, or of those that the server makes the nearest in shape, then in area."""
        if not self._sizes:
            return width + width % 2, height + height % 2  # what most codecs can hold
        return min(self._sizes, key=lambda s: (abs(s[0] / s[1] - width / height), abs(s[0] * s[1] - width * height)))


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError as err:
        raise BadFilm(f"the option {option} is whole seconds as in 4,8,12, got {text!r}.") from err


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.strip().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise BadFilm(f"the option sizes is widths and heights as in 720x1280,1280x720, got {text!r}.")
    return int(width), int(height)


def _even(side: float) -> int:
    return max(round(side / 2) * 2, 2)


def _png(rgb: UInt8[np.ndarray, "H W 3"]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "PNG")
    return out.getvalue()


def build(
    *,
    url: str = "",
    model: str = "",
    key_in: str = "OPENAI_API_KEY",
    body: Literal["form", "json"] = "form",
    fps: Annotated[int, Field(gt=0, le=120)] = 24,
    lengths: str = "",
    sizes: str = "",
    minutes: Annotated[float, Field(gt=0)] = 60.0,
    tries: Annotated[int, Field(ge=0, le=20)] = 6,
    timeout: Annotated[float, Field(gt=0)] = 60.0,
) -> Remote:
    """`url` is the server's, with /v1 or without; `key_in` names the variable of the environment that holds the key.

    `lengths` (as in 4,8,12) and `sizes` (as in 720x1280,1280x720) are those that the server makes, where it makes no
    others: the nearest is ordered, scaled and cut. `fps` is a clip's where nobody asks for another. `minutes` is how
    long one clip may take, `tries` how often a request that failed in passing is repeated, `timeout` seconds each.

    Raises BadFilm where no url is given.
    """
    if not url:
        raise BadFilm("generator 'remote' needs the server's address, as in --option url=http://127.0.0.1:8008.")
    where, key, rate = address(url), os.environ.get(key_in, ""), Fraction(fps)
    return Remote(
        lambda: Client(where, key, key_in, tries=tries, seconds=timeout),
        where,
        model,
        as_json=body == "json",
        fps=rate,
        minutes=minutes,
        lengths=lengths,
        sizes=sizes,
    )
