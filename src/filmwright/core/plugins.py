"""Extension points: a folder is a slot, a file in it is a driver, the file name is the driver's name.

This is the only place in filmwright that imports lazily. Driver files import what they need at the top,
like any Python file, because they are only imported when somebody asks for them by name.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Generic, TypeVar

from .errors import BadFilm, MissingExtra, UnknownDriver

T = TypeVar("T")


class Slot(Generic[T]):
    """One extension point: `package` holds the built-in drivers, entry points add others'.

    `kind` is the word for one driver in messages ("renderer"). The entry-point group is
    `filmwright.<kind>s`; a name that a built-in has is refused, never shadowed. `extras` names the extra
    to install for a driver whose extra is not called after it.
    """

    def __init__(self, package: str, kind: str, *, extras: dict[str, str] | None = None) -> None:
        self.package, self.kind, self._extras = package, kind, extras or {}

    def names(self) -> list[str]:
        """Every driver that could be opened. Imports none of them."""
        return sorted(self._where())

    def about(self, name: str) -> str:
        """First line of the driver's docstring, read without importing it."""
        spec = find_spec(self._find(name))
        if spec is None or spec.origin is None:
            return ""
        source = Path(spec.origin).read_text(encoding="utf-8")
        return (ast.get_docstring(ast.parse(source)) or "").split("\n")[0]

    def load(self, name: str) -> Callable[..., T]:
        """Import one driver and return its `build`."""
        where = self._find(name)
        try:
            build: Callable[..., T] = import_module(where).build
        except ModuleNotFoundError as err:
            if (err.name or "").startswith("filmwright"):
                raise  # our own bug, not a missing extra
            raise MissingExtra(
                f"{self.kind} {name!r} needs {err.name!r}, which is not installed. "
                f"Run: pip install 'filmwright[{self._extras.get(name, name)}]'"
            ) from err
        return build

    def options(self, name: str) -> dict[str, Any]:
        """The driver's options with their defaults, in the order they are declared."""
        return {p.name: p.default for p in inspect.signature(self.load(name)).parameters.values()}

    def open(self, name: str, **options: Any) -> T:
        """Import one driver and build it with `options`, checked by pydantic."""
        from pydantic import ConfigDict, ValidationError, validate_call  # here, so that --help stays instant

        checked = validate_call(config=ConfigDict(arbitrary_types_allowed=True))(self.load(name))
        try:
            return checked(**options)
        except ValidationError as err:
            bad = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in err.errors())
            known = ", ".join(self.options(name)) or "none"
            raise BadFilm(f"{self.kind} {name!r} does not accept these options: {bad}. It has: {known}.") from err

    def _find(self, name: str) -> str:
        where = self._where()
        if name not in where:
            near = get_close_matches(name, where, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(sorted(where))}."
            raise UnknownDriver(f"no {self.kind} is called {name!r}.{hint}")
        return where[name]

    def _where(self) -> dict[str, str]:
        built_in = {
            m.name: f"{self.package}.{m.name}"
            for m in iter_modules(import_module(self.package).__path__)
            if not m.name.startswith("_")
        }
        others = {e.name: e.value for e in entry_points(group=f"filmwright.{self.kind}s")}
        if taken := sorted(built_in.keys() & others.keys()):
            raise UnknownDriver(
                f"an installed package offers a {self.kind} called {taken[0]!r} ({others[taken[0]]}), but that name "
                f"is built in. Uninstall the package or ask its author to rename the driver."
            )
        return {**built_in, **others}
