"""Papers as text: contracts, releases, acceptances made for the auditor, messages at the end of a quarter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from earned.simulation import disputes, figures
from earned.simulation.book import Book, Contract
from earned.simulation.calendar import Quarter, at
from earned.simulation.people import ASSISTANTS, CLERKS, HEADS, PROJECT_MANAGERS, SALES
from earned.simulation.planted import MANAGERS
from earned.simulation.streams import digest

_ASKS = (
    "本季度目标还差一点，请把 {contract} 先确认收入，验收单后补。",
    "{contract} 客户月底前签不了，先按已验收录入，下季度再补手续。",
)
_COMPLIES = ("收到，今天录入。", "好的，已提交复核。", "明白。")
_OBJECTS = "{contract} 还没有到货，也没有工时，我认为不能确认，特此书面说明。"
_REFUSES = "没有终验报告，我不录入。"
_KNOWS = "我知道客户签字是 7 月中旬，先按 6 月的日期处理。"


def write(book: Book) -> None:
    """Every paper with its row in `documents`."""
    for contract in book.contracts:
        if contract.line in figures.PROJECT_LINES:
            _contract(book, contract)
    for quarter, (thousands, dollars, day) in figures.ANNOUNCED.items():
        both = f"收入 {_millions(thousands)} 百万，合 {_millions(dollars)} 百万美元"
        text = f"SIM 云汀通信 {quarter} 未经审计业绩\n{both}\n"
        moment = at(date.fromisoformat(day), 8)
        book.paper(
            f"DOC-RELEASE-{quarter}", f"releases/{quarter}.txt", text, moment, "SIM 董事会办公室", "公告归档"
        )
    for row in book.rows["acceptances"]:
        _acceptance(book, row)
    disputes.register(book)
    _for_the_sample(book)
    _confirmations(book)
    for quarter_ in book.spec.quarters if book.planted else ():
        _messages(book, quarter_)


def _millions(thousands: int) -> str:
    return f"{thousands // 1000}.{thousands % 1000 // 100}"


def _contract(book: Book, contract: Contract) -> None:
    text = (
        f"合同编号 {contract.contract_id}\n客户 {contract.customer_id}\n"
        f"含税总价 {contract.gross // book.spec.major}\n签署日 {contract.signed}\n验收以终验报告为准\n"
    )
    moment = at(contract.signed + timedelta(2), 10)
    path = f"contracts/{contract.contract_id}.txt"
    book.paper(f"DOC-{contract.contract_id}", path, text, moment, "SIM 商务部", "合同扫描件")


def _acceptance(book: Book, row: dict[str, Any]) -> None:
    """The certificate behind a row: what it says, its template, and the imprint of its seal.

    Two papers of one customer and stage show the same seal, never the same imprint of it, but where a
    paper was put together afterwards (`afterwards`): then the imprint of another, and a later template.
    """
    day, made = row["event_date"], row["recorded_at"]
    own = digest(book.spec.seed, "imprint", row.get("afterwards") or row["evidence_id"]) % 10**8
    template = f"{made:%Y-%m}" if row.get("afterwards") else f"{day.year - 1}-06"
    stage = {"arrival": "到货验收单", "initial": "初验报告", "final": "终验报告"}[row["stage"]]
    text = (
        f"{stage}\n编号 {row['number']}\n合同编号 {row['contract_id']}\n模块 {row['obligation_id']}\n"
        f"验收日期 {day}\n验收结果 通过\n客户签字 {row['signer']} {row['signed_customer_date'] or ''}\n"
        f"客户盖章 {row.get('sealed_customer_date') or '无'} 印模 {own:08d}\n模板版本 {template}\n"
    )
    number = row["document_id"] = f"DOC-{row['evidence_id']}"
    book.paper(number, f"acceptances/{number}.txt", text, made, "SIM 交付中心", "验收归档")


def _for_the_sample(book: Book) -> None:
    """Acceptance papers of class A, made in February 2022 when the auditor asked for a sample."""
    for p in book.planted:
        if p.kind != "A":
            continue
        stream = book.spec.stream("papers", p.unit_id)
        made = at(stream.day(date(2022, 2, 10), date(2022, 2, 25)), 22, stream.between(0, 59))
        last = next(q.last for q in book.spec.quarters if q.name == p.quarter)
        dated = last - timedelta(stream.between(1, 9))
        number = book.number("DOC")
        text = f"终验报告\n合同编号 {p.contract_id}\n模块 {p.unit_id}\n验收日期 {dated}\n模板版本 2022-01\n"
        book.paper(number, f"acceptances/{number}.txt", text, made, "SIM 重点客户部", "审计抽样提供")


def _confirmations(book: Book) -> None:
    """What customers answered the auditor in March 2022: the balance differs where work was not accepted."""
    for contract_id in sorted({p.contract_id for p in book.planted if p.kind in ("A", "C")}):
        stream = book.spec.stream("confirmations", contract_id)
        day = stream.day(date(2022, 3, 7), date(2022, 3, 18))
        number = book.number("DOC")
        text = f"询证函回函\n合同编号 {contract_id}\n回函日期 {day}\n结论 不符：我方未验收，金额 0.00\n"
        book.paper(number, f"confirmations/{number}.txt", text, at(day, 14), "外部审计", "询证函回函")


def _messages(book: Book, quarter: Quarter) -> None:
    """In the last ten days a manager asks; nine comply, two object in writing, one refuses."""
    stream = book.spec.stream("chats", quarter.name)
    planted = sorted({p.contract_id for p in book.planted if p.quarter == quarter.name and p.manager_id})
    if not planted:
        return
    lines = []
    for department, manager in MANAGERS.items():
        staff = [*SALES[department], *PROJECT_MANAGERS[:5], *ASSISTANTS, *CLERKS]
        for n, person in enumerate(stream.some(staff, 6)):
            day = quarter.last - timedelta(stream.between(0, 9))
            contract = stream.pick(planted)
            asked = stream.pick(_ASKS).format(contract=contract)
            said = stream.pick(_COMPLIES)
            if n == 4:
                said = _OBJECTS.format(contract=contract)
            if n == 5 and department == "SKA-2":
                said = _REFUSES
            lines += [f"{day} {manager} -> {person}: {asked}", f"{day} {person} -> {manager}: {said}"]
    if quarter.name == "2021Q2":
        lines.append(f"2021-07-08 {HEADS['SKA-2']} -> {PROJECT_MANAGERS[0]}: {_KNOWS}")
    number = f"DOC-CHAT-{quarter.name}"
    text = "\n".join(sorted(lines)) + "\n"
    moment = at(date(2022, 5, 20), 10)
    book.paper(number, f"messages/{quarter.name}.txt", text, moment, "SIM 信息技术部", "内部通讯导出")
