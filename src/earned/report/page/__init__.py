"""report.html: one file that opens anywhere, asks nothing of a network, and prints."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from earned.recognition.reasons import REASONS
from earned.report import codes, numbers, text
from earned.report.explain import derive
from earned.report.page import charts
from earned.report.page.carried import Carried, carry
from earned.report.page.sections import UNNAMED, Sections, others, sections
from earned.report.page.timeline import timeline
from earned.report.page.wanted import wanted
from earned.report.view import Row, View

#: Findings that are opened out, and bytes of the page; what it carries of derivations has the last third.
FINDINGS, LARGEST = 200, 5_000_000
PLACE = Path(__file__).parent / "templates"


def write_page(view: View, path: Path, folder: Path | None = None) -> None:
    """Write report.html, at most LARGEST bytes: of a large run, fewer findings are opened out.

    `folder` is the run's, with its tables and books: from it come the derivations that figures open.
    """
    for shown in (FINDINGS, FINDINGS // 2, FINDINGS // 4, FINDINGS // 8):
        said = sections(view, shown)
        lines = Carried(others=others(view, shown))
        page = render(view, said, lines).encode("utf-8")
        if len(page) <= LARGEST * 2 // 3:
            break
    if folder:
        page = _with_derivations(view, said, lines, folder, LARGEST - len(page))
    path.write_bytes(page)


def _with_derivations(view: View, said: Sections, lines: Carried, folder: Path, room: int) -> bytes:
    """The page with what figures are made from, as much of it as there is room for."""
    with derive.open_run(folder) as run:
        nodes = carry(run, wanted(said), room)
    units = {d.finding["unit_id"]: d.finding["finding_id"] for d in said["found"]}
    page = render(view, said, Carried(nodes, units, lines.others)).encode("utf-8")
    while len(page) > LARGEST:
        nodes = dict(list(nodes.items())[: len(nodes) * 3 // 4])
        page = render(view, said, Carried(nodes, units, lines.others)).encode("utf-8")
    return page


def render(view: View, said: Sections | None = None, carried: Carried | None = None) -> str:
    """The page as text; figures that are carried open their derivation."""
    carried = carried or Carried()
    style, script = (_asset(name) for name in ("style.css", "script.js"))
    return (
        _environment(view, carried)
        .get_template("report.html")
        .render(
            view=view,
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
            carried=carried.json(),
            others=carried.others,
            **(said or sections(view, FINDINGS)),
        )
    )


def _environment(view: View, carried: Carried) -> Environment:
    made = Environment(
        loader=FileSystemLoader(PLACE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else numbers.plain(value, 2_000),
    )
    made.filters["money"] = lambda minor, currency=None: numbers.money(minor, view.exponent(currency))
    made.filters["at"] = lambda words, place: carried.link(words, *place) if place else words
    made.filters["percent"] = numbers.percent
    made.filters["share"] = numbers.share
    made.filters["growth"] = numbers.growth
    made.filters["count"] = numbers.count
    made.filters["day"] = lambda value: numbers.day(value, view.timezone)
    made.filters["quantity"] = numbers.quantity
    made.filters["cell"] = numbers.plain
    made.filters["ticked"] = _ticked
    made.filters["word"] = lambda key, words: codes.word(words, key)
    made.globals |= {
        "t": SimpleNamespace(**text.PAGE),
        "text": text,
        "codes": codes,
        "evidence_reasons": REASONS,
        "unnamed": UNNAMED,
        "bar": charts.bar,
    }
    made.globals |= {"timeline": lambda d: timeline(view, d), "days_later": lambda p: _days_later(view, p)}
    made.globals |= {"counted": _counted}
    return made


def _ticked(words: str) -> Markup:
    """Words in which `names` stand between backticks."""
    pieces = [escape(numbers.plain(piece)) for piece in words.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(w) if i % 2 else w for i, w in enumerate(pieces))


def _counted(paper: Row, later: bool) -> Markup:
    """Whether a paper counts, with its mark: a tick, a cross, or a dash where nobody asks for it."""
    tone, words = "red", text.PAGE["counts_not"]
    if paper["reason"] in codes.NOT_ASKED:
        tone, words = "grey", text.PAGE["not_asked"]
    elif later:
        tone, words = "amber", text.PAGE["counts_from"].format(day=paper["effective_date"])
    elif paper["counts"]:
        tone = "amber" if paper["reason"] == "accepted_by_person" else "green"
        words = text.PAGE["counts_now"]
    return Markup('<span class="mark {}">{}</span>').format(tone, words)


def _days_later(view: View, paper: Row) -> str:
    """Days from what a paper says happened to its record."""
    made = numbers.local_day(paper["recorded_at"], view.timezone)
    return numbers.count((made - paper["event_date"]).days) if made and paper["event_date"] else numbers.NONE


def _asset(name: str) -> str:
    return (PLACE / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """A content security policy admits exactly this style and this script, by their hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
