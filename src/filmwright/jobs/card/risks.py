"""How films are likely to be misused, by how they were made, and what stands against it."""

from .nouns import Fact

HOW_MADE = {
    "algorithmicMedia": "A computer-generated film: rendered by rules; not filmed, and no AI made its pictures.",
    "compositeSynthetic": "A computer-generated film of a scanned thing: rendered by rules; no AI made its pictures.",
    "compositeWithTrainedAlgorithmicMedia": "A film with parts that a trained model made.",
    "trainedAlgorithmicMedia": "A film that a trained model made: nothing in it was filmed.",
    "humanEdits": "A recording of a camera, changed by a person.",
    "digitalCapture": "A recording of a camera.",
}

_ALL = (
    Fact(
        name="passed off as somebody else's",
        value="Cut, cropped or posted again without its origin.",
        note="Against it: the mark outlives crops and encoders, and leads back to the signed claim.",
    ),
    Fact(
        name="false claims",
        value="Titles that promise what the product does not do.",
        note="Against it: titles and brief are moderated; what they mean is the maker's to answer for.",
    ),
)
_RENDERED = Fact(
    name="taken for a photograph",
    value="Material, size or condition of the real thing may differ from its scan.",
    note="Against it: the signature says that it is computer-generated; regions add visible labels.",
)
_LEARNED = Fact(
    name="taken for a recording",
    value="Things, places and events in it may never have been so.",
    note="Against it: the signature says that a model made it; regions add visible labels.",
)
_FACES = Fact(
    name="a person's likeness",
    value="Faces and voices used beyond what the person agreed to.",
    note="Against it: inputs with faces need a consent; without one a person decides first.",
)


def misuse(source: str) -> tuple[Fact, ...]:
    """The misuse to expect of pictures of this digital source type."""
    learned = "trained" in source.lower()
    rendered = source in ("algorithmicMedia", "compositeSynthetic")
    return (*((_RENDERED,) if rendered else ()), *((_LEARNED,) if learned else ()), _FACES, *_ALL)
