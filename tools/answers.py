"""Answers put into a books.yaml as a person does it: one line in the place of another."""

from __future__ import annotations

from pathlib import Path


def change(place: Path, answers: str) -> None:
    """Put each line `key: value` in the place of the one line of the file that has the key.

    Of several lines with one key it is the one with a question, `'?'`. A comment behind it goes. Raises
    ValueError where there is no such line, or more than one.
    """
    lines = place.read_text(encoding="utf-8").splitlines()
    for answer in answers.splitlines():
        key = answer.partition(": ")[0]
        at = [i for i, line in enumerate(lines) if line.lstrip().startswith(f"{key}: ")]
        if len(at) > 1:
            at = [i for i in at if ": '?'" in lines[i]]
        if len(at) != 1:
            raise ValueError(f"{place.name}: {len(at)} lines for {key}")
        before = lines[at[0]]
        lines[at[0]] = before[: len(before) - len(before.lstrip())] + answer
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
