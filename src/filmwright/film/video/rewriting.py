"""A film of anybody's with its pictures changed and all else kept: which can be, and how the sound comes back."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from filmwright.core.errors import BadFilm, Unverified
from filmwright.core.video import NO_TAGS, Video

from .codecs.mp4 import PLAIN_TAGS
from .reading import probe, read_tags

HDR = {16: "PQ (HDR10, Dolby Vision)", 18: "HLG"}  # transfer functions of ITU-T H.273, table 3
BT2020 = 9
LATE = 1.5  # pictures that one may be off an even rhythm


def check_rewritable(path: Path) -> Video:
    """The facts of a film that can be encoded again without harm. Raises BadFilm that says what would be lost."""
    video = probe(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context, fps = stream.codec_context, video.fps
        depth = max((component.bits for component in context.format.components), default=8) if context.format else 8
        aspect = stream.sample_aspect_ratio or Fraction(1)
        base, begin = Fraction(stream.time_base or 1), stream.start_time or 0
        stamps = sorted(p.pts for p in container.demux(stream) if p.size and p.pts is not None)
        late = max((abs((at - begin) * base * fps - i) for i, at in enumerate(stamps)), default=0)
    if context.color_trc in HDR or context.color_primaries == BT2020:
        lost = f"it is an HDR film ({HDR.get(int(context.color_trc), 'BT.2020')}), which would lose its range"
    elif depth > 8:
        lost = f"its pictures have {depth} bits ({video.pixel_format}), and would be cut to 8"
    elif aspect not in (0, 1):
        lost = f"its pixels are not square ({aspect})"
    elif late > LATE:
        lost = "its pictures do not come in an even rhythm, so that sound and picture would drift apart"
    else:
        return video
    raise BadFilm(
        f"{path} can't be marked: {lost}. Sign it with --no-mark, which leaves its pictures alone, "
        "or give a copy of 8 bits, BT.709, at a constant frame rate."
    )


def with_rest_of(source: Path, pictures: Path, out: Path, *, tags: Mapping[str, str] = NO_TAGS) -> Video:
    """Write an MP4 with the pictures of one file and the sound and plain tags of another, none encoded again.

    `tags` are put on top. Raises BadFilm for sound that an MP4 can't hold, Unverified if something was lost.
    """
    kept = {name: value for name, value in read_tags(source).items() if name in PLAIN_TAGS} | dict(tags)
    flags = "+faststart" if kept.keys() <= PLAIN_TAGS else "+faststart+use_metadata_tags"
    with av.open(str(source)) as heard, av.open(str(pictures)) as seen:
        sounds = list(heard.streams.audio)
        names = ", ".join(s.codec_context.codec.canonical_name for s in sounds)
        begin = Fraction(heard.streams.video[0].start_time or 0) * Fraction(heard.streams.video[0].time_base or 1)
        try:
            with av.open(str(out), "w", options={"movflags": flags}) as goal:
                goal.metadata.update(kept)
                tracks: dict[Stream, Any] = {
                    s: goal.add_stream_from_template(s) for s in (*seen.streams.video, *sounds)
                }
                both = merge(_packets(seen, list(seen.streams.video)), _packets(heard, sounds, begin), key=_when)
                for packet in both:
                    packet.stream = tracks[packet.stream]
                    goal.mux(packet)
        except (av.FFmpegError, ValueError) as err:
            raise BadFilm(
                f"the sound of {source} ({names or 'none'}) can't be put into an .mp4 ({err}). "
                "Sign it with --no-mark, or convert the sound to AAC first."
            ) from err
    found, wanted, before = probe(out), probe(pictures), probe(source)
    if (found.num_frames, found.audio_codec) != (wanted.num_frames, before.audio_codec):
        raise Unverified(f"{out} does not hold all pictures and the sound of {source}. Sign it with --no-mark.")
    return found


def _packets(container: InputContainer, streams: list[Any], begin: Fraction = Fraction(0)) -> Iterator["Packet[Any]"]:
    """What the streams hold, moved so that `begin` (seconds) is the start."""
    if not streams:
        return
    for packet in container.demux(streams):
        if packet.dts is None or packet.size == 0:
            continue
        ticks = round(begin / Fraction(packet.time_base))
        packet.dts -= ticks
        packet.pts = None if packet.pts is None else packet.pts - ticks
        yield packet


def _when(packet: "Packet[Any]") -> Fraction:
    return (packet.dts or 0) * Fraction(packet.time_base)
