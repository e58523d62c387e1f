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


def misuse(source: str, *, signed: bool, marked: bool, looked: bool, moderated: bool) -> tuple[Fact, ...]:
    """The misuse to expect of pictures of this digital source type, and what this film has against it.

    `looked` is for faces in its inputs, whoever moderates; `moderated` is its words.
    """
    told = signed and "the signature says how it was made; regions add visible labels"
    found = marked and "the mark outlives crops and encoders, and leads back to the signed claim"
    asked = looked and "inputs with faces need a consent; without one a person decides first"
    read = moderated and "titles and brief are moderated; what they mean is the maker's to answer for"
    facts = [
        _fact("a person's likeness", "Faces and voices used beyond what the person agreed to.", asked),
        _fact("passed off as somebody else's", "Cut, cropped or posted again without its origin.", found),
        _fact("false claims", "Titles that promise what the product does not do.", read),
    ]
    if source in ("algorithmicMedia", "compositeSynthetic"):
        what = "Material, size or condition of the real thing may differ from its scan."
        facts.insert(0, _fact("taken for a photograph", what, told))
    elif "trained" in source.lower():
        what = "Things, places and events in it may never have been so."
        facts.insert(0, _fact("taken for a recording", what, told))
    return tuple(facts)


def _fact(name: str, what: str, against: str | bool) -> Fact:
    note = f"Against it: {against}." if against else "Against it: nothing in this film."
    return Fact(name=name, value=what, note=note, mood="" if against else "open")
