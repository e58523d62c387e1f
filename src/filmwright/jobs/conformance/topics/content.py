"""GET /videos/{id}/content: that there is a real video."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from filmwright.core.errors import BadAsset
from filmwright.film.video.reading import count_pictures, probe
from filmwright.jobs.conformance.checks import ERRORS, HTTP, SDK, check
from filmwright.jobs.conformance.door import unknown
from filmwright.jobs.conformance.nouns import Diverges, Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import refused

TOPIC = "content"
NEAR = 0.3  # seconds: models make 1 + 4k frames, so that lengths are nearly those asked for
SAME = 1 << 16  # bytes of a Range


@check(TOPIC, "the content of a video that is not finished is an error, not an empty file", ERRORS)
def not_yet(target: Target) -> str:
    """Any status from 400 to 499."""
    early = target.began().early
    if early is None:
        raise Untried("the video was finished at once")
    return refused(early, *range(400, 500))


@check(TOPIC, "`videos.download_content` gives the bytes of a video, as many as Content-Length says", SDK)
def bytes_given(target: Target) -> str:
    """Of a type video/..."""
    answer = target.content()
    expect(answer.ok, answer.told)
    expect(len(answer.body) > 0, answer.told)
    said = answer.headers.get("content-length")
    expect(said in (None, str(len(answer.body))), f"Content-Length is {said}, {len(answer.body)} bytes came")
    expect(answer.kind.startswith("video/"), f"its type is {answer.kind!r}")
    video_id = _id(target)
    read = target.by_sdk(lambda sdk: sdk.videos.download_content(video_id).read())
    expect(read == answer.body, f"the SDK got {len(read)} bytes, plain HTTP {len(answer.body)}")
    return f"{len(read)} bytes of {answer.kind}"


@check(TOPIC, "every frame of it can be decoded", "a video is what players play")
def frames_whole(target: Target) -> str:
    """By FFmpeg."""
    with _file(target) as path:
        video, num_frames = probe(path), count_pictures(path)
    expect(num_frames > 0, "it has no frames")
    return f"{num_frames} frames of {video.video_codec} at {float(video.fps):g} a second"


@check(TOPIC, "its pictures have the size that was asked for", SDK)
def frame_size(target: Target) -> str:
    """Not only the object says so."""
    with _file(target) as path:
        video = probe(path)
    found = f"{video.width}x{video.height}"
    expect(found == target.asked.size, f"they have {found}, asked was {target.asked.size}")
    return found


@check(TOPIC, f"it is as long as was asked for, within {NEAR:g} s", SDK)
def length(target: Target) -> str:
    """Frames by their rate."""
    with _file(target) as path:
        seconds = float(probe(path).seconds)
    expect(abs(seconds - target.asked.seconds) <= NEAR, f"it is {seconds:.2f} s, asked was {target.asked.seconds} s")
    return f"{seconds:.2f} s"


@check(TOPIC, "variant=thumbnail gives a picture", SDK)
def thumbnail(target: Target) -> str:
    """Of any type that Pillow reads."""
    return _picture(target, "thumbnail")


@check(TOPIC, "variant=spritesheet gives a picture", SDK)
def spritesheet(target: Target) -> str:
    """Of any type that Pillow reads."""
    return _picture(target, "spritesheet")


@check(TOPIC, "an unknown variant is 400 or 404", ERRORS)
def unknown_variant(target: Target) -> str:
    """It is not silently the video."""
    target.finished()
    return refused(target.ask("GET", f"/videos/{_id(target)}/content", params={"variant": unknown()}), 400, 404)


@check(TOPIC, "a Range is answered with 206 and those bytes, where the server knows ranges", HTTP)
def byte_range(target: Target) -> str:
    """A server may leave ranges out (RFC 9110, 14.2): then it answers with 200 and all."""
    whole = target.content().body
    answer = target.ask("GET", f"/videos/{_id(target)}/content", headers={"range": f"bytes=1-{SAME}"})
    if answer.status == 200 and answer.body == whole:
        raise Untried("the server gives the whole file, as it may")
    wanted = whole[1 : SAME + 1]
    expect(answer.status == 206, f"{answer.told}")
    expect(answer.body == wanted, f"{len(answer.body)} bytes came that are not the {len(wanted)} asked for")
    said, right = answer.headers.get("content-range"), f"bytes 1-{len(wanted)}/{len(whole)}"
    expect(said == right, f"Content-Range is {said!r}, not {right!r}")
    return right


@check(TOPIC, "a Range behind the end is 416, where the server knows ranges", HTTP)
def range_behind(target: Target) -> str:
    """RFC 9110, 15.5.17."""
    whole = target.content().body
    answer = target.ask("GET", f"/videos/{_id(target)}/content", headers={"range": f"bytes={len(whole) + 10}-"})
    if answer.status == 200:
        raise Untried("the server gives the whole file, as it may")
    expect(answer.status == 416, answer.told)
    return "HTTP 416"


def _id(target: Target) -> str:
    return str((target.finished().final or {})["id"])


@contextmanager
def _file(target: Target) -> Iterator[Path]:
    """The video in a file, for as long as it is read. Raises Diverges where there is none, and where reading fails."""
    answer = target.content()
    if not answer.ok or not answer.body:
        raise Diverges(answer.told)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        path.write_bytes(answer.body)
        try:
            yield path
        except BadAsset as err:
            raise Diverges(str(err).replace(f"{path} ", "it ").split(". ")[0]) from err


def _picture(target: Target, variant: str) -> str:
    answer = target.ask("GET", f"/videos/{_id(target)}/content", params={"variant": variant})
    expect(answer.ok, answer.told)
    try:
        with Image.open(io.BytesIO(answer.body)) as picture:
            picture.load()
            size, kind = picture.size, picture.format
    except (OSError, UnidentifiedImageError, SyntaxError) as err:
        raise Diverges(f"it is no picture ({err}): {answer.told}") from err
    expect(answer.kind.startswith("image/"), f"its type is {answer.kind!r}")
    return f"{kind}, {size[0]}x{size[1]}"


CHECKS = (
    not_yet,
    bytes_given,
    frames_whole,
    frame_size,
    length,
    thumbnail,
    spritesheet,
    unknown_variant,
    byte_range,
    range_behind,
)
