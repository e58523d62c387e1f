"""
Everything filmwright raises on purpose.

* FilmError
  - BadFilm          the brief, film.toml or an option is wrong; the user can fix it
  - BadAsset         an input file is broken, unsafe or of an unknown kind
  - UnknownDriver    no such reader, renderer, ...
  - MissingExtra     the driver exists, its dependency is not installed
  - MissingFont      no font at hand has the letters of a text
  - CannotWrite      the disk is full, or the folder can't be written to
  - RenderFailed     a renderer or one of its workers stopped
  - Diverged         a training met numbers that are not finite
  - Unverified       a file read back is not what was written
  - Blocked          the policy forbids this film
  - HeldForReview    a person has to decide first

Warnings that a door should show are `FilmWarning`s, raised with `warnings.warn`.
"""


class FilmError(Exception):
    """Base of all deliberate errors. Doors show its text and no traceback."""


class BadFilm(FilmError):
    """The brief, film.toml or an option is wrong."""


class BadAsset(FilmError):
    """An input file is broken, unsafe or of an unknown kind."""


class UnknownDriver(FilmError):
    """No driver of that name is installed."""


class MissingExtra(FilmError):
    """A driver's dependency is not installed."""


class MissingFont(FilmError):
    """No font at hand has the letters of a text."""


class CannotWrite(FilmError):
    """The disk is full, or the folder can't be written to."""


class RenderFailed(FilmError):
    """A renderer or one of its workers stopped before its shot was whole."""


class Diverged(FilmError):
    """A training met numbers that are not finite."""


class Unverified(FilmError):
    """A file read back is not what was written."""


class Blocked(FilmError):
    """The policy forbids this film."""


class HeldForReview(FilmError):
    """A person has to decide before this film may be made."""


class FilmWarning(UserWarning):
    """The film is made, but with a stand-in that its maker should know of."""
