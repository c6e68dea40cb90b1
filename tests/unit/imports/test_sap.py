"""SAP extracts as users make them: SE16 lists, German words, other settings, ACDOCA, what stands twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from earned.faults import Fault
from tests.unit.imports import samples
from tests.unit.imports.conftest import totals, untied

Import = Callable[[str, Path], SimpleNamespace]


def page(*rows: str) -> str:
    """A list as SE16 prints it: rules of dashes, blanks around the cells, the header again on each page."""
    rule = "-" * 60
    head, *below = [f"|{row}|" for row in rows]
    half = len(below) // 2
    return "\n".join(["Tabelle: X", rule, head, rule, *below[:half], rule, head, rule, *below[half:], rule])


def lists(folder: Path) -> Path:
    """The quarter of the samples in German: days as 31.01.2021, amounts as 1.200,00, a minus behind."""
    place = folder / "lists"
    place.mkdir()
    heads = [
        "Buchungskreis|Belegnummer |Geschäftsjahr|Buchungsdatum|Belegdatum|Erfassungsdatum|Währung|Benutzer"
    ]
    days = {line[0]: line[6] for line in samples.LINES}
    for number, day in days.items():
        german = f"{day[8:]}.{day[5:7]}.{day[:4]}"
        heads.append(f"1000 |{number} |2021|{german}|{german}|00.00.0000|EUR  |ADA ")
    lines = [
        "Buchungskreis|Belegnummer|Geschäftsjahr|Buchungszeile|Soll/Haben-Kennz.|Hauptbuchkonto"
        "|Betrag in Belegwährung|Text"
    ]
    for journal, line, account, _, debit, credit, _, said in samples.LINES:
        side, amount = ("S", debit) if float(debit) else ("H", credit)
        german = f"{float(amount):,.2f}".translate(str.maketrans(",.", ".,"))
        lines.append(f"1000|{journal}|2021|{line}|{side}|{account}|{german:>12} |{said}")
    (place / "BKPF.txt").write_text(page(*heads), encoding="windows-1252")
    (place / "BSEG.txt").write_text(page(*lines), encoding="windows-1252")
    return place


def test_a_list_of_se16_in_german(tmp_path: Path, imported: Import) -> None:
    done = imported("sap", lists(tmp_path))
    assert done.result.rejected_rows == 0 and untied(done.result) == []
    assert totals(done.result)["journals that balance"] == ("3", "3")
    lines = [(r["effective_date"], r["account"], r["amount"]) for r in done.rows("ledger")]
    assert lines[:2] == [("2021-01-31", "411000", "1200.00"), ("2021-01-31", "706000", "-1000.00")]
    assert len(lines) == 8 and {r["preparer"] for r in done.rows("ledger")} == {"ADA"}


def test_a_minus_behind_and_points_between_thousands(tmp_path: Path, imported: Import) -> None:
    place = lists(tmp_path)
    path = place / "BSEG.txt"
    text = path.read_text(encoding="windows-1252")
    path.write_text(text.replace("    1.200,00 ", "   1.200,00- "), encoding="windows-1252")
    assert imported("sap", place).rows("ledger")[0]["amount"] == "-1200.00"


def test_settings_that_are_mixed_are_refused(tmp_path: Path, refused: Callable[..., Fault]) -> None:
    place = lists(tmp_path)
    path = place / "BSEG.txt"
    text = path.read_text(encoding="windows-1252").replace("1.000,00", "1,000.00")
    path.write_text(text, encoding="windows-1252")
    assert refused("sap", place).expected == "one way of writing amounts and days in a file"


@pytest.mark.parametrize(
    ("amounts", "days", "value"),
    [(("1.200", "1.000", "200"), "20210131", "1.234"), (("1200.00",) * 3, "02/01/2021", "03/04/2021")],
)
def test_what_can_be_read_in_two_ways_is_refused(
    amounts: tuple[str, ...], days: str, value: str, tmp_path: Path, refused: Callable[..., Fault]
) -> None:
    (tmp_path / "bkpf.csv").write_text(f"BUKRS;BELNR;GJAHR;BUDAT;WAERS\n1;1;2021;{days};EUR\n")
    lines = [f"1;1;2021;{n};S;100;{amount}" for n, amount in enumerate(amounts)]
    (tmp_path / "bseg.csv").write_text("BUKRS;BELNR;GJAHR;BUZEI;SHKZG;HKONT;WRBTR\n" + "\n".join(lines))
    assert refused("sap", tmp_path).value == value


def test_american_days_are_told_by_one_beyond_the_twelfth(tmp_path: Path, imported: Import) -> None:
    heads = "BUKRS;BELNR;GJAHR;BUDAT;WAERS\n1;1;2021;02/01/2021;EUR\n1;2;2021;01/31/2021;EUR\n"
    (tmp_path / "bkpf.csv").write_text(heads)
    lines = "BUKRS;BELNR;GJAHR;BUZEI;SHKZG;HKONT;WRBTR\n1;1;2021;1;S;10;5\n1;2;2021;1;S;10;5\n"
    (tmp_path / "bseg.csv").write_text(lines)
    days = [r["effective_date"] for r in imported("sap", tmp_path).rows("ledger")]
    assert days == ["2021-02-01", "2021-01-31"]


def test_a_header_twice_does_not_double_its_lines(tmp_path: Path, imported: Import) -> None:
    place = samples.sap(tmp_path)
    path = place / "bkpf.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    done = imported("sap", place)
    assert len(done.rows("ledger")) == 8
    assert [(d.row, d.about, d.said) for d in done.result.defects] == [
        (5, "Document 1000-1-2021", "stands 2 times in the extract")
    ]


def test_one_number_in_two_companies_and_two_years_is_four_documents(
    tmp_path: Path, imported: Import
) -> None:
    heads, lines = ["BUKRS;BELNR;GJAHR;BUDAT;WAERS"], ["BUKRS;BELNR;GJAHR;BUZEI;SHKZG;HKONT;WRBTR;DMBTR"]
    for company in ("1000", "2000"):
        for year in ("2020", "2021"):
            heads.append(f"{company};7;{year};{year}0131;USD")
            lines += [f"{company};7;{year};{n};{side};10;10.00;9.00" for n, side in ((1, "S"), (2, "H"))]
    (tmp_path / "bkpf.csv").write_text("\n".join(heads))
    (tmp_path / "bseg.csv").write_text("\n".join(lines))
    done = imported("sap", tmp_path)
    assert totals(done.result)["journals that balance"] == ("4", "4")
    first = done.rows("ledger")[0]
    assert (first["amount"], first["currency"], first["functional_amount"]) == ("10.00", "USD", "9.00")
    assert first["entity_id"] == "1000"


def test_a_reversal_is_one_only_where_xreversal_says_so(tmp_path: Path, imported: Import) -> None:
    place = samples.sap(tmp_path)
    path = place / "bkpf.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{head};STBLG", f"{rows[0]};2", f"{rows[1]};1", f"{rows[2]};"]))
    done = imported("sap", place)
    assert "reversal_of" not in done.rows("ledger")[0]
    assert any("XREVERSAL" in question for question in done.result.questions)


def test_acdoca_has_lines_and_headers_in_one(tmp_path: Path, imported: Import) -> None:
    """Amounts carry their sign; a second ledger repeats the documents and is left out."""
    rows = ["RLDNR;RBUKRS;GJAHR;BELNR;DOCLN;RACCT;BUDAT;POPER;WSL;RWCUR;HSL;RHCUR;USNAM;TIMESTAMP"]
    for ledger in ("2L", "0L"):
        for line, account, amount, local in (
            ("1", "10", "100.00", "90.00"),
            ("2", "80", "-100.00", "-90.00"),
        ):
            rows.append(
                f"{ledger};1000;2021;7;{line};{account};20210131;001;{amount};USD;{local};EUR;ADA;20210201101500"
            )
    (tmp_path / "acdoca.csv").write_text("\n".join(rows))
    done = imported("sap", tmp_path)
    lines = [(r["account"], r["amount"], r["currency"], r["functional_amount"]) for r in done.rows("ledger")]
    assert lines == [("10", "100.00", "USD", "90.00"), ("80", "-100.00", "USD", "-90.00")]
    assert done.rows("ledger")[0]["created_at"] == "2021-02-01 10:15:00"
    assert "lines of the ledger 2L (taken: 0L): 2" in done.result.not_taken
    assert totals(done.result)["journals that balance"] == ("1", "1")


def test_an_account_that_the_chart_does_not_have(tmp_path: Path, imported: Import) -> None:
    place = samples.sap(tmp_path)
    known = {line[2] for line in samples.LINES} - {"641000"}
    (place / "ska1.csv").write_text("KTOPL;SAKNR;XBILK\n" + "".join(f"INT;0000{a};\n" for a in sorted(known)))
    said = [d.about for d in imported("sap", place).result.defects]
    assert said == ["Account 0000641000"]
