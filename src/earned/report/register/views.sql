-- The joins that figures share. They read the run's own tables and the books kept with it, nothing else.

CREATE MACRO company_currency() AS (SELECT currency FROM company);

-- Periods that were measured and that this run does not report: their cells are not in it (--from-period).
CREATE MACRO is_unreported(of_period) AS of_period IN (SELECT k.period_id FROM books_calendar k)
    AND of_period NOT IN (SELECT m.period_id FROM misstatements m WHERE m.dimension = 'total');
CREATE MACRO is_bounded() AS EXISTS (SELECT 1 FROM books_calendar k WHERE is_unreported(k.period_id));

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

-- Prices and shares as they were shared: with tax where an obligation of the contract has its own rate (P5).
CREATE VIEW grossed AS
SELECT a.unit_id, u.contract_id, a.method, a.ssp_minor,
    CASE WHEN t.includes AND t.own_rates THEN k.price_minor ELSE a.price_minor END AS price_minor,
    CASE WHEN t.includes AND t.own_rates
        THEN earned_muldiv(a.allocated_minor, 1000000 + coalesce(o.tax_rate, t.rate), 1000000)
        ELSE a.allocated_minor END AS allocated_minor
FROM allocations a JOIN units u USING (unit_id) JOIN taxed t USING (contract_id) JOIN books_contracts k USING (contract_id)
LEFT JOIN books_obligations o ON o.obligation_id = a.unit_id AND o.contract_id = u.contract_id
WHERE a.version = 0;

-- The whole minor units that rounding down leaves over, and who gets one: the largest remainders (U2).
CREATE VIEW shares AS
WITH weighed AS (
    SELECT a.unit_id, a.contract_id, a.method, a.price_minor, CASE WHEN a.method = 'ssp' THEN a.ssp_minor ELSE 0 END AS weight,
        a.price_minor - CAST(sum(CASE WHEN a.method IN ('given', 'residual', 'bundle') THEN a.allocated_minor ELSE 0 END)
            OVER (PARTITION BY a.contract_id) AS BIGINT) AS left_minor,
        CAST(sum(CASE WHEN a.method = 'ssp' THEN a.ssp_minor ELSE 0 END) OVER (PARTITION BY a.contract_id) AS BIGINT) AS total
    FROM grossed a
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

-- Whether nothing of a unit counts yet: the contract binds later, or is a draft that nobody decided on (U5).
CREATE VIEW bindings AS
SELECT u.unit_id, u.bound_date, coalesce(k.status IN ('draft', 'pending'), false) AND k.contract_id NOT IN (
    SELECT d.subject_id FROM decided d WHERE d.subject_type = 'contract' AND d.decision = 'set_bound_date'
        AND try_cast(d.value AS DATE) IS NOT NULL) OR k.contract_id IN (
    SELECT i.contract_id FROM books_criteria i WHERE i.gate = 'contract' AND i.obligation_id IS NULL
        AND i.met_date IS NULL) AS is_draft
FROM units u JOIN books_contracts k USING (contract_id);
CREATE MACRO is_unbound(of_unit, on_day) AS (
    SELECT coalesce(bool_or(b.is_draft OR coalesce(b.bound_date > on_day, false)), false)
    FROM bindings b WHERE b.unit_id = of_unit);

-- Criteria by obligation: those that name it, and those of its contract that name no obligation of it. Of goods
-- billed and held the criteria hold back the acceptance, not the obligation (606-10-55-83).
CREATE VIEW gated AS
WITH own AS (
    SELECT g.obligation_id, u.contract_id, coalesce(o.arrangement = 'bill_and_hold', false) AS is_held
    FROM (SELECT DISTINCT obligation_id, unit_id FROM progress) g JOIN units u USING (unit_id)
    LEFT JOIN books_obligations o USING (obligation_id)
)
SELECT w.obligation_id, i.gate, i.met_date FROM own w JOIN books_criteria i ON i.contract_id = w.contract_id
    AND (i.obligation_id = w.obligation_id OR i.obligation_id IS NULL)
WHERE i.gate <> 'bill_and_hold' OR NOT (w.is_held OR (i.obligation_id IS NULL
    AND w.contract_id IN (SELECT v.contract_id FROM own v WHERE v.is_held)));
CREATE MACRO is_shut(of_unit, of_obligation, on_day) AS is_unbound(of_unit, on_day) OR EXISTS (
    SELECT 1 FROM gated g WHERE g.obligation_id = of_obligation AND coalesce(g.met_date > on_day, true));

-- Modifications that both parties approved, from the day on which they count; what they say of one obligation (M1).
CREATE VIEW approved AS
SELECT m.contract_id, m.version, m.treatment, m.obligation_id, m.price_change_minor, m.past_credit_minor, m.decided_by,
    greatest(m.effective_date, m.approved_date) AS from_day
FROM books_modifications m WHERE m.approved_date IS NOT NULL;
CREATE VIEW promised_anew AS
SELECT o.contract_id, o.version, o.obligation_id, a.from_day
FROM books_modified_obligations o JOIN approved a USING (contract_id, version);
-- When the books of the period of a day closed, for the entity of a unit.
CREATE MACRO closed_of(of_unit, on_day) AS (
    SELECT first(s.closed_at ORDER BY s.entity_id DESC) FROM books_closes s JOIN units u ON u.unit_id = of_unit
    WHERE s.entity_id IN ('', coalesce(u.entity_id, '')) AND on_day BETWEEN s.first_date AND s.last_date);
-- Papers that stand beside progress: sales that bear a royalty, materials at cost, units that came back; with the
-- day from which each counts, and by every paper.
CREATE VIEW beside_papers AS
SELECT *, CASE sort WHEN 'back' THEN quantity ELSE CAST(amount_minor AS DECIMAL(38, 9)) END AS adds FROM (
    SELECT g.obligation_id, g.unit_id, e.evidence_id, e.quantity, e.amount_minor, e.recorded_at, v.reason,
        e.event_date, coalesce(e.basis = 'cumulative', false) AS begins_anew,
        CASE WHEN v.counts THEN v.effective_date END AS counts_date,
        CASE WHEN v.reason NOT IN ('duplicate', 'kind', 'stage_missing', 'stage', 'not_closed', 'contradicted', 'after_as_of')
            THEN e.event_date END AS all_date,
        CASE WHEN e.kind = 'usage' AND g.royalty_rate IS NOT NULL AND g.measure <> 'as_used' AND e.amount_minor IS NOT NULL
            THEN 'sales'
            WHEN e.kind = 'cost' AND e.uninstalled AND g.measure = 'cost' AND e.amount_minor IS NOT NULL THEN 'materials'
            WHEN e.kind = 'return' AND e.quantity IS NOT NULL THEN 'back' END AS sort
    FROM books_evidence e JOIN evidence_used v ON v.evidence_id = e.evidence_id
    JOIN (SELECT DISTINCT obligation_id, unit_id, measure, royalty_rate FROM progress) g
        ON g.unit_id = v.unit_id AND g.obligation_id = coalesce(e.obligation_id, g.obligation_id)
    WHERE e.kind IN ('usage', 'return') OR (e.kind = 'cost' AND e.uninstalled)
) WHERE sort IS NOT NULL;
CREATE MACRO is_shown_by(of_paper, of_unit, on_day) AS (
    SELECT coalesce(bool_or(e.recorded_at IS NULL OR e.recorded_at <= closed_of(of_unit, on_day)), false)
    FROM books_evidence e WHERE e.evidence_id = of_paper);
-- Prices that never changed and of which nothing was estimated: what was earned on any day follows from them.
CREATE MACRO is_plain(of_unit) AS NOT EXISTS (
    SELECT 1 FROM units u WHERE u.unit_id = of_unit AND (
        EXISTS (SELECT 1 FROM approved a WHERE a.contract_id = u.contract_id)
        OR EXISTS (SELECT 1 FROM books_criteria i WHERE i.contract_id = u.contract_id)
        OR EXISTS (SELECT 1 FROM books_estimates e LEFT JOIN books_obligations o USING (obligation_id)
            WHERE coalesce(e.contract_id, o.contract_id, e.obligation_id) = u.contract_id)
        OR EXISTS (SELECT 1 FROM books_repurchases r LEFT JOIN books_obligations o USING (obligation_id)
            WHERE coalesce(o.contract_id, r.obligation_id) = u.contract_id))
    OR u.unit_id = of_unit AND EXISTS (SELECT 1 FROM progress g WHERE g.unit_id = of_unit AND g.convention = 'per_second')
    OR u.unit_id = of_unit AND EXISTS (SELECT 1 FROM beside_papers b WHERE b.unit_id = of_unit)
) AND (SELECT coalesce(k.odd_cent, 'cumulative') = 'cumulative' FROM company k);

-- Along the line from nothing to the allocated price, or on from what was earned by the eve of a modification (M1).
CREATE MACRO along(allocated, base, base_done, done, whole) AS CASE
    WHEN base IS NULL THEN coalesce(earned_share(allocated, done, whole), 0)
    WHEN done < base_done THEN coalesce(earned_share(base, done, nullif(base_done, 0)), 0)
    ELSE base + coalesce(earned_share(allocated - base, done - base_done, nullif(whole - base_done, 0)), 0) END;

-- Straight line (S2): what is served from the first day of service to a day, and the whole up to its end.
CREATE MACRO length_of_month(a_day) AS day(last_day(a_day));
CREATE MACRO months_between(from_day, to_day) AS date_diff('month', from_day, to_day);
CREATE MACRO begins_inside(from_day) AS CASE WHEN day(from_day) = 1 THEN 0 ELSE 1 END;
CREATE MACRO ends_inside(to_day) AS CASE WHEN to_day = last_day(to_day) THEN 0 ELSE 1 END;
CREATE MACRO days_of(from_day, to_day) AS date_diff('day', from_day, to_day) + 1;
CREATE MACRO end_of_service_month(from_day, n) AS CAST(CASE
    WHEN day(from_day + to_months(CAST(n AS INTEGER))) = day(from_day)
    THEN from_day + to_months(CAST(n AS INTEGER)) - INTERVAL 1 DAY
    ELSE from_day + to_months(CAST(n AS INTEGER)) END AS DATE);
CREATE MACRO service_months(from_day, by_day) AS len(list_filter(
    range(1, 2 + months_between(from_day, by_day)), lambda n: end_of_service_month(from_day, n) <= by_day));

CREATE MACRO whole_equal_months(from_day, by_day, to_day) AS
    service_months(from_day, CAST(to_day - INTERVAL 1 DAY AS DATE)) + 1;
CREATE MACRO served_equal_months(from_day, by_day, to_day) AS
    CASE WHEN by_day >= to_day THEN whole_equal_months(from_day, by_day, to_day) ELSE service_months(from_day, by_day) END;
CREATE MACRO served_even_months(from_day, by_day, to_day) AS
    least(months_between(from_day, by_day) + 1, whole_equal_months(from_day, by_day, to_day));
CREATE MACRO whole_calendar_months(from_day, by_day, to_day) AS months_between(from_day, to_day) + 1;
CREATE MACRO served_calendar_months(from_day, by_day, to_day) AS months_between(from_day, by_day) + 1;
CREATE MACRO whole_half_month(from_day, by_day, to_day) AS CASE WHEN months_between(from_day, to_day) = 0 THEN 1
    ELSE 2 * (months_between(from_day, to_day) + 1) - begins_inside(from_day) - ends_inside(to_day) END;
CREATE MACRO served_half_month(from_day, by_day, to_day) AS CASE WHEN months_between(from_day, to_day) = 0 THEN 1
    ELSE 2 * (months_between(from_day, by_day) + 1) - begins_inside(from_day)
        - CASE WHEN months_between(by_day, to_day) = 0 THEN ends_inside(to_day) ELSE 0 END END;
CREATE MACRO whole_daily_end_exclusive(from_day, by_day, to_day) AS greatest(date_diff('day', from_day, to_day), 1);
CREATE MACRO served_daily_end_exclusive(from_day, by_day, to_day) AS
    least(days_of(from_day, by_day), whole_daily_end_exclusive(from_day, by_day, to_day));
-- Over the product of the days of the first month, of that of the day, and of the last.
CREATE MACRO whole_month_fractions(from_day, by_day, to_day) AS CASE WHEN months_between(from_day, to_day) = 0
    THEN days_of(from_day, to_day) * length_of_month(by_day) * length_of_month(to_day)
    ELSE (length_of_month(from_day) - day(from_day) + 1) * length_of_month(by_day) * length_of_month(to_day)
        + (months_between(from_day, to_day) - 1) * length_of_month(from_day) * length_of_month(by_day) * length_of_month(to_day)
        + day(to_day) * length_of_month(from_day) * length_of_month(by_day) END;
CREATE MACRO served_month_fractions(from_day, by_day, to_day) AS CASE WHEN months_between(from_day, by_day) = 0
    THEN days_of(from_day, by_day) * length_of_month(by_day) * length_of_month(to_day)
    ELSE (length_of_month(from_day) - day(from_day) + 1) * length_of_month(by_day) * length_of_month(to_day)
        + (months_between(from_day, by_day) - 1) * length_of_month(from_day) * length_of_month(by_day) * length_of_month(to_day)
        + day(by_day) * length_of_month(from_day) * length_of_month(to_day) END;
-- Over the whole months between, each in days of the month of the day.
CREATE MACRO whole_months(from_day, to_day) AS
    months_between(from_day, to_day) + 1 - begins_inside(from_day) - ends_inside(to_day);
CREATE MACRO broken_first(from_day) AS begins_inside(from_day) * (length_of_month(from_day) - day(from_day) + 1);
CREATE MACRO broken_last(to_day) AS ends_inside(to_day) * day(to_day);
CREATE MACRO whole_daily_ends(from_day, by_day, to_day) AS days_of(from_day, to_day)
    * CASE WHEN whole_months(from_day, to_day) < 1 THEN 1 ELSE whole_months(from_day, to_day) * length_of_month(by_day) END;
CREATE MACRO served_daily_ends(from_day, by_day, to_day) AS CASE
    WHEN whole_months(from_day, to_day) < 1 THEN days_of(from_day, by_day)
    WHEN months_between(from_day, by_day) = 0 AND begins_inside(from_day) = 1
    THEN days_of(from_day, by_day) * whole_months(from_day, to_day) * length_of_month(by_day)
    WHEN months_between(by_day, to_day) = 0 AND ends_inside(to_day) = 1
    THEN (days_of(from_day, to_day) - day(to_day) + day(by_day)) * whole_months(from_day, to_day) * length_of_month(by_day)
    ELSE broken_first(from_day) * whole_months(from_day, to_day) * length_of_month(by_day)
        + (days_of(from_day, to_day) - broken_first(from_day) - broken_last(to_day))
        * ((months_between(from_day, by_day) - begins_inside(from_day)) * length_of_month(by_day) + day(by_day)) END;
CREATE MACRO served(rule, from_day, by_day, to_day) AS CASE rule
    WHEN 'daily_inclusive' THEN days_of(from_day, by_day)
    WHEN 'daily_end_exclusive' THEN served_daily_end_exclusive(from_day, by_day, to_day)
    WHEN 'equal_months' THEN served_equal_months(from_day, by_day, to_day)
    WHEN 'calendar_months' THEN served_calendar_months(from_day, by_day, to_day)
    WHEN 'half_month' THEN served_half_month(from_day, by_day, to_day)
    WHEN 'month_fractions' THEN served_month_fractions(from_day, by_day, to_day)
    WHEN 'daily_ends' THEN served_daily_ends(from_day, by_day, to_day)
    WHEN 'even_months' THEN served_even_months(from_day, by_day, to_day) END;
CREATE MACRO service(rule, from_day, by_day, to_day) AS CASE rule
    WHEN 'daily_inclusive' THEN days_of(from_day, to_day)
    WHEN 'daily_end_exclusive' THEN whole_daily_end_exclusive(from_day, by_day, to_day)
    WHEN 'equal_months' THEN whole_equal_months(from_day, by_day, to_day)
    WHEN 'calendar_months' THEN whole_calendar_months(from_day, by_day, to_day)
    WHEN 'half_month' THEN whole_half_month(from_day, by_day, to_day)
    WHEN 'month_fractions' THEN whole_month_fractions(from_day, by_day, to_day)
    WHEN 'daily_ends' THEN whole_daily_ends(from_day, by_day, to_day)
    WHEN 'even_months' THEN whole_equal_months(from_day, by_day, to_day) END;
-- By the second of local time, days of 86,400: from the first instant of service to the end of a day (S2).
CREATE MACRO day_number(a_day) AS date_diff('day', DATE '1970-01-01', a_day);
CREATE MACRO second_of(instant, zone) AS day_number(earned_local_date(instant, zone)) * 86400
    + CAST(floor(epoch(instant)) AS BIGINT) - 1 - CAST(floor(epoch(earned_end_of_day(
        CAST(earned_local_date(instant, zone) - INTERVAL 1 DAY AS DATE), zone))) AS BIGINT);
CREATE MACRO seconds_whole(from_second, to_second) AS greatest(to_second - from_second, 1);
CREATE MACRO seconds_served(from_second, by_day, to_second) AS least(greatest(
    (day_number(by_day) + 1) * 86400 - from_second, 0), seconds_whole(from_second, to_second));

-- Records in their order, each with what it adds and whether it begins anew: what they come to. At a point in
-- time the sum is held at 0 wherever a rejection would take it below (E8, E11).
CREATE MACRO since_anew(steps) AS list_transform(steps[coalesce(
    list_max(list_filter(range(1, len(steps) + 1), lambda i: steps[i].begins_anew)), 1):], lambda s: s.adds);
CREATE MACRO held_above_0(amounts) AS
    list_sum(amounts) - least(list_min(list_transform(range(1, len(amounts) + 1), lambda i: list_sum(amounts[:i]))), 0);
CREATE MACRO told(steps, is_held) AS
    CASE WHEN is_held THEN held_above_0(since_anew(steps)) ELSE list_sum(since_anew(steps)) END;
-- Each value stands once, as a column: the exact division writes its arguments out many times.
CREATE MACRO earned_of(measured, price, price_of_one, shown, of_whole, decimals, rate, base, base_done) AS (
    SELECT CASE WHEN w.how = 'as_used' AND w.one IS NULL THEN earned_share(w.rate, w.done, CAST(1000000 AS DECIMAL(38, 9)))
        WHEN w.how = 'as_used' THEN earned_priced(w.done, w.one, w.digits)
        ELSE along(w.allocated, w.base, w.base_done, w.part, w.whole) END
    FROM (SELECT v.*, least(greatest(v.done, 0), v.whole) AS part FROM (
        SELECT measured AS how, price AS allocated, price_of_one AS one, coalesce(shown, 0) AS done, of_whole AS whole,
            decimals AS digits, rate AS rate, base AS base, base_done AS base_done) v) w);
CREATE MACRO decimals_of(of_unit) AS (
    SELECT any_value(k.exponent) FROM units u JOIN currencies k ON k.code = u.currency WHERE u.unit_id = of_unit);
CREATE MACRO told_under(of_obligation, of_period, how, least_grade) AS (
    SELECT told(list({'adds': r.adds, 'begins_anew': r.begins_anew} ORDER BY r.place), any_value(CASE WHEN r.place >= 0 THEN how END) = 'point')
    FROM records r JOIN books_calendar k ON k.period_id = of_period
    WHERE r.obligation_id = of_obligation AND CASE least_grade WHEN 'A' THEN r.a_date WHEN 'B' THEN r.b_date
        WHEN 'C' THEN r.c_date WHEN 'D' THEN r.d_date ELSE r.every_date END <= k.last_date);
CREATE MACRO told_by(of_obligation, on_day, how) AS (
    SELECT told(list({'adds': r.adds, 'begins_anew': r.begins_anew} ORDER BY r.place), any_value(CASE WHEN r.place >= 0 THEN how END) = 'point')
    FROM records r WHERE r.obligation_id = of_obligation AND r.counts_date <= on_day);

-- First and last day of service of each obligation, the day on which its contract ended early, and the day
-- before the first period.
CREATE VIEW eve AS
SELECT CAST(coalesce(y.window_from, (SELECT min(k.first_date) FROM books_calendar k)) - INTERVAL 1 DAY AS DATE) AS eve
FROM company y;
CREATE VIEW services AS
SELECT g.obligation_id, g.convention, v.eve, coalesce(o.start_date, k.start_date) AS from_day,
    coalesce(o.end_date, k.end_date) AS to_day, least(v.eve, coalesce(o.end_date, k.end_date), k.terminated_date) AS by_day
FROM (SELECT DISTINCT obligation_id, unit_id, convention FROM progress) g JOIN units u USING (unit_id)
JOIN books_contracts k USING (contract_id) LEFT JOIN books_obligations o ON o.obligation_id = g.obligation_id
CROSS JOIN eve v;
CREATE VIEW served_by_eve AS
SELECT obligation_id, convention, eve, eve < from_day AS is_ahead,
    CAST(served(convention, from_day, by_day, to_day) AS DECIMAL(38, 9)) AS done,
    CAST(service(convention, from_day, by_day, to_day) AS DECIMAL(38, 9)) AS whole
FROM services;

-- The paper that would support a part of a gap and does not count by then: the best of its unit (E9, E12).
CREATE VIEW silent_papers AS
SELECT g.unit_id, g.period_id, g.part, r.evidence_id, r.obligation_id, r.standing, r.grade
FROM gap_parts g JOIN books_calendar k USING (period_id) JOIN records r USING (unit_id)
WHERE g.company_minor > 0 AND g.part IN ('evidence_refused', 'not_started', 'unfinished')
    AND r.standing NOT IN ('admitted', 'rejection') AND r.own_date <= k.last_date
    AND (r.standing = 'contradicted') = (g.part <> 'evidence_refused')
    AND NOT coalesce(r.counts_date <= k.last_date, false)
QUALIFY row_number() OVER (PARTITION BY g.unit_id, g.period_id, g.part ORDER BY r.grade, r.standing = 'late',
    r.standing, r.own_date, r.evidence_id) = 1;

-- What an obligation had earned by the day before the first period, in the contract's currency (U6).
CREATE MACRO earned_before(of_obligation, of_unit, measured, price, price_of_one, of_whole) AS (
    SELECT CASE WHEN is_unbound(of_unit, s.eve) THEN 0
        WHEN s.convention IS NULL THEN earned_of(measured, price, price_of_one,
            told_by(of_obligation, s.eve, measured), of_whole, decimals_of(of_unit), NULL, NULL, NULL)
        WHEN s.is_ahead THEN 0 ELSE coalesce(earned_share(price, s.done, s.whole), 0) END
    FROM served_by_eve s WHERE s.obligation_id = of_obligation);
