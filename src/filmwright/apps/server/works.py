"""From what was asked for to what is to be made: a film of a scan, or a clip by a model."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from filmwright.film.shots.reading import ASPECTS, picture_size
from filmwright.jobs.film import Film, check_film
from filmwright.jobs.generate import GenerateRequest
from filmwright.jobs.orders import ClipWork, FilmWork, Input, Order, OrderRequest
from filmwright.jobs.plan import heard

from .asked import CreateVideo, EditVideo, Extended, ExtendVideo, RemixVideo
from .failures import Refusal
from .settings import SCAN, RequestLimits, ServedModel, ServerSettings

SECONDS, SIZE = 4.0, (720, 1280)  # of the API: a video that nobody says more of
OF_MODELS = ("num_inference_steps", "guidance_scale", "negative_prompt", "strength")  # a film of a scan has no use for
OF_DRIVERS = ("guidance_scale_2", "flow_shift", "true_cfg_scale")  # of the generators whose table in the TOML has them
OF_FILMS = ("quality", "music")
SLOWEST = 8.0  # frames a second that a model shows, where nobody says how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order ready to be placed, and what of it is done otherwise than was asked."""

    request: OrderRequest
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The customer's file, let in: what it is, and where it stands in the store."""

    kind: str  # picture, scan or video
    input: Input

    @classmethod
    def of(cls, order: Order) -> "Reference":
        """What a completed order has brought, as an input of another."""
        video = order.results["video"]
        return cls(kind="video", input=Input(name=video.name, filename=f"{order.id}.mp4", sha256=video.sha256))


def created(asked: CreateVideo, given: Reference | None, settings: ServerSettings) -> Wanted:
    """A new film or clip. Raises Refusal, BadFilm."""
    name = asked.model or settings.default_model
    model = _served(name, settings)
    work: FilmWork | ClipWork
    if model is None:
        film = settings.film.model_copy(update={"seconds": SECONDS})
        work = FilmWork(film=_shaped(film, SIZE)[0], scan=_of_kind(given, name, "scan"))
    else:
        start = GenerateRequest(
            prompt=asked.prompt, generator=model.generator, trust=settings.film.trust, seconds=_seconds(asked, model)
        )
        work = _start(start.model_copy(update={"width": model.width, "height": model.height}), given, name)
    return _wanted("film" if model is None else "generate", name, work, asked, settings, prompt=asked.prompt)


def remixed(asked: RemixVideo, source: Order, settings: ServerSettings) -> Wanted:
    """The same things with other words. Raises Refusal, BadFilm."""
    request = source.request
    return _wanted("remix", request.model, request.work, asked, settings, prompt=asked.prompt, source=source)


def edited(asked: EditVideo, source: Order | Reference, settings: ServerSettings) -> Wanted:
    """A film with words added to its brief, or a video that a model changes by words. Raises Refusal, BadFilm."""
    own = source.model if isinstance(source, Order) else None
    name = asked.model or own or _first_generator(settings)
    model = _served(name, settings)
    if isinstance(source, Order) and model is None:
        if not isinstance(source.request.work, FilmWork):
            raise _unable(name, "changes no clips of models: name a model, or remix the clip")
        prompt = f"{source.request.prompt} {asked.prompt}"
        return _wanted("edit", name, source.request.work, asked, settings, prompt=prompt, source=source)
    if model is None:
        raise _unable(name, "changes films that were ordered here, and no other videos: name a model")
    given = Reference.of(source) if isinstance(source, Order) else source
    start = GenerateRequest(prompt=asked.prompt, generator=model.generator, trust=settings.film.trust)
    work = ClipWork(request=start, video=_of_kind(given, name, "video"))
    order = source if isinstance(source, Order) else None
    return _wanted("edit", name, work, asked, settings, prompt=asked.prompt, source=order)


def extended(asked: ExtendVideo, source: Order | Reference, settings: ServerSettings) -> Wanted:
    """A film that is longer by some seconds, directed by other words. Raises Refusal, BadFilm."""
    if not isinstance(source, Order) or not isinstance(source.request.work, FilmWork):
        name = source.model if isinstance(source, Order) else asked.model or settings.default_model
        raise _unable(name, "makes films that were ordered here longer, and no other videos")
    work = source.request.work
    longer = asked.model_copy(update={"seconds": (work.film.seconds or SECONDS) + asked.seconds})
    return _wanted("extension", source.model, work, longer, settings, prompt=asked.prompt, source=source)


def size_of(request: OrderRequest) -> str:
    """Width and height in pixels, as the API tells them; "auto" is for the model to decide."""
    work = request.work
    if isinstance(work, FilmWork):
        width, height = picture_size(work.film.aspect or "16:9", work.film.size)
    else:
        width, height = work.request.width or 0, work.request.height or 0
    return f"{width}x{height}" if width and height else "auto"


def seconds_of(request: OrderRequest) -> str:
    """Length, as the API tells it; "auto" is for the model to decide."""
    work = request.work
    seconds = work.film.seconds if isinstance(work, FilmWork) else work.request.seconds
    if isinstance(work, ClipWork) and work.request.num_frames and work.request.fps:
        seconds = work.request.num_frames / work.request.fps
    return "auto" if seconds is None else f"{seconds:g}"


def _wanted(
    kind: Any,
    model: str,
    work: FilmWork | ClipWork,
    asked: Extended,
    settings: ServerSettings,
    *,
    prompt: str,
    source: Order | None = None,
) -> Wanted:
    """The work as it is to be made, within the server's limits."""
    if len(prompt) > settings.requests.prompt_letters:
        said = f"the prompt has {len(prompt)} letters; {settings.requests.prompt_letters} are taken."
        raise Refusal(400, said, code="prompt_too_long", param="prompt")
    size = _size(asked, settings.requests)
    changed: FilmWork | ClipWork
    if isinstance(work, FilmWork):
        changed, notes = _film(work, asked, prompt, size)
        _check_limits(changed, settings.requests)
        heard(changed.film)
    else:
        changed, notes = _clip(work, asked, prompt, size)
        _check_limits(changed, settings.requests)
    request = OrderRequest(
        model=model,
        kind=kind,
        work=changed,
        remixed_from=None if source is None else source.id,
        webhook=asked.webhook_url,
    )
    unknown = [f"{field} is not known here" for field in sorted(asked.model_extra or {})[:20]]
    return Wanted(request=request, notes=(*notes, *unknown))


def _film(work: FilmWork, asked: Extended, prompt: str, size: tuple[int, int] | None) -> tuple[FilmWork, list[str]]:
    film, notes = work.film, _unused(asked, "a film of a scan", (*OF_MODELS, *OF_DRIVERS))
    if size is not None:
        film, said = _shaped(film, size)
        notes += said
    if asked.quality is not None:
        film = film.model_copy(update={"render": film.render.having(quality=asked.quality)})
    fps = film.fps if asked.fps is None else asked.fps
    changes = {
        "brief": prompt,
        "fps": fps,
        "seconds": _length(asked, float(fps)),
        "seed": asked.seed,
        "music": asked.music,
    }
    table = film.model_dump() | {key: value for key, value in changes.items() if value is not None}
    return work.model_copy(update={"film": check_film(table, "the request")}), notes


def _clip(work: ClipWork, asked: Extended, prompt: str, size: tuple[int, int] | None) -> tuple[ClipWork, list[str]]:
    request = work.request
    options = request.generator.options()
    taken = {name: getattr(asked, name) for name in OF_DRIVERS if name in options and getattr(asked, name) is not None}
    changes = {
        "prompt": prompt,
        "negative_prompt": asked.negative_prompt,
        "strength": asked.strength,
        "fps": asked.fps,
        "num_inference_steps": asked.num_inference_steps,
        "guidance_scale": asked.guidance_scale,
        "seed": asked.seed,
        "width": size and size[0],
        "height": size and size[1],
    }
    if (seconds := getattr(asked, "seconds", None)) is not None or asked.num_frames is not None:
        _length(asked, 1.0)
        changes |= {"seconds": seconds, "num_frames": asked.num_frames}
        request = request.model_copy(update={"seconds": None, "num_frames": None})
    table = request.model_dump(exclude={"generator"}) | {k: v for k, v in changes.items() if v is not None}
    request = GenerateRequest(**table, generator=request.generator.having(**taken))
    left = [name for name in OF_DRIVERS if name not in taken]
    return work.model_copy(update={"request": request}), _unused(asked, "this model", (*OF_FILMS, *left))


def _shaped(film: Film, size: tuple[int, int]) -> tuple[Film, list[str]]:
    """A film in the nearest of the shapes that films are made in."""
    width, height = size
    shape, short = width / height, min(size)
    aspect = min(ASPECTS, key=lambda name: abs(ASPECTS[name][0] / ASPECTS[name][1] / shape - 1))
    made = picture_size(aspect, short)
    notes = [] if made == size else [f"size: {width}x{height} becomes {made[0]}x{made[1]}, as films are {aspect}"]
    return film.model_copy(update={"aspect": aspect, "size": short}), notes


def _size(asked: Extended, limits: RequestLimits) -> tuple[int, int] | None:
    """Width and height in pixels, if they are asked for. Raises Refusal where two fields contradict each other."""
    text = getattr(asked, "size", None)
    told = None if text is None else tuple(int(side) for side in text.lower().replace("×", "x").split("x"))
    if asked.width is None and asked.height is None:
        sides = told
    elif asked.width is None or asked.height is None:
        raise Refusal(400, "give both width and height.", code="invalid_value", param="width")
    elif told not in (None, (asked.width, asked.height)):
        said = f"size says {text}, width and height say {asked.width}x{asked.height}. Give one of them."
        raise Refusal(400, said, code="invalid_value", param="size")
    else:
        sides = (asked.width, asked.height)
    if sides is not None and min(sides) < 16:
        said = f"{sides[0]}x{sides[1]} is too small: a side has 16 pixels or more."
        raise Refusal(400, said, code="invalid_value", param="size")
    if sides is not None and sides[0] * sides[1] > limits.pixels:
        said = f"{sides[0]}x{sides[1]} has more than the {limits.pixels} pixels that are made here."
        raise Refusal(400, said, code="size_too_large", param="size")
    return None if sides is None else (sides[0], sides[1])


def _length(asked: Extended, fps: float) -> float | None:
    """Seconds, if they are asked for."""
    seconds: float | None = getattr(asked, "seconds", None)
    if seconds is not None and asked.num_frames is not None and not isinstance(asked, ExtendVideo):
        said = "seconds and num_frames both say how long the video is. Give one of them."
        raise Refusal(400, said, code="invalid_value", param="num_frames")
    return asked.num_frames / fps if seconds is None and asked.num_frames is not None else seconds


def _seconds(asked: CreateVideo, model: ServedModel) -> float | None:
    return None if asked.num_frames is not None else asked.seconds or model.seconds or SECONDS


def _unused(asked: Extended, who: str, names: Iterable[str]) -> list[str]:
    return [f"{name} is of no use to {who}" for name in names if getattr(asked, name) is not None]


def _check_limits(work: FilmWork | ClipWork, limits: RequestLimits) -> None:
    """Raise Refusal for a longer video than the server makes in one job."""
    if isinstance(work, FilmWork):
        seconds = work.film.seconds
    elif work.request.num_frames is not None:
        seconds = work.request.num_frames / (work.request.fps or SLOWEST)
    else:
        seconds = work.request.seconds
    if seconds is not None and seconds > limits.seconds:
        said = f"{seconds:g} seconds are more than the {limits.seconds:g} that are made here at a time."
        raise Refusal(400, said, code="too_long", param="seconds")


def _served(name: str, settings: ServerSettings) -> ServedModel | None:
    """The model of that name; None is the film of a scan. Raises Refusal."""
    served = settings.served
    if name not in served:
        said = f"no model is called {name[:80]!r}. There are: {', '.join(served)}."
        raise Refusal(404, said, code="model_not_found", param="model")
    return served[name]


def _first_generator(settings: ServerSettings) -> str:
    """The model that changes videos where nobody names one: the first of the operator's, else the package's own."""
    names = (*settings.models, *settings.served)
    return next((name for name in names if settings.served[name] is not None), SCAN)


def _start(request: GenerateRequest, given: Reference | None, name: str) -> ClipWork:
    """A clip that starts from a picture, a video or words alone."""
    if given is None:
        return ClipWork(request=request)
    if given.kind == "picture":
        return ClipWork(request=request, image=given.input)
    return ClipWork(request=request, video=_of_kind(given, name, "video"))


def _of_kind(given: Reference | None, model: str, kind: str) -> Input | None:
    if given is not None and given.kind != kind:
        said = f"{model} starts from a {kind}, and the input is a {given.kind}."
        raise Refusal(400, said, code="input_kind_not_supported", param="input_reference")
    return None if given is None else given.input


def _unable(model: str, what: str) -> Refusal:
    return Refusal(400, f"{model} {what}.", code="not_supported_by_model", param="model")
