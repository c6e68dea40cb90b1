"""What is planted (cloopen.md 9.4), in thousands without tax: the scheme in four classes, the other errors.

`later` holds what is earned afterwards by bucket: a quarter, `2022` (2022 and later) or `never`.
A  not started: neither work nor arrival when booked
B  unfinished: by hours, booked whole
C  accepted on paper only: work 0 to 60 %
D  accepted late: work done, accepted 5 to 25 days into the next quarter
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row of the scheme: `contracts` booked whole in `quarter` by the department of one manager."""

    quarter: str
    kind: str
    department: str
    line: str
    contracts: int
    booked: int
    earned: int
    later: tuple[tuple[str, int], ...]

    @property
    def over(self) -> int:
        """Booked and not earned in the quarter."""
        return self.booked - self.earned


@dataclass(frozen=True)
class Error:
    """An accounting error of finance or billing."""

    quarter: str
    kind: str  # cut_off | loaded_twice | agent_gross | rebate
    department: str
    line: str
    over: int
    later: tuple[tuple[str, int], ...]


_M1, _M2 = ("SKA-1", "ucc_project"), ("SKA-2", "cc_project")
_M2_UCC = ("SKA-2", "ucc_project")


def _row(quarter: str, kind: str, of: tuple[str, str], n: int, booked: int, earned: int, *later: int) -> Row:
    buckets = {"2021Q2": ("2021Q3", "2021Q4"), "2021Q3": ("2021Q4",), "2021Q4": ()}[quarter]
    named = tuple((b, x) for b, x in zip((*buckets, "2022", "never"), later) if x)
    return Row(quarter, kind, *of, n, booked, earned, named)


SCHEME = (
    _row("2021Q2", "A", _M1, 2, 1900, 0, 740, 640, 0, 520),
    _row("2021Q2", "A", _M2, 2, 1280, 0, 500, 450, 0, 330),
    _row("2021Q2", "B", _M1, 3, 3200, 1700, 1190, 310, 0, 0),
    _row("2021Q2", "B", _M2, 3, 2950, 1610, 1070, 270, 0, 0),
    _row("2021Q2", "C", _M1, 2, 1470, 0, 600, 0, 370, 500),
    _row("2021Q2", "C", _M2, 1, 980, 0, 300, 0, 250, 430),
    _row("2021Q2", "D", _M1, 2, 830, 0, 830, 0, 0, 0),
    _row("2021Q2", "D", _M2_UCC, 1, 600, 0, 600, 0, 0, 0),
    _row("2021Q3", "A", _M1, 4, 4300, 0, 1850, 1150, 1300),
    _row("2021Q3", "A", _M2, 3, 3120, 0, 1300, 830, 990),
    _row("2021Q3", "B", _M1, 5, 6900, 3000, 2750, 850, 300),
    _row("2021Q3", "B", _M2, 4, 5000, 2080, 2010, 710, 200),
    _row("2021Q3", "C", _M1, 3, 2930, 0, 970, 630, 1330),
    _row("2021Q3", "C", _M2, 3, 2330, 0, 730, 500, 1100),
    _row("2021Q3", "D", _M1, 2, 1350, 0, 1350, 0, 0),
    _row("2021Q3", "D", _M2_UCC, 1, 400, 0, 400, 0, 0),
    _row("2021Q3", "D", _M2, 1, 500, 0, 500, 0, 0),
    _row("2021Q4", "A", _M1, 3, 4800, 0, 2600, 2200),
    _row("2021Q4", "A", _M2, 3, 3500, 0, 1800, 1700),
    _row("2021Q4", "B", _M1, 5, 6000, 2300, 3700, 0),
    _row("2021Q4", "B", _M2, 3, 4600, 1800, 2800, 0),
    _row("2021Q4", "C", _M1, 3, 3640, 0, 1250, 2390),
    _row("2021Q4", "C", _M2, 2, 2560, 0, 850, 1710),
    _row("2021Q4", "D", _M1, 2, 2000, 0, 2000, 0),
    _row("2021Q4", "D", _M2_UCC, 1, 300, 0, 300, 0),
    _row("2021Q4", "D", _M2, 1, 1200, 0, 1200, 0),
)

OTHER_ERRORS = (
    Error("2021Q2", "cut_off", "FIN", "cc_sub", 520, (("2021Q3", 520),)),
    Error("2021Q2", "loaded_twice", "SME", "text", 420, (("never", 420),)),
    Error("2021Q2", "agent_gross", "INT", "text", 760, (("never", 760),)),
    Error("2021Q3", "cut_off", "FIN", "cc_sub", 640, (("2021Q4", 640),)),
    Error("2021Q3", "loaded_twice", "SME", "text", 300, (("never", 300),)),
    Error("2021Q3", "agent_gross", "INT", "text", 980, (("never", 980),)),
    Error("2021Q3", "rebate", "INT", "text", 480, (("never", 480),)),
    Error("2021Q4", "cut_off", "FIN", "cc_sub", 500, (("2022", 500),)),
    Error("2021Q4", "rebate", "INT", "text", 400, (("never", 400),)),
)

#: the managers of the two departments
MANAGERS = {"SKA-1": "E1001", "SKA-2": "E1002"}

#: days on which the entries of the scheme were keyed
KEYED = {
    "2021Q2": ("2021-05-24", "2021-07-09"),
    "2021Q3": ("2021-09-13", "2021-10-12"),
    "2021Q4": ("2021-12-06", "2022-01-19"),
}


def scheme(quarter: str, department: str, line: str) -> list[Row]:
    """The rows of the scheme booked in one cell."""
    return [r for r in SCHEME if (r.quarter, r.department, r.line) == (quarter, department, line)]


def errors(quarter: str, kind: str) -> list[Error]:
    """The accounting errors of one kind that arise in a quarter."""
    return [e for e in OTHER_ERRORS if (e.quarter, e.kind) == (quarter, kind)]
