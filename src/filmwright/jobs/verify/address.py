"""A film that a server on this machine hands out. No other machine is ever asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from filmwright.core.errors import BadAsset, BadFilm

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
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    with TemporaryDirectory(prefix="filmwright-") as folder:
        try:
            with build_opener(ProxyHandler({}), _StayHere()).open(url, timeout=SECONDS) as answer:
                kind = answer.headers.get_content_type()
                ending = "" if PurePosixPath(name).suffix else _ENDINGS.get(kind, ".mp4")
                path = Path(folder) / ((name or "film") + ending)
                _save(answer, path, url)
        except (URLError, OSError) as err:
            raise BadAsset(f"{url} gave no film: {getattr(err, 'reason', err)}.") from err
        yield path


_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/quicktime": ".mov"}
_ENDINGS |= {"video/webm": ".webm", "video/x-matroska": ".mkv"}


class _StayHere(HTTPRedirectHandler):
    """Follows a redirection only to this machine."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str) -> None:
    parts = urlsplit(url)
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
