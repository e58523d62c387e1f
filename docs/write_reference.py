"""Write cli.md, drivers.md, conformance.md and api.md of docs/reference from the program itself.

Run: python docs/write_reference.py [--check].
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

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


def api_page() -> str:
    """Every route of the server, from its OpenAPI schema, and every code that errors have."""
    from tempfile import TemporaryDirectory

    from filmwright.apps.server.app import create_app
    from filmwright.apps.server.page import curl, operations, pretty
    from filmwright.apps.server.service import opened
    from filmwright.apps.server.settings import ServerSettings

    with TemporaryDirectory() as folder:
        settings = ServerSettings(database=f"sqlite:///{folder}/service.db", store=folder, worker=False)
        with opened(settings) as service:
            schema = create_app(service).openapi()
    lines = ["# The API of `filmwright serve`\n", "Written by `python docs/write_reference.py`; do not edit.\n", API]
    for path, method, operation in operations(schema):
        lines += [f"## {method.upper()} {path}\n", " ".join(operation["description"].split()) + "\n"]
        lines += _table(_fields(operation))
        lines += [f"```sh\n{curl(path, method, operation, 'http://127.0.0.1:8008')}\n```\n"]
        for kind, content in operation["responses"]["200"].get("content", {}).items():
            if "example" in content:
                lines += [f"```{'json' if 'json' in kind else 'text'}\n{pretty(content['example']).strip()}\n```\n"]
    return "\n".join(lines)


def _fields(operation: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, types and meaning of all that a request may say."""
    from filmwright.apps.server.page import kind_of

    for one in operation.get("parameters", []):
        yield f"`{one['name']}` ({one['in']})", kind_of(one["schema"]).strip("()"), one.get("description", "")
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    properties = content.get("schema", {}).get("properties", {})
    needed = content.get("schema", {}).get("required", [])
    for name, schema in sorted(properties.items(), key=lambda item: item[0] not in needed):
        yield f"`{name}`", kind_of(schema).strip("()"), schema.get("description", "")


def _table(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    cells = [" | ".join(" ".join(cell.split()) for cell in row) for row in rows]
    return ["| field | type | meaning |", "|---|---|---|", *(f"| {row} |" for row in cells), ""] if cells else []


API = """In the shape of the `openai` SDK's `client.videos`; [how to run it](../how-to/run-it-as-a-service.md). With keys, every
request under `/v1` carries `Authorization: Bearer KEY`. Numbers may come as strings. Times are Unix seconds.

Every error is `{"error": {"message", "type", "param", "code"}}`. Codes stay as they are:

| status | codes |
|---|---|
| 400 | `invalid_request`, `invalid_value`, `missing_required_parameter`, `invalid_json`, `invalid_multipart`, `invalid_batch`, `invalid_http`, `upload_cancelled`, `prompt_too_long`, `size_too_large`, `too_long`, `input_kind_not_supported`, `not_supported_by_model`, `characters_not_supported`, `moderation_blocked`, `held_for_review`, `missing_font`, `unknown_driver`, `model_not_installed`; of inputs: `empty_file`, `broken_file`, `polyglot`, `kind_not_allowed`, `too_many_pixels`, `too_many_faces`, `archive_bomb`, `nested_archive`, `unsafe_path`, `unsafe_archive`, `parse_timeout`, `parse_memory`, `parse_failed`, `bad_url`, `host_not_allowed`, `private_address`, `too_many_redirects`, `fetch_failed`, `fetch_timeout` |
| 401 | `missing_api_key`, `invalid_api_key`, `expired_api_key`, `revoked_api_key` |
| 403 | `missing_scope`, `origin_not_allowed` |
| 404 | `not_found`, `unknown_url`, `model_not_found`, `video_not_ready`, `video_failed` |
| 405, 408, 413, 415, 416, 421, 431 | `method_not_allowed`, `request_timeout`, `request_too_large` or `too_large`, `unsupported_media_type` or `unsupported_type`, `range_not_satisfiable`, `wrong_host`, `headers_too_large` |
| 409 | `conflict`, `video_not_ready` |
| 429 | `rate_limit_exceeded`, `daily_jobs_exceeded`, `daily_seconds_exceeded`, `storage_exceeded`, `too_many_streams`, `too_many_sessions` |
| 500, 503 | `internal_error`; `unavailable`, `storage_unavailable`, `too_many_connections` |

A job that failed has such a code too, [of its own](../explanation/orders.md#what-goes-wrong), or `cancelled`.
"""  # noqa: E501


def main() -> None:
    """Write the pages, or with --check fail where one is stale."""
    pages = {"cli": cli_page, "drivers": drivers_page, "conformance": rules_page, "api": api_page}
    for name, text in {f"{name}.md": write() for name, write in pages.items()}.items():
        page = HERE / name
        if "--check" in sys.argv:
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                sys.exit(f"{page} is stale: run python docs/write_reference.py")
        else:
            page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
