-- The joins that figures share. They read the run's own tables and the books kept with it, nothing else.

CREATE MACRO company_currency() AS (SELECT currency FROM company);

-- Revenue entries in scope by the unit whose they are (U1, R6); worth_minor is in company currency (P4).
CREATE VIEW entries_of_units AS
WITH counted AS (SELECT *, count(*) OVER (PARTITION BY contract_id) AS units_of_contract FROM units)
SELECT e.entry_id, u.unit_id, u.currency AS unit_currency, e.currency, e.amount_minor, e.is_opening, k.period_index,
    e.effective_date, e.posted_at, e.kind, e.preparer, e.approver,
    CASE WHEN e.currency = company_currency() THEN e.amount_minor ELSE coalesce(
        CASE WHEN coalesce(n.currency, company_currency()) = company_currency() THEN e.functional_amount_minor END,
        e.reporting_amount_minor) END AS worth_minor
FROM books_entries e
JOIN counted u ON u.contract_id = e.contract_id AND (u.units_of_contract = 1 OR u.unit_id = e.obligation_id)
LEFT JOIN books_accounts a ON a.account = e.account
LEFT JOIN books_entities n ON n.entity_id = e.entity_id
LEFT JOIN books_calendar k ON k.period_id = e.period_id
WHERE coalesce(a.role, 'revenue') = 'revenue' AND coalesce(e.kind, '') NOT IN ('elimination', 'reclassification');

-- The obligations of each unit (U1).
CREATE VIEW obligations_of_units AS
WITH counted AS (SELECT *, count(*) OVER (PARTITION BY contract_id) AS units_of_contract FROM units)
SELECT o.obligation_id, u.unit_id
FROM books_obligations o
JOIN counted u ON u.contract_id = o.contract_id AND (u.units_of_contract = 1 OR u.unit_id = o.obligation_id);

-- The latest decision about each thing, where the run heeded them.
CREATE VIEW decided AS
SELECT subject_type, subject_id, decided_at, decision, value
FROM books_decisions WHERE (SELECT heeds_decisions FROM company)
QUALIFY row_number() OVER (PARTITION BY subject_type, subject_id ORDER BY decided_at DESC, decision) = 1;

-- Which units a member of a dimension has (G4).
CREATE VIEW members AS
SELECT 'total' AS dimension, 'total' AS member, unit_id FROM units
UNION ALL SELECT 'entity', coalesce(entity_id, '(none)'), unit_id FROM units
UNION ALL SELECT 'department', coalesce(department_id, '(none)'), unit_id FROM units
UNION ALL SELECT 'owner', coalesce(owner_id, '(none)'), unit_id FROM units
UNION ALL SELECT 'customer', coalesce(customer_id, '(none)'), unit_id FROM units
UNION ALL SELECT 'contract', coalesce(contract_id, '(none)'), unit_id FROM units;

-- Entries by the login that prepared or approved them, and what of them was unsupported at each period end.
CREATE VIEW hands AS
SELECT 'preparer' AS dimension, coalesce(preparer, '(none)') AS member, * FROM entries_of_units
UNION ALL SELECT 'approver', coalesce(approver, '(none)'), * FROM entries_of_units;
CREATE VIEW unsupported_hands AS
SELECT 'preparer' AS dimension, coalesce(preparer, '(none)') AS member, entry_id, period_id FROM entry_support
UNION ALL SELECT 'approver', coalesce(approver, '(none)'), entry_id, period_id FROM entry_support;

-- The period before, of a unit and of a member.
CREATE VIEW previous_movements AS
SELECT m.unit_id, m.period_id, lag(m.period_id) OVER (PARTITION BY m.unit_id ORDER BY k.period_index) AS previous_id
FROM movements m JOIN books_calendar k USING (period_id);
CREATE VIEW previous_misstatements AS
SELECT m.dimension, m.member, m.period_id, lag(m.period_id) OVER (
    PARTITION BY m.dimension, m.member ORDER BY k.period_index) AS previous_id
FROM misstatements m JOIN books_calendar k USING (period_id);

-- The order in which parts are taken from a gap (G1).
CREATE VIEW part_places AS
SELECT * FROM (VALUES ('rounding', 0), ('convention', 1), ('not_bound', 2), ('over_price', 3),
    ('evidence_refused', 4), ('not_started', 5), ('unfinished', 6), ('above_usage', 7), ('late_recognition', 8)
) AS t(part, place);

-- Tax inside the price of a contract, and whether an obligation has a rate of its own (P5).
CREATE VIEW taxed AS
SELECT c.contract_id, coalesce(c.price_includes_tax, k.price_includes_tax = 'true', false) AS includes,
    coalesce(c.tax_rate, try_cast(k.tax_rate AS BIGINT), 0) AS rate, coalesce(o.own, false) AS own_rates,
    (c.price_includes_tax IS NULL AND k.price_includes_tax IS NOT DISTINCT FROM 'dated')
        OR (c.tax_rate IS NULL AND k.tax_rate IS NOT DISTINCT FROM 'dated') AS is_dated
FROM books_contracts c CROSS JOIN company k
LEFT JOIN (
    SELECT contract_id, bool_or(tax_rate IS NOT NULL) AS own FROM books_obligations GROUP BY contract_id
) o USING (contract_id);

-- The whole minor units that rounding down leaves over, and who gets one: the largest remainders (U2).
CREATE VIEW shares AS
WITH weighed AS (
    SELECT a.unit_id, u.contract_id, a.method, a.price_minor, CASE WHEN a.method = 'ssp' THEN a.ssp_minor ELSE 0 END AS weight,
        a.price_minor - CAST(sum(CASE WHEN a.method = 'given' THEN a.allocated_minor ELSE 0 END)
            OVER (PARTITION BY u.contract_id) AS BIGINT) AS left_minor,
        CAST(sum(CASE WHEN a.method = 'ssp' THEN a.ssp_minor ELSE 0 END) OVER (PARTITION BY u.contract_id) AS BIGINT) AS total
    FROM allocations a JOIN units u USING (unit_id)
),
divided AS (
    SELECT *, earned_quotient(left_minor, weight * CAST(sign(total) AS BIGINT), abs(total)) AS base,
        earned_remainder(left_minor, weight * CAST(sign(total) AS BIGINT), abs(total)) AS rest
    FROM weighed WHERE total <> 0
),
short AS (
    SELECT *, left_minor - CAST(sum(base) OVER (PARTITION BY contract_id) AS BIGINT) AS missing FROM divided
)
SELECT unit_id, left_minor, total, CASE WHEN row_number() OVER (
    PARTITION BY contract_id ORDER BY CASE WHEN missing > 0 THEN rest > 0 ELSE rest < 0 END DESC, abs(rest) DESC, unit_id
) <= abs(missing) THEN CAST(sign(missing) AS BIGINT) ELSE 0 END AS extra
FROM short;

-- Gaps above zero of a contract at the last period end before a forecast was published, and after (G7).
CREATE VIEW forecast_gaps AS
WITH gaps AS (
    SELECT u.contract_id, k.period_index, CAST(sum(greatest(m.gap_minor, 0)) AS BIGINT) AS gap
    FROM movements m JOIN units u USING (unit_id) JOIN books_calendar k USING (period_id) GROUP BY ALL
),
dated AS (
    SELECT g.guidance_id,
        (SELECT max(k.period_index) FROM books_calendar k WHERE k.last_date < g.published_date) AS index_then,
        coalesce(
            (SELECT max(k.period_index) FROM books_calendar k WHERE k.period_id = g.period_id),
            (SELECT max(k.period_index) FROM books_calendar k)) AS index_after
    FROM books_guidance g
)
SELECT d.guidance_id, f.contract_id, coalesce(t.gap, 0) AS gap_then, coalesce(a.gap, 0) AS gap_after,
    coalesce(t.gap, 0) > 0 AND coalesce(a.gap, 0) > 0 AS is_open
FROM (SELECT DISTINCT guidance_id, contract_id FROM books_forecast) f JOIN dated d USING (guidance_id)
LEFT JOIN gaps t ON t.contract_id = f.contract_id AND t.period_index = d.index_then
LEFT JOIN gaps a ON a.contract_id = f.contract_id AND a.period_index = d.index_after;

-- Who each entry belongs to, prepared, approved and led: a login is who had it on the entry's day (people).
CREATE VIEW roles AS
WITH booked AS (
    SELECT e.*, u.owner_id AS owner FROM entries_of_units e JOIN units u USING (unit_id)
    WHERE NOT e.is_opening AND u.not_tested IS NULL
),
asked AS (
    SELECT 'user' AS by, preparer AS name, effective_date FROM booked UNION SELECT 'user', approver, effective_date FROM booked
    UNION SELECT 'employee', owner, effective_date FROM booked
),
known AS (
    SELECT a.*, s.employee_id, s.manager_id FROM asked a
    JOIN books_employees s ON a.name = CASE a.by WHEN 'user' THEN s.user_id ELSE s.employee_id END
    QUALIFY row_number() OVER (PARTITION BY a.by, a.name, a.effective_date ORDER BY
        coalesce(s.valid_from <= a.effective_date, true) AND coalesce(s.valid_to >= a.effective_date, true) DESC,
        s.valid_from DESC NULLS LAST, s.employee_id, s.name) = 1
)
SELECT 'owner' AS role, b.owner AS employee_id, b.entry_id, b.unit_id, b.amount_minor, b.effective_date FROM booked b
UNION ALL SELECT 'preparer', coalesce(k.employee_id, b.preparer), b.entry_id, b.unit_id, b.amount_minor, b.effective_date
    FROM booked b LEFT JOIN known k ON k.by = 'user' AND k.name = b.preparer AND k.effective_date = b.effective_date
UNION ALL SELECT 'approver', coalesce(k.employee_id, b.approver), b.entry_id, b.unit_id, b.amount_minor, b.effective_date
    FROM booked b LEFT JOIN known k ON k.by = 'user' AND k.name = b.approver AND k.effective_date = b.effective_date
UNION ALL SELECT 'manager', k.manager_id, b.entry_id, b.unit_id, b.amount_minor, b.effective_date
    FROM booked b JOIN known k ON k.by = 'employee' AND k.name = b.owner AND k.effective_date = b.effective_date;
