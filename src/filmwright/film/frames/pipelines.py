"""Which pipeline of diffusers makes a clip from text, from an image, from a video, out of which model's folder."""

from dataclasses import dataclass
from fractions import Fraction
from inspect import Parameter, signature
from typing import Any, Literal

import diffusers

from filmwright.core.errors import BadFilm, MissingExtra

Task = Literal["text", "image", "video"]
PLAIN = Fraction(16)  # frames a second where we don't know better
SIBLINGS = ("ImageToVideoPipeline", "VideoToVideoPipeline", "ConditionPipeline", "Pipeline")  # ends of their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What is known of models whose pipelines' names begin alike."""

    stem: str
    fps: Fraction = PLAIN  # at which its clips move naturally
    image_by_same: bool = False  # the weights that follow text follow an image, too
    video: str = ""  # the pipeline that goes on from a video


FAMILIES = {
    family.stem: family
    for family in (
        Family(stem="Wan", video="WanVideoToVideoPipeline"),
        Family(stem="LTX", fps=Fraction(25), image_by_same=True, video="LTXConditionPipeline"),
        Family(stem="LTX2", fps=Fraction(24), image_by_same=True),
        Family(stem="CogVideoX", fps=Fraction(8), video="CogVideoXVideoToVideoPipeline"),
        Family(stem="HunyuanVideo", fps=Fraction(24)),
    )
}


def family_of(name: str) -> Family:
    """Of a pipeline's name; one that we don't know gets by on what its call says."""
    stem = next(name.removesuffix(end) for end in (*SIBLINGS, "") if name.endswith(end))
    return FAMILIES.get(stem, Family(stem=stem))


def pipeline_for(index: dict[str, Any], task: Task, model: str) -> type[diffusers.DiffusionPipeline]:
    """The class to load a model's folder with, by its `model_index.json`.

    Raises MissingExtra for a pipeline that this diffusers does not have, BadFilm for a task that the model is not for.
    """
    name = index["_class_name"]
    own = _named(name, model)
    family, takes = family_of(name), signature(own.__call__).parameters
    if "num_frames" not in takes and "video" not in takes:
        raise BadFilm(f"{model} is a {name}, which makes no video. Give a model that does.")
    if task == "video":
        if "video" in takes and "strength" in takes:
            return own
        if family.video and not _needed(takes, "image"):
            return _named(family.video, model)
        raise BadFilm(f"{model} ({name}) does not start from a video. Leave --video out, or give another model.")
    if task == "image":
        if "image" in takes:
            return own
        if family.image_by_same or index.get("expand_timesteps"):  # so Wan 2.2 TI2V says that it does both
            return _named(f"{family.stem}ImageToVideoPipeline", model)
        raise BadFilm(
            f"{model} ({name}) takes no image. Leave --image out, or give the model's image-to-video version."
        )
    if _needed(takes, "image") or _needed(takes, "video"):
        what = "image" if _needed(takes, "image") else "video"
        raise BadFilm(f"{model} ({name}) makes nothing of words alone: give it an {what} with --{what}.")
    return own


def _needed(takes: Any, name: str) -> bool:
    """Whether a call can't do without; those that begin with a video all say that it may be None, and fail then."""
    if name not in takes:
        return False
    return takes[name].default is Parameter.empty or (name == "video" and "num_frames" not in takes)


def _named(name: str, model: str) -> type[diffusers.DiffusionPipeline]:
    try:
        found: type[diffusers.DiffusionPipeline] = getattr(diffusers, name)
    except AttributeError as err:
        raise MissingExtra(
            f"{model} needs {name}, which diffusers {diffusers.__version__} does not have. "
            "Run: pip install -U diffusers"
        ) from err
    except (ImportError, RuntimeError) as err:  # diffusers imports its pipelines when they are asked for
        raise MissingExtra(f"{model} needs {name}, which can't be used here: {err}") from err
    return found
