"""Where letters come from: the fonts that filmwright brings, those of an extra, the system's, or one's own."""

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from filmwright.core.errors import BadAsset, MissingFont

from .faces import Face, open_face

Voice = Literal["serif", "sans"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """One font in one file, wanted at `weight` (100 to 900)."""

    path: Path
    weight: int = 400
    index: int = 0  # of the font in a collection

    def open(self) -> Face:
        """The font, ready to shape and draw."""
        return open_face(self.path, self.index, self.weight)


def font_stack(text: str, *, voice: Voice, weight: int, own: Sequence[Path] = ()) -> tuple[FontFile, ...]:
    """Fonts that together have every letter of `text`, the preferred first: one's own, then the voice's, then others.

    Raises MissingFont, naming the letters and how to get a font for them.
    """
    stack = [FontFile(path=path, weight=weight) for path in own]
    missing = _without(text, stack)
    if missing or not own:
        stack.append(_bundled(voice, weight))
        missing = _without(text, stack)
    for file in _others(missing, voice, weight) if missing else ():
        if any(char in file.open().letters for char in missing):
            stack.append(file)
            missing = _without(text, stack)
        if not missing:
            break
    if missing:
        raise MissingFont(_advice(missing))
    return tuple(stack)


def find_font(text: str, *, voice: Voice = "sans", weight: int = 400, own: Sequence[Path] = ()) -> Path:
    """The file of the font that has most of `text`'s letters. Raises MissingFont."""
    stack = font_stack(text, voice=voice, weight=weight, own=own)
    return max(stack, key=lambda file: sum(char in file.open().letters for char in text)).path


def _without(text: str, stack: Sequence[FontFile]) -> list[str]:
    """The letters of `text` that no font of the stack has."""
    faces = [file.open() for file in stack]
    chars = dict.fromkeys(char for char in text if not _invisible(char))
    return [char for char in chars if not any(char in face.letters for face in faces)]


def _invisible(char: str) -> bool:
    return (
        char.isspace()
        or unicodedata.category(char) in ("Cc", "Cf")
        or unicodedata.name(char, "").startswith("VARIATION")
    )


def script(char: str) -> str:
    """The script a letter belongs to, by the first word of its Unicode name: "LATIN", "HANGUL", "CJK"..."""
    return unicodedata.name(char, "UNNAMED").split()[0]


def _bundled(voice: Voice, weight: int) -> FontFile:
    if voice == "sans":
        return FontFile(
            path=_packaged("font-manrope", "font_manrope/files/Manrope-VariableFont_wght.ttf"), weight=weight
        )
    names = {200: "ExtraLight", 300: "Light", 400: "Regular", 600: "Semibold", 700: "Bold", 900: "Black"}
    name = names[min(names, key=lambda w: abs(w - weight))]
    path = _packaged("font-source-serif-pro", f"font_source_serif_pro/files/SourceSerifPro-{name}.otf")
    return FontFile(path=path, weight=weight)


def _packaged(package: str, file: str) -> Path:
    """A file of an installed package, found without importing the package."""
    try:
        path = Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError:
        raise MissingFont(f"the font package {package!r} is not installed. Run: pip install {package}") from None
    if not path.is_file():
        raise MissingFont(f"{package!r} is installed without {path.name}. Run: pip install --force-reinstall {package}")
    return path


def _others(missing: Sequence[str], voice: Voice, weight: int) -> Iterator[FontFile]:
    """Fonts to look for letters in: the Chinese or Korean ones in order of taste, then all of the system's.

    Chinese letters alone are set in a Chinese font; Korean ones have them too, but not all of today's.
    """
    if all(script(char) == "CJK" for char in missing):
        yield from _chinese_extra(weight)
        yield from _named(_CHINESE, weight)
    yield from _named(_SERIF_KOREAN if voice == "serif" else (), weight)
    yield from _korean_extra(weight)
    yield from _named(_KOREAN, weight)
    for path in system_fonts():
        yield FontFile(path=path, weight=weight)


def _korean_extra(weight: int) -> Iterator[FontFile]:
    """NanumGothic of the extra `korean`; that package is not imported, as it would import matplotlib."""
    names = {300: "Light", 400: "", 700: "Bold", 800: "ExtraBold"}
    wanted = sorted(names, key=lambda w: abs(w - weight))
    for name in [names[w] for w in wanted if w != 300] if weight > 350 else [names[w] for w in wanted]:
        try:
            path = _packaged("koreanize-matplotlib", f"koreanize_matplotlib/fonts/NanumGothic{name}.ttf")
        except MissingFont:
            return
        yield FontFile(path=path, weight=weight)


def _chinese_extra(weight: int) -> Iterator[FontFile]:
    """Noto Sans SC of the extra `chinese`, in every weight."""
    with suppress(MissingFont):
        file = "justmytype_intl_cjk/fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
        yield FontFile(path=_packaged("justmytype-intl-cjk", file), weight=weight)


_CHINESE = ("NotoSansSC", "NotoSansCJK", "SourceHanSansSC", "PingFang", "msyh", "wqy-microhei", "wqy-zenhei")
_SERIF_KOREAN = ("NotoSerifCJK", "NotoSerifKR", "NanumMyeongjo", "AppleMyungjo", "batang")
_KOREAN = (
    "NotoSansKR",
    "NotoSansCJK",
    "Pretendard",
    "NanumBarunGothic",
    "NanumGothic",
    "NanumSquare",
    "AppleSDGothicNeo",
    "malgun",
    "UnDotum",
    "Baekmuk",
)
_WEIGHTS = {
    "thin": 100,
    "extralight": 200,
    "demilight": 350,
    "light": 300,
    "medium": 500,
    "semibold": 600,
    "extrabold": 800,
    "bold": 700,
    "black": 900,
    "heavy": 900,
}


def _named(names: Sequence[str], weight: int) -> Iterator[FontFile]:
    """System fonts of these families, those of the nearest weight first."""
    for name in names:
        found = [path for path in system_fonts() if path.name.lower().startswith(name.lower())]
        for path in sorted(found, key=lambda p: abs(_weight(p) - weight)):
            yield FontFile(path=path, weight=weight, index=_index(path, chinese=names is _CHINESE))


def _weight(path: Path) -> int:
    stem = path.stem.lower()
    return next((weight for word, weight in _WEIGHTS.items() if word in stem), 400)


def _index(path: Path, *, chinese: bool) -> int:
    """Noto's CJK collections hold Japanese at 0, Korean at 1 and simplified Chinese at 2."""
    if path.suffix.lower() != ".ttc" or "cjk" not in path.name.lower():
        return 0
    return 2 if chinese else 1


@cache
def system_fonts() -> tuple[Path, ...]:
    """Every outline font file in the system's and the user's font folders, in a fixed order."""
    home = Path.home()
    folders = {
        "darwin": [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"],
        "win32": [
            Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
            Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft/Windows/Fonts",
        ],
    }.get(sys.platform, [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts"])
    files = [p for folder in folders if folder.is_dir() for p in folder.rglob("*")]
    return tuple(sorted(p for p in files if p.suffix.lower() in (".ttf", ".otf", ".ttc") and _opens(p)))


def _opens(path: Path) -> bool:
    try:
        open_face(path, 0, 400)
    except BadAsset:
        return False
    return True


def _advice(missing: Sequence[str]) -> str:
    scripts = ", ".join(dict.fromkeys(script(char).capitalize() for char in missing))
    letters = "".join(missing[:12]) + ("…" if len(missing) > 12 else "")
    message = f"no font at hand has the letters '{letters}' ({scripts}). "
    if any(script(char) == "HANGUL" for char in missing):
        return (
            message
            + "Run: pip install 'filmwright[korean]', or apt install fonts-nanum, or name a font file of your own."
        )
    if any(script(char) == "CJK" for char in missing):
        return (
            message
            + "Run: pip install 'filmwright[chinese]', or apt install fonts-noto-cjk, or name a font file of your own."
        )
    return message + "Install one (fonts.google.com/noto has one for every script), or name a font file of your own."
