"""Which files the books are made of: feeds with their table, format, headers and words.

A feed is a part of a table as one system exports it. Chinese headers are mapped in books.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Feed:
    """A file of the books. `headers`: our column -> the file's; empty: our own names."""

    table: str
    file: str
    kind: str  # csv | xlsx | parquet
    columns: tuple[str, ...]
    order: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    sheet: str | None = None
    encoding: str = "utf-8"
    constant: dict[str, str] = field(default_factory=dict)


def _own(table: str, columns: str, order: str, file: str | None = None) -> Feed:
    return Feed(table, file or f"{table}.csv", "csv", tuple(columns.split()), tuple(order.split()))


_CONTRACTS = (
    "contract_id price currency price_includes_tax tax_rate customer_id entity_id status bound_date "
    "signed_company_date signed_customer_date start_date end_date owner_id department_id "
    "payment_terms_days document_id"
)
_OBLIGATIONS = (
    "obligation_id contract_id pattern measure ssp total_quantity unit_price start_date end_date role "
    "binding_stage trial_run_days booked_before added_in_version description"
)
_EVIDENCE = (
    "evidence_id contract_id obligation_id kind event_date recorded_at stage quantity basis maker made_by "
    "signer signer_customer_id number batch"
)
_ENTRIES = (
    "entry_id journal_id line_number contract_id obligation_id effective_date amount currency entity_id "
    "account counter_account posted_at created_at approved_at preparer approver source is_manual kind "
    "customer_id description"
)
_PROJECT_HEADERS = {
    "contract_id": "合同编号", "price": "合同金额（含税）", "currency": "币种",
    "price_includes_tax": "是否含税",
    "tax_rate": "综合税率%", "customer_id": "客户编号", "entity_id": "签约主体", "status": "合同状态",
    "bound_date": "生效日期", "signed_company_date": "我方签署日", "signed_customer_date": "客户签署日",
    "owner_id": "销售负责人", "department_id": "所属部门", "payment_terms_days": "账期（天）",
    "document_id": "合同扫描件",
}  # fmt: skip
_ACCEPTANCE_HEADERS = {
    "evidence_id": "单据编号", "contract_id": "合同编号", "obligation_id": "模块编号", "kind": "单据类型",
    "event_date": "验收日期", "recorded_at": "归档时间", "stage": "验收阶段", "result": "验收结果",
    "signed_customer_date": "客户签字日期", "sealed_customer_date": "客户盖章日期", "maker": "出具方",
    "made_by": "经办人", "signer": "客户签字人", "signer_customer_id": "签字人单位", "number": "验收单号",
    "document_id": "扫描件",
}  # fmt: skip
_SHEET_HEADERS = {
    "evidence_id": "工时单号", "contract_id": "合同编号", "obligation_id": "模块编号",
    "event_date": "周末日期", "recorded_at": "录入时间", "quantity": "工时", "made_by": "员工",
    "number": "周报编号",
}  # fmt: skip
_EMPLOYEE_HEADERS = {
    "employee_id": "工号", "name": "姓名", "user_id": "系统账号", "role": "岗位", "department_id": "部门",
    "manager_id": "直属上级", "is_finance": "财务人员", "officer": "高管", "approval_limit": "审批限额",
    "valid_from": "任职起", "valid_to": "任职止",
}  # fmt: skip
_YES = {"是": "true", "否": "false"}

FEEDS: dict[str, Feed] = {
    "project_contracts": Feed(
        "contracts", "合同台账.xlsx", "xlsx", tuple(_PROJECT_HEADERS),
        ("signed_customer_date", "contract_id"), _PROJECT_HEADERS,
        {"price_includes_tax": _YES, "status": {"执行中": "active"}}, "项目合同",
    ),
    "contracts": _own("contracts", _CONTRACTS, "signed_customer_date contract_id"),
    "obligations": _own("obligations", _OBLIGATIONS, "obligation_id"),
    "estimates": _own(
        "estimates",
        "obligation_id kind item nature known_at quantity amount constrained_amount method made_by",
        "obligation_id known_at kind",
    ),
    "modifications": _own(
        "modifications",
        "contract_id version effective_date approved_date treatment price_change obligation_id decided_by "
        "recorded_at",
        "contract_id version",
    ),
    "modified_obligations": _own(
        "modified_obligations", "contract_id version obligation_id total_quantity end_date",
        "contract_id version obligation_id",
    ),
    "acceptances": Feed(
        "evidence", "验收登记.xlsx", "xlsx", tuple(_ACCEPTANCE_HEADERS), ("recorded_at", "evidence_id"),
        _ACCEPTANCE_HEADERS,
        {
            "kind": {"验收报告": "acceptance", "到货单": "delivery"},
            "stage": {"到货验收": "arrival", "初验": "initial", "终验": "final"},
            "result": {"通过": "accepted"},
            "maker": {"客户": "customer", "我方": "company"},
        },
        "验收",
    ),
    "timesheets": Feed(
        "evidence", "工时.csv", "csv", tuple(_SHEET_HEADERS), ("recorded_at", "evidence_id"), _SHEET_HEADERS,
        encoding="gb18030", constant={"kind": "hours", "basis": "increment", "maker": "company"},
    ),
    "logs": _own("evidence", _EVIDENCE, "recorded_at evidence_id", "evidence_logs.csv"),
    "mails": _own("evidence", _EVIDENCE, "recorded_at evidence_id", "evidence_mails.csv"),
    "usage_other": _own("evidence", _EVIDENCE, "recorded_at evidence_id", "evidence_usage_manual.csv"),
    "entries": _own("entries", _ENTRIES, "entry_id"),
    "customers": _own(
        "customers", "customer_id name tax_id related_party entity_id created_at", "customer_id"
    ),
    "contacts": _own("contacts", "customer_id name role may_accept valid_from valid_to", "customer_id name"),
    "employees": Feed(
        "employees", "员工.xlsx", "xlsx", tuple(_EMPLOYEE_HEADERS), ("employee_id", "valid_from"),
        _EMPLOYEE_HEADERS, {"is_finance": _YES}, "花名册",
    ),
    "departments": _own(
        "departments", "department_id name parent_id head_id valid_from valid_to", "department_id"
    ),
    "targets": _own("targets", "target_id department_id period_id measure amount currency pays", "target_id"),
    "announced": _own(
        "announced",
        "announced_id period_id figure amount rounded_to currency translated_amount translated_currency "
        "published_date status document_id",
        "announced_id",
    ),
    "guidance": _own(
        "guidance", "guidance_id period_id figure low high currency published_date document_id", "guidance_id"
    ),
    "forecast": _own("forecast", "guidance_id forecast_id contract_id amount", "forecast_id"),
    "periods": _own(
        "periods", "period_id first_date last_date fiscal_year closed_at published_date", "first_date"
    ),
    "rates": _own("rates", "from_currency to_currency rate_date kind rate", "rate_date kind"),
    "entities": _own("entities", "entity_id name parent_id currency consolidated", "entity_id"),
    "accounts": _own("accounts", "account name role type caption", "account"),
    "trial_balance": _own(
        "trial_balance", "account period_id opening closing currency", "period_id account"
    ),
    "ledger": Feed(
        "ledger", "ledger.parquet", "parquet",
        ("journal_id", "line_number", "account", "amount", "effective_date", "currency", "created_at",
         "preparer", "source", "description"),
        ("journal_id", "line_number"),
    ),
    "invoices": _own(
        "invoices",
        "invoice_id contract_id customer_id kind invoice_date due_date amount tax currency corrects reason "
        "recorded_at",
        "invoice_date invoice_id",
    ),
    "receipts": _own(
        "receipts", "receipt_id kind customer_id invoice_id contract_id receipt_date amount currency payer",
        "receipt_date receipt_id",
    ),
    "awards": _own(
        "awards", "award_id employee_id kind measure period_id received_date attained_date amount shares",
        "award_id",
    ),
    "trades": _own("trades", "trade_id employee_id trade_date side shares price cost", "trade_id"),
    "controls": _own(
        "controls", "control_id description owner_id kind procedure_ids valid_from valid_to", "control_id"
    ),
    "documents": _own(
        "documents", "document_id path custodian origin recorded_at language", "recorded_at document_id"
    ),
    "decisions": _own(
        "decisions", "subject_type subject_id decision reason value decided_by decided_at",
        "decided_at subject_id",
    ),
}  # fmt: skip
