"""Words that no output may use: findings are facts, intent belongs to people and counsel (DESIGN rule 8)."""

from __future__ import annotations

import re

_STEMS = (
    r"frauds?\b|fraudulent\w*|defraud\w*",
    r"fakes?\b|faked\b|faking\b|bogus|shams?\b|phon(y|ies)\b",
    r"forg(e|ed|es|ery|eries|ing)\b",
    r"fabricat\w+|falsif\w+|fictitious\w*|counterfeit\w*|doctored\b",
    r"guilt\w*|culpab\w+|culprits?|crimin\w+|crimes?\b|illegal\w*|unlawful\w*",
    r"li(ar|ars|ed)\b|lying\b|dishonest\w*|deceit\w*|deceiv\w+|decept\w+",
    r"cheat\w*|thefts?\b|stole\w*|steal\w*|embezzl\w+|swindl\w+|conspir\w+|collu\w+",
    r"perpetrat\w+|offenders?\b|suspects?\b|suspicious\w*|wrongdoing\w*|wrongdoers?\b",
    "造假|舞弊|欺诈|伪造|诈骗|作弊|犯罪|违法|有罪",
)
VERDICT = re.compile(r"(?<![\w-])(" + "|".join(_STEMS[:-1]) + ")|(" + _STEMS[-1] + ")", re.IGNORECASE)


def verdicts(text: str) -> list[str]:
    """Every verdict word of a text, in lower case."""
    return [hit[0].lower() for hit in VERDICT.finditer(text)]
