"""A small marked and signed film, and what may happen to it on its way."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from filmwright.core.claim import Action, Claim
from filmwright.core.content import file_hash
from filmwright.core.frames import Frames
from filmwright.core.manifest import Ingredient, now
from filmwright.core.sound import Sound
from filmwright.film.asset.home import secret
from filmwright.film.asset.identity import film_id, id_text
from filmwright.film.asset.marks import marks
from filmwright.film.asset.records import Record, keep
from filmwright.film.asset.signers import signers
from filmwright.film.video.codecs import codecs
from filmwright.film.video.reading import decode
from filmwright.film.video.rewriting import with_rest_of
from filmwright.jobs.looks import looks

FPS, HEIGHT, WIDTH = Fraction(12), 288, 512
Picture = Callable[[int, np.ndarray], np.ndarray | None]


def moving(num_frames: int = 48, seed: int = 0) -> Iterator[Frames]:
    """A textured ground that drifts under a little grain, with a light spot that tells the moments apart."""
    chance = np.random.default_rng(seed)
    ground = cv2.resize(chance.normal(0, 1, (24, 60)), (WIDTH + 200, HEIGHT), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(chance.normal(0, 4, ground.shape), (0, 0), 0.6)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    for i in range(num_frames):
        spot = 60 * np.exp(-((columns - 40 - 9 * i) ** 2 + (rows - 100 - 20 * np.sin(i / 5)) ** 2) / 1500)
        grain = chance.normal(0, 4, (HEIGHT, WIDTH))
        luma = (100 + 30 * ground + fine)[:, 3 * i : 3 * i + WIDTH] + spot + grain
        rgb = np.stack([luma, luma * 0.9 + 8, luma * 0.8 + 15], -1)
        yield Frames(rgb=np.clip(rgb, 0, 255).astype(np.uint8)[None], fps=FPS, start=i / FPS)


def a_sound(num_frames: int, hertz: float) -> Sound:
    """Tones with pauses: their rhythm is their own."""
    times = np.arange(48_000 * num_frames // int(FPS)) / 48_000
    beat = np.sin(times * hertz / 60) > np.sin(times * hertz / 23)
    tone = (0.2 * beat * np.sin(times * hertz * 2 * np.pi)).astype(np.float32)
    return Sound(samples=tone[:, None].repeat(2, 1), rate=48_000)


def unsigned(path: Path, *, num_frames: int = 48, seed: int = 0) -> Path:
    """A film with sound of somebody's."""
    sound = a_sound(num_frames, 300 + 170 * seed)
    return codecs.open("mp4", speed="veryfast").encode(moving(num_frames, seed), path, sound=sound).path


def signed(folder: Path, name: str = "film", *, seed: int = 0, num_frames: int = 48) -> Path:
    """A film of the maker's, marked, signed and on record; the mark is strong, for films are this small and short."""
    mark, path = marks.open("tiled", level=5.0), folder / f"{name}.mp4"
    payload = film_id(secret("mark"), name)
    sound = a_sound(num_frames, 300 + 170 * seed)
    frames = mark.embed(moving(num_frames, seed), payload)
    codecs.open("mp4", speed="veryfast").encode(frames, path, sound=sound)
    says = Action(name="created", says="rendered from a scan", source="compositeSynthetic")
    claim = Claim(
        title=name,
        maker="Mina Park",
        software="Filmwright 1.2",
        actions=(says, Action(name="watermarked")),
        ingredients=(Ingredient(role="scan", name="fan.glb", sha256="ab" * 32, licence="CC-BY-4.0"),),
        mark_algorithm=mark.algorithm,
        mark_id=id_text(payload),
        fingerprints=looks(path),
    )
    signature = signers.open("c2pa").sign(path, claim, path)
    known = {"mark_id": claim.mark_id, "title": name, "maker": claim.maker, "fingerprints": claim.fingerprints}
    keep(Record(made=now(), sha256=file_hash(path), path=str(path), store=signature.store, **known))
    return path


def again(path: Path, out: Path, change: Picture = lambda _, rgb: rgb, *, crf: float = 23, sound: Path | None = None):
    """Decoded, changed picture by picture (None drops one) and encoded again; the sound stays, or is another's."""

    def changed() -> Iterator[Frames]:
        kept = 0
        for i, piece in enumerate(decode(path)):
            rgb = change(i, piece.rgb[0])
            if rgb is not None:
                yield Frames(rgb=np.ascontiguousarray(rgb)[None], fps=piece.fps, start=kept / piece.fps)
                kept += 1

    pictures = out.with_name(f"pictures-{out.name}")
    codecs.open("mp4", crf=crf, speed="veryfast").encode(changed(), pictures)
    with_rest_of(sound or path, pictures, out)
    pictures.unlink()
    return out
