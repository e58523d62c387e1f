"""Whether an audit log is whole: every row that was changed, moved, added or taken away is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from filmwright.core.errors import BadFilm

from .audit import KEY, START, Head, Row, head, head_path, log_path, rows
from .seals import genuine, public_key

Fault = Literal["changed", "removed", "moved", "inserted", "cut-off", "gap", "wrong-key", "no-head"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is not as it was written."""

    fault: Fault
    says: str  # for a person
    first: int = 0  # the row's number in the log as it is now, 0 for the log as such
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the check of a log found."""

    num_rows: int
    newest: str  # hash of the last row; note it elsewhere and give it to a later check
    key: str  # the public key that it was checked with
    problems: tuple[Problem, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing was found."""
        return not self.problems


def verify(*, noted: str = "") -> Finding:
    """Check this machine's log against its own key and head.

    `noted` is the end of the log as it was written down at an earlier time, "<rows>:<first digits of the hash>"; it
    finds what the head can't: an old copy of the whole folder put back.
    """
    key = public_key(KEY)
    if not log_path().exists() and not head_path().exists() and key:
        gone = Problem(fault="cut-off", says="the whole log is gone: its key is there, no row and no head is")
        return Finding(num_rows=0, newest=START, key=key, problems=(gone,))
    return check(rows(), head(), key, noted=noted)


def check(given: Iterable[Row], end: Head | None, key: str, *, noted: str = "") -> Finding:
    """Check rows in order, the head that belongs to them and, where given, a noted end, against a public key.

    Raises BadFilm where the noted end is none.
    """
    found = list(given)
    newest = found[-1].hash if found else START
    sealed = [genuine(key, row.hash.encode(), row.signature) for row in found]
    if found and not any(sealed):
        other = Problem(fault="wrong-key", says="no row is signed with this key: the key or the log is another one")
        return Finding(num_rows=len(found), newest=newest, key=key, problems=(other,))
    problems = _chain(found, sealed)
    ours = [row.hash for row, own in zip(found, sealed, strict=True) if own]
    hashes = {own: place for place, own in enumerate(ours, 1)}
    problems += _ends(hashes, end, key, num_rows=len(found), intact=not problems)
    problems += _noted(found, noted)
    return Finding(num_rows=len(found), newest=newest, key=key, problems=tuple(problems))


def _chain(found: list[Row], sealed: list[bool]) -> list[Problem]:
    """Walk along the links of the rows that this key sealed; the others stand between them or in place of some."""
    known = {START} | {row.hash for row, own in zip(found, sealed, strict=True) if own}
    problems: list[Problem] = []
    before, number, strangers = START, 0, list[int]()
    for row, own in zip(found, sealed, strict=True):
        if not own:
            strangers.append(row.number)
            continue
        changed = row.true_hash() != row.hash
        linked = changed or row.previous == before  # of a changed row, the link may be what was changed
        gone = row.previous not in known if not linked else changed and row.number > number + 1 + len(strangers)
        if gone and not strangers:
            problems.append(_removed(number + 1, row.number - 1))
        elif not linked and not gone:
            problems.append(_moved(row.number))
        problems += [_stranger(n, "changed" if gone else "inserted") for n in strangers]
        if changed:
            problems.append(_about("changed", row.number, f"row {row.number} was changed after it was signed"))
        elif row.kind == "gap":
            problems.append(_about("gap", row.number, f"before row {row.number}, rows were lost: {_facts_of(row)}"))
        before, number, strangers = row.hash, row.number, []
    problems += [_stranger(n, "inserted") for n in strangers]
    return _joined(problems)


def _ends(hashes: dict[str, int], end: Head | None, key: str, *, num_rows: int, intact: bool) -> list[Problem]:
    """Whether the head stands where its row does."""
    if end is None:
        says = "the signed head beside the log is missing: rows at the end may be, too"
        return [Problem(fault="no-head", says=says)] if num_rows else []
    if not genuine(key, end.message(), end.signature):
        return [Problem(fault="no-head", says="the head beside the log is not signed with this key")]
    place = hashes.get(end.hash, 0 if end.hash == START else None)
    if place is None and end.count > num_rows:
        return [_cut_off(num_rows + 1, end.count)]
    if place is None:
        return [_about("cut-off", end.count, f"row {end.count}, the last when the head was signed, is not there")]
    if intact and place != end.count:  # links that hold, and yet another number of rows
        return [_about("removed", 0, f"the head counts {end.count} rows up to its own, the log has {place}")]
    return []


def _noted(found: list[Row], noted: str) -> list[Problem]:
    if not noted:
        return []
    count, _, digits = noted.partition(":")
    if not count.isdigit() or len(digits) < 8:
        raise BadFilm(f"{noted!r} is no end of a log. Give it as verify printed it, like 42:9f86d081884c.")
    place = int(count)
    there = START if place == 0 else found[place - 1].hash if place <= len(found) else ""
    if there.startswith(digits.lower()):
        return []
    return [_about("cut-off", place, f"row {place} was {digits} when you noted it; that row is not there any more")]


def _about(fault: Fault, number: int, says: str) -> Problem:
    return Problem(fault=fault, says=says, first=number, last=number)


def _removed(first: int, last: int) -> Problem:
    if last < first:
        return _about("removed", first, f"at least one row is missing before row {first}")
    return Problem(fault="removed", says=f"{_rows(first, last)} missing", first=first, last=last)


def _cut_off(first: int, last: int) -> Problem:
    return Problem(fault="cut-off", says=f"{_rows(first, last)} missing from the end", first=first, last=last)


def _moved(number: int) -> Problem:
    return _about("moved", number, f"row {number} does not stand where it was signed")


def _stranger(number: int, fault: Fault) -> Problem:
    how = "was changed and" if fault == "changed" else "was put in: it"
    return _about(fault, number, f"row {number} {how} is not signed with this key")


def _rows(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"


def _facts_of(row: Row) -> str:
    return row.facts.get("found", "")


def _joined(problems: list[Problem]) -> list[Problem]:
    """One problem for neighbours that stand in another order: two swapped rows displace the third as well."""
    out: list[Problem] = []
    for problem in problems:
        if out and out[-1].fault == problem.fault == "moved" and problem.first == out[-1].last + 1:
            first, last = out.pop().first, problem.last
            says = f"rows {first} to {last} do not stand in the order in which they were signed"
            problem = Problem(fault="moved", says=says, first=first, last=last)
        out.append(problem)
    return out
