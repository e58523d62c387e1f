"""What a film or a picture looks like, as fingerprints: the same raster for whoever makes, signs or verifies it."""

from pathlib import Path

from filmwright.film.asset.fingerprint import fingerprints
from filmwright.film.video.reading import key_pictures
from filmwright.film.video.stills import read_picture

FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def looks(path: Path, *, most: int = 0) -> tuple[str, ...]:
    """The fingerprints of a film's key pictures, or of a picture; `most` of them, spread over the film."""
    if path.suffix.lower() in PICTURES:
        return fingerprints([read_picture(path)])
    return fingerprints(rgb for _, rgb in key_pictures(path, most=most))
