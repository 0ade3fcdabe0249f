"""Files of a project: edits as an editor counts them, archives that bring nothing in from outside, room kept."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.ea.archives import ArchiveUnsafe, pack, unpack
from forex_elite.domain.ea.differences import ChangeKind, compare, count_lines
from forex_elite.domain.ea.files import (
    MAX_FILE_BYTES,
    MAX_FILES,
    ProjectTooLarge,
    check_path,
    check_room,
    find_entry,
    manifest_hash,
)
from forex_elite.domain.ea.patches import EditOutOfRange, TextEdit, WayBack, apply_edits, way_back
from forex_elite.errors import InvalidInput

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NAME = st.text("abcXYZ019_ .", min_size=1, max_size=12)


def as_javascript(text: str, edits: list[TextEdit]) -> str:
    """What an editor does: a list of UTF-16 code units with parts replaced."""
    units = list(text.encode("utf-16-be"))
    for edit in edits:
        units[2 * edit.offset : 2 * (edit.offset + edit.length)] = list(edit.text.encode("utf-16-be"))
    return bytes(units).decode("utf-16-be", "surrogatepass")


@given(text=TEXT, data=st.data())
def test_edits_come_out_as_in_the_editor_or_are_refused(text: str, data: st.DataObject) -> None:
    edits, units = [], len(text.encode("utf-16-le")) // 2
    for _ in range(data.draw(st.integers(0, 4))):
        offset = data.draw(st.integers(0, units))
        length = data.draw(st.integers(0, units - offset))
        new = data.draw(TEXT)
        edits.append(TextEdit(offset, length, new))
        units += len(new.encode("utf-16-le")) // 2 - length
    expected = as_javascript(text, edits)

    if any(0xD800 <= ord(one) < 0xE000 for one in expected):
        with pytest.raises(InvalidInput):
            apply_edits(text, edits)
    else:
        assert apply_edits(text, edits) == expected


@given(old=st.binary(max_size=30) | st.text("ab", max_size=30).map(str.encode), new=st.text("ab", max_size=30))
def test_the_way_back_leads_to_the_old_bytes(old: bytes, new: str) -> None:
    back = way_back(old, new.encode())

    assert back.old(new.encode()) == old
    assert back.length <= len(new)


def test_the_way_back_over_a_small_change_is_small() -> None:
    old = b"x" * 100_000 + b"old" + b"y" * 100_000

    assert way_back(old, old.replace(b"old", b"newer")) == WayBack(100_000, 5, b"old")


@given(text=TEXT, offset=st.integers(-5, 200), length=st.integers(-5, 200))
def test_an_edit_beyond_the_text_is_never_made(text: str, offset: int, length: int) -> None:
    units = len(text.encode("utf-16-le")) // 2
    if offset < 0 or length < 0 or offset + length > units:
        with pytest.raises(EditOutOfRange):
            apply_edits(text, [TextEdit(offset, length, "x")])


@given(files=st.dictionaries(NAME.map(lambda name: f"a/{name.strip(' .')}x.mqh"), st.binary(max_size=200), max_size=8))
def test_what_is_packed_comes_out_the_same_and_packs_the_same(files: dict[str, bytes]) -> None:
    if len({path.lower() for path in files}) < len(files):
        return
    packed = pack({**files, "b/main.mq5": b"// main"})

    assert unpack(packed).files == {**files, "b/main.mq5": b"// main"}
    assert pack(unpack(packed).files) == packed


@given(junk=st.binary(max_size=300))
def test_no_bytes_are_taken_for_an_archive_without_being_one(junk: bytes) -> None:
    with pytest.raises(ArchiveUnsafe):
        unpack(junk)


@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_damaged_archive_is_refused_or_says_the_same(at: int, byte: int) -> None:
    whole = {"Trend.mq5": b"// trend\n" * 20, "Lib.mqh": b"// lib\n" * 20}
    packed = bytearray(pack(whole))
    packed[at % len(packed)] = byte
    try:
        found = unpack(bytes(packed))
    except (ArchiveUnsafe, ProjectTooLarge):
        return
    for path, content in found.files.items():
        check_path(path)
        assert len(content) <= MAX_FILE_BYTES


def test_a_link_in_an_archive_is_only_text() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("link.mqh")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    assert unpack(made.getvalue()).files == {"link.mqh": b"/etc/passwd"}


@pytest.mark.parametrize("name", ["Größe.mq5", unicodedata.normalize("NFD", "Größe.mq5")])
def test_names_in_utf8_are_read_where_the_archive_does_not_say_so_as_the_mac_s(name: str) -> None:
    written, stand_in = name.encode(), b"x" * len(name.encode())
    packed = pack({f"{stand_in.decode()}.mq5": b"// main"}).replace(stand_in, written)

    assert list(unpack(packed).files) == ["Größe.mq5.mq5"]


def test_names_in_the_code_page_of_dos_are_read_as_such() -> None:
    packed = pack({"Gr__e.mq5": b"// main"}).replace(b"Gr__e", "Größe".encode("cp437"))

    assert list(unpack(packed).files) == ["Größe.mq5"]


def test_names_that_windows_takes_for_one_are_taken_once() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("Größe.mq5", unicodedata.normalize("NFD", "Größe.mq5"), "GRÖßE.MQ5", "Other.mq5"):
            archive.writestr(name, name)

    found = unpack(made.getvalue())

    assert list(found.files) == ["Größe.mq5", "Other.mq5"]
    assert [path for path, _ in found.skipped] == [unicodedata.normalize("NFD", "Größe.mq5"), "GRÖßE.MQ5"]


@given(path=st.text(max_size=40))
def test_a_path_that_passes_stays_inside_and_passes_again(path: str) -> None:
    try:
        checked = check_path(path)
    except InvalidInput:
        return
    assert check_path(checked) == checked
    assert ".." not in checked.split("/")
    assert not checked.startswith("/")
    assert ":" not in checked


@pytest.mark.parametrize(
    ("paths", "wanted", "entry"),
    [
        ([], "", ""),
        (["Lib.mqh"], "Lib.mqh", ""),
        (["b.mq5", "a.mq5"], "", "a.mq5"),
        (["src/a.mq5", "z.mq5"], "", "z.mq5"),
        (["a.mq5", "b.mq5"], "B.MQ5", "b.mq5"),
        (["a.mq5"], "gone.mq5", "a.mq5"),
    ],
)
def test_the_main_file_is_the_wanted_one_or_the_first_program(paths: list[str], wanted: str, entry: str) -> None:
    assert find_entry(paths, wanted) == entry


def test_room_is_counted_in_files_and_bytes() -> None:
    check_room(dict.fromkeys(map(str, range(MAX_FILES)), 1))
    for sizes in (
        dict.fromkeys(map(str, range(MAX_FILES + 1)), 1),
        {"a": MAX_FILE_BYTES + 1},
        dict.fromkeys("abcde", MAX_FILE_BYTES),
    ):
        with pytest.raises(ProjectTooLarge):
            check_room(sizes)


def test_a_version_s_hash_knows_paths_contents_and_the_main_file() -> None:
    one = manifest_hash({"a": "1", "b": "2"}, "a")

    assert one == manifest_hash({"b": "2", "a": "1"}, "a")
    assert len({one, manifest_hash({"a": "2", "b": "1"}, "a"), manifest_hash({"a": "1", "b": "2"}, "b")}) == 3


@given(old=st.lists(st.sampled_from("abc"), max_size=30), new=st.lists(st.sampled_from("abc"), max_size=30))
def test_counted_lines_account_for_the_length(old: list[str], new: list[str]) -> None:
    added, removed = count_lines("\n".join(old), "\n".join(new))

    assert len(new) - len(old) == added - removed


def test_comparing_names_every_file_once() -> None:
    assert compare({"a": "1", "b": "1", "c": "1"}, {"b": "1", "c": "2", "d": "1"}) == [
        ("a", ChangeKind.REMOVED),
        ("b", ChangeKind.SAME),
        ("c", ChangeKind.CHANGED),
        ("d", ChangeKind.ADDED),
    ]
