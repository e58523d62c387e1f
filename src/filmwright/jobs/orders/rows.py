"""From a row to an order, and from a request to a row."""

from typing import Any

from filmwright.jobs.film import Film

from .nouns import Event, Failure, Order, Result
from .request import FilmWork, OrderRequest

CLIP_SECONDS, CLIP_FPS, CLIP_SIDE = 4.0, 16.0, 256  # of a clip, where the model decides: a guess, for estimates alone
FILM_SECONDS = 15.0  # of a film whose brief says nothing


def order_from(row: Any) -> Order:
    """The order of a row of the table `orders`."""
    code = row["failure_code"]
    return Order(
        id=row["id"],
        owner=row["owner"],
        request=OrderRequest.model_validate_json(row["request"]),
        status=row["status"],
        progress=row["progress"],
        stage=row["stage"],
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
        expires=row["expires"],
        priority=row["priority"],
        batch=row["batch"],
        failure=Failure(code=code, message=row["failure_message"] or "") if code else None,
        results={variant: Result(**facts) for variant, facts in row["results"].items()},
        timings=dict(row["timings"]),
        attempts=row["attempts"],
    )


def event_from(row: Any) -> Event:
    """The event of a row of the table `order_events`."""
    return Event(**{("order" if key == "order_id" else key): value for key, value in row.items()})


def cost_of(request: OrderRequest) -> float:
    """Megapixels that have to be made: what the time of an order is estimated by."""
    work = request.work
    if isinstance(work, FilmWork):
        film = work.film
        return (film.seconds or FILM_SECONDS) * film.fps * film.size**2 * _widening(film) / 1e6
    clip = work.request
    num_frames = clip.num_frames or (clip.seconds or CLIP_SECONDS) * (clip.fps or CLIP_FPS)
    return num_frames * (clip.width or CLIP_SIDE) * (clip.height or CLIP_SIDE) / 1e6


def _widening(film: Film) -> float:
    """Of the longer side over the shorter."""
    across, down = (int(part) for part in (film.aspect or "16:9").split(":"))
    return max(across, down) / min(across, down)


def columns_of(request: OrderRequest) -> dict[str, Any]:
    """The columns that a request decides."""
    return {
        "model": request.model,
        "kind": request.kind,
        "request": request.model_dump_json(),
        "cost": cost_of(request),
    }
