"""Write docs/reference/cli.md and drivers.md from the program itself: python docs/write_reference.py [--check]."""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "reference"
COMMANDS = ("make", "generate", "shots", "sign", "verify", "card")
COMMANDS += ("simulate", "train", "evaluate", "serve", "worker", "conformance", "new", "drivers", "doctor")
GROUPS = {
    "review": ("list", "show", "approve", "reject"),
    "consent": ("add", "list", "show", "revoke"),
    "audit": ("show", "verify", "export"),
    "keys": ("create", "list", "revoke"),
}


def help_text(*command: str) -> str:
    """What `filmwright ... --help` prints in a terminal of 100 columns, without colour."""
    plain = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    plain["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
    run = subprocess.run(
        [sys.executable, "-m", "filmwright", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | plain,
    )
    return "\n".join(re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in run.stdout.strip().splitlines())


def cli_page() -> str:
    """Every command's help."""
    parts = ["# The command line\n\nWritten by `python docs/write_reference.py`; do not edit.\n"]
    commands = [
        (),
        *((name,) for name in COMMANDS),
        *((group, name) for group, names in GROUPS.items() for name in names),
    ]
    parts += [f"## {' '.join(('filmwright', *c))}\n\n```text\n{help_text(*c)}\n```\n" for c in commands]
    return "\n".join(parts)


def drivers_page() -> str:
    """Every slot, driver and option."""
    from filmwright.jobs.doctor import list_drivers

    lines = ["# Drivers\n", "Written by `python docs/write_reference.py`; do not edit.\n"]
    slot = ""
    for row in list_drivers():
        if row["slot"] != slot:
            slot = row["slot"]
            lines += [f"## {slot}s\n", "| driver | what it is for | options and their defaults |", "|---|---|---|"]
        options = ", ".join(f"`{k} = {v or chr(39) * 2}`" for k, v in row["options"].items()) or "none"
        lines.append(f"| `{row['driver']}` | {row['about']} | {options} |")
    return re.sub(r"\n## ", "\n\n## ", "\n".join(lines)) + "\n"


def rules_page() -> str:
    """Every rule of the conformance examination."""
    from filmwright.jobs.conformance.topics import CHECKS

    lines = ["# The rules of `filmwright conformance`\n", "Written by `python docs/write_reference.py`; do not edit."]
    topic = ""
    for check in CHECKS:
        if check.topic != topic:
            topic = check.topic
            lines += [f"\n## {topic}\n", "| check | the rule | where it is from |", "|---|---|---|"]
        lines.append(f"| `{check.name}` | {check.rule} | {check.source} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the pages, or with --check fail where one is stale."""
    for name, text in {"cli.md": cli_page(), "drivers.md": drivers_page(), "conformance.md": rules_page()}.items():
        page = HERE / name
        if "--check" in sys.argv:
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                sys.exit(f"{page} is stale: run python docs/write_reference.py")
        else:
            page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
