"""An empty workbook of three sheets to fill in: `earned template`.

Eight columns are needed, further ones sharpen the answer; closed values are drop-down lists. One row is an
example, so that the workbook can be examined as it is. Nothing in it is a formula, and the same version of
the program gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from earned.books import schema
from earned.books.schema import Column

#: The example, one row a sheet: a contract accepted and booked in the same quarter.
EXAMPLE: Mapping[str, Mapping[str, str | int]] = {
    "contracts": {
        "contract_id": "EXAMPLE-1", "price": 1000, "currency": "USD", "customer_id": "EXAMPLE customer",
        "bound_date": "2021-04-12", "owner_id": "EXAMPLE seller",
    },
    "entries": {
        "contract_id": "EXAMPLE-1", "effective_date": "2021-06-30", "amount": 1000, "currency": "USD",
        "journal_id": "EXAMPLE-J1", "account": "4000", "preparer": "EXAMPLE bookkeeper",
    },
    "evidence": {
        "contract_id": "EXAMPLE-1", "kind": "acceptance", "event_date": "2021-06-18",
        "recorded_at": "2021-06-21", "result": "accepted", "maker": "customer",
    },
}  # fmt: skip
#: Optional columns that are shown beside the core ones.
_BESIDE = {"contracts": ("currency", "pattern"), "entries": ("currency",), "evidence": ("quantity",)}
#: Rows for which lists and formats are prepared.
_ROWS = 5_000
_NOTE = "An example: delete this row in all three sheets before you fill in your own."
_MADE = datetime(2000, 1, 1)
_HOW = {
    "date": "A day, as 2021-06-30.",
    "instant": "A day, or day and time, as 2021-06-30 17:45.",
    "money": "An amount in whole currency, as 1234.56. No currency sign is needed.",
    "ppm": "Parts per million: 60000 is 6 %. A cell 6% is read too.",
    "bool": "true or false.",
    "quantity": "A number.",
}


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a sheet: the needed ones, then those without which the main job is weaker."""
    needed = tuple(schema.document()["minimum"][table])
    ours = schema.tables()[table]
    more = (
        c.name
        for c in ours.columns
        if c.name not in needed and (c.need == "core" or c.name in _BESIDE[table])
    )
    return tuple(ours[name] for name in (*needed, *more))


def workbook() -> bytes:
    """The bytes of the template, an .xlsx workbook with the sheets contracts, entries and evidence."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": "Books for earned", "created": _MADE})
    formats = _formats(book)
    for table in EXAMPLE:
        _sheet(book.add_worksheet(table), table, formats)
    book.close()
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {
        "text": {"num_format": "@"},
        "date": {"num_format": "yyyy-mm-dd"},
        "money": {"num_format": "#,##0.00"},
    }
    made = {name: book.add_format(look) for name, look in plain.items()}
    made |= {
        f"example {n}": book.add_format(look | {"bg_color": "#FFF2CC", "italic": True})
        for n, look in plain.items()
    }
    made["needed"] = book.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"})
    made["optional"] = book.add_format({"bold": True, "bg_color": "#D9E1F2"})
    return made


def _sheet(sheet: Any, table: str, formats: Mapping[str, Any]) -> None:
    needed = schema.document()["minimum"][table]
    for place, column in enumerate(columns(table)):
        is_needed = column.name in needed
        look = _look(column)
        sheet.set_column(place, place, max(12, len(column.name) + 3), formats[look])
        sheet.write_string(0, place, column.name, formats["needed" if is_needed else "optional"])
        sheet.write_comment(
            0, place, _note(column, is_needed), {"x_scale": 2.2, "y_scale": 1.6, "author": "earned"}
        )
        _example(sheet, place, EXAMPLE[table].get(column.name), look, formats)
        if allowed := _allowed(column):
            sheet.data_validation(1, place, _ROWS, place, allowed)
    sheet.write_comment(1, 0, _NOTE, {"author": "earned", "visible": True, "x_offset": 20, "y_offset": 30})
    sheet.freeze_panes(1, 1)


def _look(column: Column) -> str:
    if column.type in ("date", "instant"):
        return "date"
    return "money" if column.type == "money" else "text"


def _note(column: Column, is_needed: bool) -> str:
    need = (
        "Needed."
        if is_needed and not column.null_ok
        else "The column is needed; a cell may be empty."
        if is_needed
        else "Optional."
    )
    how = f"One of: {', '.join(column.values)}." if column.values else _HOW.get(column.type, "")
    return " ".join(
        part for part in (need, f"{column.meaning[:1].upper()}{column.meaning[1:]}.", how) if part
    )


def _example(sheet: Any, place: int, value: str | int | None, look: str, formats: Mapping[str, Any]) -> None:
    shown = formats[f"example {look}"]
    if value is None:
        sheet.write_blank(1, place, None, shown)
    elif look == "date":
        sheet.write_datetime(1, place, datetime.fromisoformat(str(value)), shown)
    elif look == "money":
        sheet.write_number(1, place, value, shown)
    else:
        sheet.write_string(1, place, str(value), shown)


def _allowed(column: Column) -> dict[str, Any] | None:
    """The drop-down list of a column with closed values."""
    values = list(column.values) or (["true", "false"] if column.type == "bool" else [])
    if not values:
        return None
    said = f"One of: {', '.join(values)}"
    return {"validate": "list", "source": values, "error_title": column.name, "error_message": said[:255]}
