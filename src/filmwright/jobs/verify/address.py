"""A film that a server on this machine hands out. No other machine is ever asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from filmwright.core.errors import BadAsset, BadFilm
from filmwright.jobs.looks import FILMS, PICTURES

HERE = ("localhost", "127.0.0.1", "::1")
MOST = 2_000_000_000  # bytes
SECONDS = 30.0  # without a byte


def is_address(source: str) -> bool:
    """Whether it is meant as one."""
    return "://" in source


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """The answer as a file that is gone afterwards. Raises BadFilm for another machine, BadAsset for no film."""
    _check(url)
    ending = PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
    with TemporaryDirectory(prefix="filmwright-") as folder:
        try:
            address = quote(url, safe="%/:=&?~#+!$,;'@()*[]")  # as a browser sends what was typed with spaces
            with build_opener(ProxyHandler({}), _StayHere()).open(address, timeout=SECONDS) as answer:
                kind = answer.headers.get_content_type()
                if kind == "text/html":
                    raise BadAsset(f"{url} is a page, not a film. Give the address of the film itself.")
                path = Path(folder, f"film{ending if ending in (*FILMS, *PICTURES) else _ENDINGS.get(kind, '.mp4')}")
                _save(answer, path, url)
        except (OSError, HTTPException) as err:
            reason = err.reason if isinstance(err, URLError) else err
            raise BadAsset(
                f"{url} gave no film ({reason}). Is the server running, and is that the film's address?"
            ) from err
        yield path


_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/quicktime": ".mov"}
_ENDINGS |= {"video/webm": ".webm", "video/x-matroska": ".mkv"}


class _StayHere(HTTPRedirectHandler):
    """Follows a redirection only to this machine."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as err:
        raise BadFilm(f"{url} is no address ({err}). Write it like http://localhost:8000/film.mp4.") from err
    if parts.scheme not in ("http", "https") or parts.hostname not in HERE:
        raise BadFilm(
            f"{url} is not on this machine. Only http://localhost, 127.0.0.1 and [::1] are asked: "
            "download the film and give its file."
        )


def _save(answer: Any, path: Path, url: str) -> None:
    written = 0
    with path.open("wb") as file:
        while block := answer.read(1 << 20):
            written += len(block)
            if written > MOST:
                raise BadAsset(f"{url} is larger than {MOST // 10**9} GB. Download it and give its file.")
            file.write(block)
    if answer.length:  # what is still to come of what was announced
        raise BadAsset(f"{url} broke off: {written} bytes came, {answer.length} did not. Try again.")
