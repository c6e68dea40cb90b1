"""Each way to change a run is named: the file, the row, the column, both values, and what it means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earned.cli.verify import said
from earned.examine import run_id
from earned.faults import InputError
from earned.verify.again import OTHER_BYTES, OTHERWISE
from earned.verify.folder import CHANGED, MISSING, NOT_NAMED, UNREADABLE, held, record
from tests.unit.verify.conftest import Copy

Verified = Callable[..., dict[str, Any]]


def table(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in found["tables"] if t["name"] == name)


def wrong(found: dict[str, Any], part: str) -> dict[str, str]:
    """name -> why of the files that are not the same, or of the tables the rows."""
    return {p["name"]: p["why"] for p in found[part] if not p["same"]}


def test_an_untouched_run_is_the_same(copy: Copy, verified: Verified) -> None:
    found = verified(copy.run)
    assert (found["same"], found["causes"], found["recomputed"]) == (True, [], True)
    assert found["books"] == str(copy.books)
    names = {p.relative_to(copy.run).as_posix() for p in copy.run.rglob("*") if p.is_file()}
    assert {f["name"] for f in found["files"]} == names - {"run.json", "environment.json"}
    assert "Nothing differs" in said(found)


def test_the_environment_is_not_looked_at(copy: Copy, verified: Verified) -> None:
    (copy.run / "environment.json").write_text("{}")
    assert verified(copy.run)["same"]


def test_one_cell_of_a_table(copy: Copy, verified: Verified) -> None:
    key = copy.first("positions", "struct_pack(unit_id, period_id)", "gap_minor > 0")
    where = f"unit_id = '{key['unit_id']}' AND period_id = '{key['period_id']}'"
    gap = copy.first("positions", "gap_minor", where)
    copy.rewrite("positions", f"SELECT * REPLACE (if({where}, 0, gap_minor)::BIGINT AS gap_minor) FROM {{t}}")
    found = verified(copy.run)
    assert table(found, "positions")["first_difference"] == {
        "key": [key["unit_id"], key["period_id"]],
        "column": "gap_minor",
        "expected": gap,
        "found": 0,
    }
    assert wrong(found, "files") == {"tables/positions.parquet": CHANGED}
    assert [t["name"] for t in found["tables"] if not t["same"]] == ["positions"]
    assert found["causes"] == ["run_changed"]
    assert f"gap_minor: 0 in the run, {gap} by the books" in said(found)


def test_of_several_changes_the_first_by_key_is_named(copy: Copy, verified: Verified) -> None:
    copy.rewrite("units", "SELECT * REPLACE ('changed' AS owner_id) FROM {t} ORDER BY unit_id DESC")
    first = table(verified(copy.run), "units")["first_difference"]
    assert first["key"] == [copy.first("units", "min(unit_id)")]
    assert (first["column"], first["found"]) == ("owner_id", "changed")


def test_a_row_removed(copy: Copy, verified: Verified) -> None:
    finding = copy.first("findings", "min(finding_id)")
    rows = copy.first("findings", "count(*)")
    copy.rewrite("findings", f"SELECT * FROM {{t}} WHERE finding_id <> '{finding}'")
    found = table(verified(copy.run), "findings")
    assert (found["rows_expected"], found["rows_found"]) == (rows, rows - 1)
    first = found["first_difference"]
    assert (first["key"], first["column"], first["found"]) == ([finding], None, None)
    assert first["expected"]["finding_id"] == finding


def test_a_row_added(copy: Copy, verified: Verified) -> None:
    copy.rewrite(
        "findings", "FROM {t} UNION ALL SELECT * REPLACE ('F-0' AS finding_id) FROM (FROM {t} LIMIT 1)"
    )
    found = verified(copy.run)
    first = table(found, "findings")["first_difference"]
    assert (first["key"], first["column"], first["expected"]) == (["F-0"], None, None)
    assert "findings/F-0: only in the run" in said(found)


def test_a_row_twice(copy: Copy, verified: Verified) -> None:
    copy.rewrite("units", "FROM {t} UNION ALL FROM (FROM {t} LIMIT 1)")
    first = table(verified(copy.run), "units")["first_difference"]
    assert (first["column"], first["expected"]) == (None, None)


def test_a_type_of_a_column(copy: Copy, verified: Verified) -> None:
    copy.rewrite("unlinked", "SELECT * REPLACE (amount_minor::DOUBLE AS amount_minor) FROM {t}")
    first = table(verified(copy.run), "unlinked")["first_difference"]
    assert first == {
        "key": None,
        "column": "amount_minor",
        "expected": "amount_minor int64",
        "found": "amount_minor double",
    }


@pytest.mark.parametrize("name", ["report.html", "workpaper.xlsx", "books.yaml", "summary.txt"])
def test_a_file_edited(name: str, copy: Copy, verified: Verified) -> None:
    path = copy.run / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = verified(copy.run)
    assert wrong(found, "files") == {name: CHANGED}
    assert f" {name}: {CHANGED}" in said(found)


def test_rows_of_the_books_edited(copy: Copy, verified: Verified) -> None:
    path = copy.run / "books" / "entries.parquet"
    path.write_bytes((copy.run / "books" / "contracts.parquet").read_bytes())
    assert wrong(verified(copy.run), "files") == {"books/entries.parquet": CHANGED}


def test_files_deleted_and_added(copy: Copy, verified: Verified) -> None:
    (copy.run / "workpaper.xlsx").unlink()
    copy.table("guidance").unlink()
    (copy.run / "tables" / "more.parquet").write_bytes(b"")
    found = verified(copy.run)
    assert wrong(found, "files") == {
        "tables/guidance.parquet": MISSING,
        "tables/more.parquet": NOT_NAMED,
        "workpaper.xlsx": MISSING,
    }
    assert table(found, "guidance")["rows_found"] is None


@pytest.mark.parametrize("cut", [0, 10, -20])
def test_a_damaged_table(cut: int, copy: Copy, verified: Verified) -> None:
    path = copy.table("positions")
    path.write_bytes(path.read_bytes()[:cut])
    found = verified(copy.run)
    assert wrong(found, "files") == {"tables/positions.parquet": UNREADABLE}
    assert table(found, "positions")["first_difference"] is None


def test_a_column_whose_name_is_a_query(copy: Copy, verified: Verified) -> None:
    copy.rewrite("units", """SELECT *, 1 AS "x""),(SELECT 1" FROM {t}""")
    assert wrong(verified(copy.run), "files") == {"tables/units.parquet": UNREADABLE}


def test_a_table_and_its_hash_in_the_record(copy: Copy, verified: Verified) -> None:
    copy.rewrite("people", "SELECT * REPLACE ('nobody' AS name) FROM {t}")
    forge(copy, "people")
    found = verified(copy.run)
    assert wrong(found, "files") == {"tables/people.parquet": OTHERWISE}
    assert table(found, "people")["first_difference"]["column"] == "name"
    assert found["record"]["first_difference"]["key"] == "tables.people.content_sha256"
    assert found["causes"] == ["run_changed"]


def test_the_same_rows_written_by_another_program(copy: Copy, verified: Verified) -> None:
    copy.rewrite("people", "FROM {t}")
    found = verified(copy.run)
    assert wrong(found, "files") == {"tables/people.parquet": OTHER_BYTES}
    assert all(t["same"] for t in found["tables"])


def forge(copy: Copy, name: str) -> None:
    """Put the hash of a changed table into run.json."""
    from earned.engine import Engine

    engine = Engine()
    content = held(copy.run, record(copy.run), engine).written[f"tables/{name}.parquet"]
    engine.close()
    assert content
    new = {"rows": content.rows, "content_sha256": content.content_sha256}
    copy.edit(lambda said: said["tables"].update({name: new}))
    engine = Engine()
    assert held(copy.run, record(copy.run), engine).intact
    engine.close()


@pytest.mark.parametrize(
    ("key", "value"),
    [("run_id", "0" * 12), ("parameters", {"as_of": "2030-01-01"}), ("version", "0.0.1")],
)
def test_the_run_id_holds_the_record_together(key: str, value: Any, copy: Copy, verified: Verified) -> None:
    copy.edit(lambda said: said.update({key: value}))
    found = verified(copy.run)
    assert not found["same"]
    assert found["record"]["first_difference"]["key"] == "run_id"
    assert "run_changed" in found["causes"]
    assert found["version"]["run"] == ("0.0.1" if key == "version" else found["version"]["here"])


def test_a_control_total_edited_in_the_record(copy: Copy, verified: Verified) -> None:
    copy.edit(lambda said: said["control_totals"].pop())
    found = verified(copy.run)
    assert found["record"]["first_difference"]["key"] == "control_totals"
    assert found["causes"] == ["run_changed"]


def test_an_input_changed(copy: Copy, verified: Verified) -> None:
    with (copy.books / "entries.csv").open("a") as file:
        file.write("\n")
    found = verified(copy.run)
    changed = [i for i in found["inputs"] if not i["same"]]
    assert [i["path"] for i in changed] == ["entries.csv"]
    assert changed[0]["expected"] != changed[0]["found"]
    assert (found["causes"], found["recomputed"]) == (["inputs_changed"], False)
    assert all(t["same"] for t in found["tables"])
    assert "entries.csv: changed since" in said(found)


def test_an_input_missing_is_told_where_the_books_are_named(copy: Copy, verified: Verified) -> None:
    (copy.books / "evidence.csv").unlink()
    found = verified(copy.run, copy.books)
    assert [(i["path"], i["found"]) for i in found["inputs"] if not i["same"]] == [("evidence.csv", None)]
    with pytest.raises(InputError, match="--books"):
        verified(copy.run)


def test_books_that_are_nowhere_near(copy: Copy, verified: Verified, tmp_path: Path) -> None:
    copy.books.rename(tmp_path / ".gone")
    with pytest.raises(InputError, match="contracts"):
        verified(copy.run)
    with pytest.raises(InputError, match="nothing of that name"):
        verified(copy.run, copy.books)
    copy.rewrite("units", "SELECT * REPLACE ('x' AS owner_id) FROM {t}")
    found = verified(copy.run)
    assert wrong(found, "files") == {"tables/units.parquet": CHANGED}
    assert found["causes"] == ["run_changed", "not_recomputed"]
    assert found["books"] is None


def test_the_books_whose_hashes_are_right_are_taken(copy: Copy, verified: Verified, tmp_path: Path) -> None:
    """A changed copy that stands nearer is not."""
    copy.books.rename(tmp_path / "z")
    other = tmp_path / "runs" / "copy"
    other.mkdir()
    for path in (tmp_path / "z").iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    (other / "entries.csv").write_text("changed")
    assert verified(copy.run)["books"] == str(tmp_path / "z")


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "[]",
        "{}",
        '{"format": "earned.run/1"}',
        '{"format": "other"}',
        json.dumps({"format": "earned.run/1", "run_id": "x", "version": "1", "inputs": [], "parameters": {},
                    "tables": {}, "files": {}}),
        json.dumps({"format": "earned.run/1", "run_id": "x", "version": "1", "parameters": {}, "tables": {},
                    "inputs": [{"path": "../../secret", "sha256": ""}], "files": {}}),
    ],
)  # fmt: skip
def test_what_is_no_run_is_said(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(InputError, match="Name the folder that `earned examine` wrote"):
        record(tmp_path)


def test_nothing_is_left_beside_the_run(copy: Copy, verified: Verified) -> None:
    verified(copy.run)
    assert list(copy.run.parent.iterdir()) == [copy.run]


def of_another_version(copy: Copy) -> None:
    """The record as version 0.0.1 would have written it."""

    def change(said: dict[str, Any]) -> None:
        inputs = [[i["path"], i["sha256"]] for i in said["inputs"]]
        said["version"] = "0.0.1"
        said["run_id"] = run_id(inputs, said["parameters"], "0.0.1")

    copy.edit(change)


def test_another_version_with_the_same_tables_is_the_same(copy: Copy, verified: Verified) -> None:
    of_another_version(copy)
    found = verified(copy.run)
    assert (found["same"], found["version"]["run"]) == (True, "0.0.1")
    assert "the run was made by 0.0.1" in said(found)


def test_other_figures_of_another_version_are_not_blamed_on_the_run(copy: Copy, verified: Verified) -> None:
    copy.rewrite("people", "SELECT * REPLACE ('nobody' AS name) FROM {t}")
    forge(copy, "people")
    of_another_version(copy)
    found = verified(copy.run)
    assert found["causes"] == ["another_version"]
    assert table(found, "people")["first_difference"]["found"] == "nobody"
    copy.rewrite("units", "SELECT * REPLACE ('nobody' AS owner_id) FROM {t}")
    assert verified(copy.run)["causes"] == ["run_changed"], "an edited table is one in any version"
