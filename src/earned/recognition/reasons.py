"""Why a record counts or does not, as `evidence_used.reason` says it (E14); of several reasons the first."""

from __future__ import annotations

from collections.abc import Mapping

#: reason -> in words
REASONS: Mapping[str, str] = {
    "after_as_of": "recorded after the day of this run",
    "duplicate": "the same record came in another batch",
    "kind": "not what this obligation is measured by",
    "stage_missing": "names no stage where the contract makes one binding",
    "stage": "an earlier stage than the contract makes binding",
    "not_closed": "conditions, signature or seal still open",
    "contradicted": "another record of this stage has another date and is nearer its source",
    "refused_by_person": "refused by a person",
    "accepted_by_person": "accepted by a person",
    "grade": "made alone by someone whose grade is below the policy's",
    "unknown_recorded_at": "when it was recorded is not known",
    "late": "recorded after the period's close, not corroborated in time",
    "admitted": "admitted",
}
