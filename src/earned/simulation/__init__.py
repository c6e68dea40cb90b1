"""Made-up companies whose truth is known to the minor unit: to show, test and measure `earned`.

`company(Spec(seed), out)` writes the company of the case, `goods.company` one that sells goods; the
modules are the parts they are made of. docs/simulation.md shows how to combine them.
"""

from __future__ import annotations

from pathlib import Path

from earned.faults import Fault, InputError
from earned.simulation.book import Changes, Noise, Spec
from earned.simulation.build import company
from earned.unfinished import unfinished

__all__ = ["Changes", "Noise", "Spec", "company", "simulate"]

KINDS = ("cloopen",)


def simulate(
    kind: str, out: Path, *, seed: int, scale: int = 1, no_scheme: bool = False, full: bool = False
) -> Path:
    """Write `out`/books and `out`/truth of a made-up company; the folder of the books is returned.

    Raises InputError where the kind is unknown, the scale is below 1 or the folder is not empty.
    """
    if kind not in KINDS:
        raise InputError(
            [
                Fault(
                    "a company that can be simulated",
                    "Write `earned simulate cloopen OUT`.",
                    value=kind,
                    reason="option_value",
                )
            ]
        )
    if scale < 1:
        raise InputError(
            [
                Fault(
                    "1 or more",
                    "Leave --scale out.",
                    column="--scale",
                    value=str(scale),
                    reason="option_value",
                )
            ]
        )
    with unfinished(out.absolute(), lambda _: None) as place:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InputError(
                [Fault("a new or empty folder", "Name another one.", file=str(out), reason="out_taken")]
            )
        company(Spec(seed, scheme=not no_scheme, scale=scale, full=full), place)
    return out / "books"
