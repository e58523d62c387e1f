"""A metric's options as they are written behind its name: "flow=exact", "dimensions=imaging_quality+dynamic_degree"."""

from filmwright.core.errors import BadFilm


def read_options(text: str) -> dict[str, str | tuple[str, ...]]:
    """Commas stand between options, a plus between several values of one. Raises BadFilm."""
    found: dict[str, str | tuple[str, ...]] = {}
    for each in text.split(",") if text else ():
        name, equals, value = each.partition("=")
        if not (name and equals and value):
            raise BadFilm(f"{each!r} is no option of a metric. Write them as in warp_error:flow=exact")
        found[name] = tuple(value.split("+")) if "+" in value else value
    return found
