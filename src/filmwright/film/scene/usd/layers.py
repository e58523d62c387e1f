"""Opening a USD file, and nothing that lies elsewhere."""

import zipfile
from pathlib import Path

from pxr import Ar, Sdf, Tf, Usd

from filmwright.core.errors import BadAsset

from ..sources import beside, file_bytes

_MAX_LAYERS = 500


def opened(path: Path) -> Usd.Stage:
    """The stage of a .usd, .usda, .usdc or .usdz file, whose layers lie in its folder or below, or in its package.

    Raises BadAsset for what is broken or leads elsewhere: layers are looked at one by one before any is composed.
    """
    file_bytes(path)  # that it is a plain file, and has something in it
    try:
        _check(path)
        stage = Usd.Stage.Open(str(path))
    except Tf.ErrorException as err:
        raise BadAsset(f"{path} is no valid USD: {_first(err)}. Export it again.") from err
    if not stage:
        raise BadAsset(f"{path} is no valid USD. Export it again.")
    return stage


def asset_bytes(path: Path, asset: Sdf.AssetPath) -> bytes | None:
    """What an asset path of an opened file leads to, such as a picture; None where it is missing."""
    if not asset.resolvedPath:
        _check_reference(path, asset.path)
        return None
    file = _place(path, asset.path, asset.resolvedPath)
    if file == path:
        _, inner = Ar.SplitPackageRelativePathOuter(asset.resolvedPath)
        with zipfile.ZipFile(path) as package:
            return package.read(inner)
    return file_bytes(file) if file.is_file() else None


def _check(path: Path) -> None:
    waiting, seen = [str(path)], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if len(seen) > _MAX_LAYERS:
            raise BadAsset(f"{path} has more than {_MAX_LAYERS} layers. Export it as one.")
        layer = Sdf.Layer.FindOrOpen(name)
        for reference in filter(None, layer.GetCompositionAssetDependencies() if layer else ()):  # "" is itself
            target = layer.ComputeAbsolutePath(reference)
            _place(path, reference, target)
            waiting.append(target)


def _place(path: Path, reference: str, target: str) -> Path:
    """The file that holds what a reference resolves to: the package itself, or a file in its folder or below."""
    _check_reference(path, reference)
    outer, _ = Ar.SplitPackageRelativePathOuter(target) if Ar.IsPackageRelativePath(target) else (target, "")
    file = Path(outer).resolve()
    packed = path.suffix.lower() == ".usdz"
    if file != path.resolve() if packed else not file.is_relative_to(path.parent.resolve()):
        raise BadAsset(f"{path} refers to {reference[:120]!r}, which leaves its {'package' if packed else 'folder'}.")
    return path if packed else file


def _check_reference(path: Path, reference: str) -> None:
    """As for every other format: no web address, no absolute path (sources.beside)."""
    if reference.strip("./"):
        beside(path, reference.replace("../", ""))  # steps up are weighed where they lead to


def _first(err: Exception) -> str:
    return str(err).strip().splitlines()[-1].strip()[:200]
