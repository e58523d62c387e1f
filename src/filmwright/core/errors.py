"""
Everything filmwright raises on purpose.

* FilmError
  - BadFilm          the brief, film.toml or an option is wrong; the user can fix it
  - BadAsset         an input file is broken, unsafe or of an unknown kind
    - Refused        an input from elsewhere that is not let in; its `code` says why
  - UnknownDriver    no such reader, renderer, ...
  - MissingExtra     the driver exists, its dependency is not installed
  - MissingFont      no font at hand has the letters of a text
  - CannotWrite      the disk is full, or the folder can't be written to
  - RenderFailed     a renderer or one of its workers stopped
  - Diverged         a training met numbers that are not finite
  - Unverified       a file read back is not what was written
  - Blocked          the policy forbids this film
  - HeldForReview    a person has to decide first
  - KeyRefused       an API key is unknown, run out, revoked, or may not do this; its `code` says which
  - OverLimit        a key's quota or rate is used up; it says when to come again
  - NotFound         there is no such thing, or it is somebody else's
  - Conflict         the state that it is in does not allow what was asked
  - Unavailable      a store, a database or a service can't be reached now; later it may

Warnings that a door should show are `FilmWarning`s, raised with `warnings.warn`.
"""


class FilmError(Exception):
    """Base of all deliberate errors. Doors show its text and no traceback."""


class BadFilm(FilmError):
    """The brief, film.toml or an option is wrong."""


class BadAsset(FilmError):
    """An input file is broken, unsafe or of an unknown kind."""


class Refused(BadAsset):
    """An input from elsewhere that is not let in. `code` is stable and made for programs."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


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


class NotFound(FilmError):
    """There is no such thing, or it is somebody else's."""


class Conflict(FilmError):
    """The state that something is in does not allow what was asked of it."""


class Unavailable(FilmError):
    """A store, a database or a service can't be reached now; trying again may help."""


class KeyRefused(FilmError):
    """An API key that opens nothing here. `code` is stable and made for programs."""

    def __init__(self, message: str, code: str = "invalid_api_key") -> None:
        super().__init__(message)
        self.code = code


class OverLimit(FilmError):
    """A key's quota or rate is used up. `retry_after` is in seconds; None where waiting alone does not help."""

    def __init__(self, message: str, code: str = "rate_limit_exceeded", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


class FilmWarning(UserWarning):
    """The film is made, but with a stand-in that its maker should know of."""
