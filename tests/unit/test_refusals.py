"""What the operating system refuses is told in words that a user can act on."""

import errno
import json

import pytest
import typer

from filmwright.apps.cli.exits import told
from filmwright.core.errors import CannotWrite
from filmwright.core.files import whole, workroom


def test_a_full_disk_names_the_file_that_was_asked_for(tmp_path):
    with (
        workroom(tmp_path) as room,
        pytest.raises(CannotWrite, match=f"cannot write {tmp_path / 'film.mp4'}: the disk is full"),
        whole(room / "ready" / "film.mp4"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_of_somebody_else_s_is_no_bug(as_json, capsys):
    with pytest.raises(typer.Exit) as ended, told(as_json=as_json):
        raise PermissionError(errno.EACCES, "Permission denied", "theirs.mp4")
    out, err = capsys.readouterr()
    said = json.loads(out)["message"] if as_json else err
    assert "theirs.mp4 can't be opened: permission denied" in said
    assert ended.value.exit_code == 3
