"""Every form of the mapping language is written back as it was read: what a run keeps of how it read."""

from __future__ import annotations

from pathlib import Path

from earned.books.manifest import load
from earned.books.written import as_used

BOOKS = """
company: {currency: CNY}
sources:
  gl: {path: [gl.xlsx], sheet: GL, header_row: [2, 3], fill_down: [Date], until: TOTAL, null_values: ['0']}
  erp: {url: 'postgresql://reader@db/erp', table: sales.revenue}
procedures: {off: {X1: ''}}
tables:
  entries:
    - source: gl
      columns:
        contract_id: [No, {from: Text, match: 'HT[0-9]+'}, '{A}-{B}', '=none']
        effective_date: Date
        amount: {debit: Soll, credit: Haben}
      date: {effective_date: ['%d.%m.%Y', excel]}
      decimal: ','
      unit: {amount: ten_thousand}
      scale: {amount: 0.010}
      only: {Status: [POSTED, 'P*', empty]}
      without: {Void: filled}
      ids: {contract_id: {strip_zeros: true, fold: [width, case]}}
      values: {contract_id: {'N/A': '', 1: true}, kind: {'Rev*': recognition}}
    - {select: 'SELECT * FROM erp', rate: percent, sign: indicator, indicator: {column: S, C: [H], D: [S]}}
"""


def test_what_is_written_is_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "books.yaml").write_text(BOOKS, encoding="utf-8")
    manifest = load(tmp_path)
    text = as_used(manifest)
    (tmp_path / "books.yaml").write_text(text, encoding="utf-8")
    again = load(tmp_path)
    assert (again.sources, again.tables) == (manifest.sources, manifest.tables)
    assert again.procedures_off == manifest.procedures_off == {"X1": ""}
    assert as_used(again) == text
    assert manifest.tables["entries"][0].values["contract_id"] == {"N/A": "", "1": "true"}
