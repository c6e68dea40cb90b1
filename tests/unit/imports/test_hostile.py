"""Exports come from the people under investigation: what a hostile one does, and that nothing is left."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from earned.faults import Fault
from earned.imports import files
from tests.unit.imports import samples

Refused = Callable[[str, Path], Fault]

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
)


def test_a_doctype_is_refused(tmp_path: Path, refused: Refused) -> None:
    fault = refused("saft", samples.saft_no(tmp_path, before=LAUGHS))
    assert fault.expected == "XML without DOCTYPE"
    assert fault.row == 2


def test_a_file_outside_named_by_an_entity_is_not_read(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "secret").write_text("secret")
    before = '<!DOCTYPE a [<!ENTITY x SYSTEM "secret">]>'
    assert refused("saft", samples.saft_no(tmp_path, before=before)).expected == "XML without DOCTYPE"


def test_gobd_s_own_doctype_may_not_carry_entities(tmp_path: Path, refused: Refused) -> None:
    fault = refused("gobd", samples.gobd(tmp_path, subset=' [<!ENTITY x "y">]'))
    assert fault.expected == "XML without DOCTYPE"


def test_xml_that_breaks_off(tmp_path: Path, refused: Refused) -> None:
    path = samples.saft_no(tmp_path)
    path.write_text(path.read_text(encoding="utf-8")[:-200], encoding="utf-8")
    assert refused("saft", path).expected.startswith("well-formed XML")


def test_xml_nested_without_end_and_in_an_unknown_encoding(tmp_path: Path, refused: Refused) -> None:
    path = samples.saft_no(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<MasterFiles>", f"<MasterFiles>{'<a>' * 100}"), encoding="utf-8")
    assert refused("saft", path).expected == "elements at most 60 deep"
    path.write_text(text.replace('"UTF-8"', '"x-none"'), encoding="utf-8")
    assert "encoding" in refused("saft", path).expected


def test_a_comment_and_a_text_that_go_on_and_on(tmp_path: Path, refused: Refused) -> None:
    path = samples.saft_no(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("<MasterFiles>", f"<!--{'x' * 20 * files.MIB}--><MasterFiles>"), encoding="utf-8"
    )
    assert refused("saft", path).expected == "tags and comments of at most 16 MiB"
    path.write_text(text.replace("Kunde AS", "x" * 2 * files.MIB), encoding="utf-8")
    assert refused("saft", path).expected == "texts of at most 1 MiB"


@pytest.mark.parametrize("name", ["../escape.csv", "/escape.csv", "..\\escape.csv", "C:\\escape.csv"])
def test_a_zip_that_leads_outside_is_refused(name: str, tmp_path: Path, refused: Refused) -> None:
    path = samples.gobd(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    fault = refused("gobd", path)
    assert fault.expected == "names inside the archive that stay inside it"
    assert not (tmp_path.parent / "escape.csv").exists()


def test_a_zip_bomb_is_refused(tmp_path: Path, refused: Refused) -> None:
    path = samples.gobd(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(8 * files.MIB))
    fault = refused("gobd", path)
    assert (fault.expected, fault.value) == ("at most 200 times the packed size", "zeros")


def test_a_link_in_a_zip_and_too_many_members(tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "links.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("index.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    assert refused("gobd", path).expected == "files, no links"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(files.LIMITS["members"] + 1):
            archive.writestr(str(number), "")
    assert refused("gobd", path).expected == "at most 2,000 files in a zip archive"


def test_a_gzip_bomb_is_refused(tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "123456789FEC20211231.txt.gz"
    with gzip.open(path, "wb") as packed:
        for _ in range(80):
            packed.write(bytes(files.MIB))
    assert "times the packed size" in refused("fec", path).expected


def test_a_table_of_gobd_outside_the_export_is_refused(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "outside.csv").write_text("x")
    for url in ("../outside.csv", "/etc/passwd", "https://example.org/x.csv", "missing.csv"):
        assert refused("gobd", samples.gobd(tmp_path, url=url)).column == "URL"


def test_a_link_in_a_folder_is_refused(tmp_path: Path, refused: Refused) -> None:
    place = samples.ads(tmp_path)
    (place / "more.txt").symlink_to("/etc/hostname")
    assert refused("ads", place).expected == "a file, no link"


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"facts": NaN}', "[" * 100_000, '{"facts": {}', "{}"],
    ids=["repeated key", "no number", "deep", "broken off", "empty"],
)
def test_json_that_is_none(text: str, tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "facts.json").write_text(text)
    assert refused("sec", tmp_path / "facts.json").file == "facts.json"


def test_an_open_model_may_not_name_a_file_outside(tmp_path: Path, refused: Refused) -> None:
    place = tmp_path / "in"
    place.mkdir()
    path = samples.xbrl_gl_open(place, as_facts=False)
    content = json.loads(path.read_text())
    content["tables"]["gl"]["url"] = "../outside.csv"
    path.write_text(json.dumps(content))
    (tmp_path / "outside.csv").write_text("x")
    assert refused("xbrl-gl", path).value == "../outside.csv"


def test_a_field_without_end_and_a_missing_file(tmp_path: Path, refused: Refused) -> None:
    place = samples.sap(tmp_path)
    with (place / "bseg.csv").open("a") as file:
        file.write('1000;9;2021;001;S;0000411000;1;1;"' + "x" * (2 * files.MIB))
    assert "fields up to 1 MiB" in refused("sap", place).expected
    assert refused("sap", tmp_path / "none").expected == "there is nothing of that name"


def test_bytes_that_are_no_text_reject_their_row(tmp_path: Path, imported: Callable[..., object]) -> None:
    path = tmp_path / "gl.txt"
    path.write_bytes(
        b"\xef\xbb\xbfJournal_ID|GL_Account_Number|Amount|Effective_Date|JE_Line_Description\n"
        b"1|10|5.00|20210101|good\n1|20|-5.00|20210101|b\xe4d\n"
    )
    done = imported("ads", path)
    assert [(r.row, r.column) for r in done.result.rejected] == [(3, "description")]  # type: ignore[attr-defined]
