"""What those who vouch for a film have to know of one that is rendered."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import UInt8

from filmwright.core.claim import SourceType
from filmwright.core.content import content_hash
from filmwright.core.manifest import Ingredient
from filmwright.core.scene import Material, Texture
from filmwright.film.asset.likeness import Shown

from .moderation import request_words, title_words
from .plan import Plan
from .trust import Work


def rendered(planned: Plan) -> Work:
    """A planned film as a work to vouch for."""
    film, board = planned.film, planned.storyboard
    music = (Ingredient(role="music", name="Music composed by Filmwright", licence="the maker's own"),)
    return Work(
        title=board.title,
        trust=film.trust,
        request=request_hash(planned),
        source=source_of(planned),
        says=f"rendered from {film.scan.name if film.scan else 'the bundled sample'}",
        edits="cut, titled and encoded",
        words=(*request_words(film), *title_words(board.titles)),
        pictures=tuple(_own_pictures(planned)),
        ingredients=planned.ingredients + (music if board.music else ()),
        file=film.scan,
        shows=_scan_hash(planned),
    )


def request_hash(planned: Plan) -> str:
    """Content hash of all that a film is made from; where its files lie does not matter, what is in them does."""
    table = planned.film.model_dump(mode="json", exclude={"scan": True, "fonts": True, "light": {"environment"}})
    return content_hash(table, planned.ingredients)


def source_of(planned: Plan) -> SourceType:
    """What the pictures truly are: made by rules alone, or synthetic pictures of something that was captured."""
    return "compositeSynthetic" if planned.ingredients else "algorithmicMedia"


def _own_pictures(planned: Plan) -> Iterator[Shown]:
    """The user's pictures: what the scan is painted with, and the surroundings that light it."""
    film = planned.film
    if film.scan is not None:
        scene = planned.stage.scene
        painted = {mesh for i in planned.stage.product if (mesh := scene.nodes[i].mesh) is not None}
        textures = {id(t): t for i in sorted(painted) for t in _pictures_of(scene.meshes[i].material)}
        for number, texture in enumerate(textures.values(), 1):
            where = f"texture {number} of {film.scan.name}"
            yield Shown(where=where, sha256=_scan_hash(planned), rgb=_rgb(texture.pixels))
    if film.light.environment is not None and planned.stage.scene.environment is not None:
        light = np.clip(planned.stage.scene.environment.pixels[..., :3], 0, 1) ** (1 / 2.2)
        sha256 = next(i.sha256 for i in planned.ingredients if i.role == "environment")
        yield Shown(where=film.light.environment.name, sha256=sha256, rgb=(light * 255).astype(np.uint8))


def _pictures_of(material: Material) -> list[Texture]:
    return [t for t in (material.base_color_texture, material.emission_texture) if t is not None]


def _rgb(pixels: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    """A texture of 1 to 4 channels as a picture."""
    colours = pixels[..., :3] if pixels.shape[-1] >= 3 else np.repeat(pixels[..., :1], 3, axis=-1)
    return np.ascontiguousarray(colours)


def _scan_hash(planned: Plan) -> str:
    return next((i.sha256 for i in planned.ingredients if i.role == "scan"), "")
