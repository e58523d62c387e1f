"""The kinds of shot there are."""

from .macro import drift, rack, slide
from .medium import push_in, track
from .take import Kind
from .wide import crane, end_card, hero, orbit, reveal

KINDS: dict[str, Kind] = {
    "reveal": reveal,
    "orbit": orbit,
    "crane": crane,
    "push-in": push_in,
    "track": track,
    "macro-slide": slide,
    "macro-rack": rack,
    "macro-drift": drift,
    "hero": hero,
    "end-card": end_card,
}
MACROS = ("macro-slide", "macro-rack", "macro-drift")
WIDES = ("orbit", "track", "push-in", "crane")
# How long a shot is held, against the mood's usual length.
WEIGHTS = {
    "reveal": 1.15,
    "orbit": 1.1,
    "crane": 1.05,
    "push-in": 1.0,
    "track": 0.95,
    "macro-slide": 0.8,
    "macro-rack": 0.9,
    "macro-drift": 0.8,
    "hero": 1.2,
    "end-card": 1.25,
}
CAPTIONS = {
    "reveal": "first sight of {name}",
    "orbit": "an arc across the front of {name}",
    "crane": "down from above to the eye level of {name}",
    "push-in": "from the whole of {name} to its face",
    "track": "close along the longest side of {name}",
    "macro-slide": "a close slide past a detail of {name}",
    "macro-rack": "a close pull of focus to a detail of {name}",
    "macro-drift": "a close drift along an edge of {name}",
    "hero": "{name} from a low angle, standing tall",
    "end-card": "{name} at rest, with room for its name",
}
