"""Who works there: managers, sales, project managers, clerks, reviewers, engineers; roles over time."""

from __future__ import annotations

from datetime import date

from earned.simulation import names
from earned.simulation.book import Book
from earned.simulation.figures import DEPARTMENTS, TARGETS
from earned.simulation.streams import Stream

#: heads of the departments; the first two are the managers M1 and M2 of cloopen.md 9
HEADS = dict(zip(DEPARTMENTS, ("E1001", "E1002", "E1003", "E1004", "E1005", "E1006", "E1007")))
SALES = {d: tuple(f"E2{i}{n:02d}" for n in range(1, 4)) for i, d in enumerate(DEPARTMENTS)}
PROJECT_MANAGERS = tuple(f"E3{n:03d}" for n in range(1, 15))
CLERKS = ("E4001", "E4002", "E4003")
REVIEWERS = ("E5001", "E5002", "E5003")
CONTROLLERS = ("E5101", "E5102")
ENGINEERS = tuple(f"E6{n:03d}" for n in range(1, 61))
ASSISTANTS = ("E4101", "E4102", "E4103", "E4104")
CHIEF, FINANCE_CHIEF, LATER_FINANCE_CHIEF = "E0001", "E0002", "E0003"
COMMITTEE = "E0101"
MOVED = date(2021, 10, 1)

_NAMES = {
    "SKA-1": "战略客户一部", "SKA-2": "重点客户部", "FIN": "金融行业部", "INT": "互联网与电信部",
    "GEM": "政企能源制造部", "SME": "中小客户部", "JPN": "日本事业部", "CW": "财务部", "JF": "交付中心",
    "YY": "运营支持部", "ZB": "总部",
}  # fmt: skip


def user(employee_id: str) -> str:
    """The login of an employee."""
    return f"u{employee_id[1:].lower()}"


def hire(book: Book) -> None:
    """Rows of departments, employees, targets."""
    stream = book.spec.stream("people")
    for department, name in _NAMES.items():
        heads = {"CW": FINANCE_CHIEF, "JF": PROJECT_MANAGERS[0], "YY": CLERKS[0], "ZB": CHIEF}
        head = HEADS.get(department) or heads[department]
        parent = None if department == "ZB" else "ZB"
        start = date(2020, 1, 1)
        book.add(
            "departments", department_id=department, name=f"SIM {name}", parent_id=parent,
            head_id=head, valid_from=start,
        )  # fmt: skip
    _officers(book, stream)
    _sales(book, stream)
    _others(book, stream)
    for n, amounts in enumerate(zip(*TARGETS.values())):
        for department, amount in zip(TARGETS, amounts):
            quarter = f"2021Q{n + 2}"
            book.add(
                "targets", target_id=f"T-{quarter}-{department}", department_id=department,
                period_id=quarter, measure="booked_revenue", amount=book.spec.minor(amount),
                currency=book.spec.currency, pays=True,
            )  # fmt: skip


def _person(book: Book, stream: Stream, employee: str, role: str, department: str, **more: object) -> None:
    row = {"valid_from": date(2020, 1, 1), "is_finance": department == "CW"} | more
    book.add(
        "employees", employee_id=employee, name=more.get("name") or names.person(stream),
        user_id=user(employee), role=role, department_id=department,
        **{k: v for k, v in row.items() if k != "name"},
    )  # fmt: skip


def _officers(book: Book, stream: Stream) -> None:
    limit = book.spec.minor(20_000)
    _person(book, stream, CHIEF, "首席执行官", "ZB", officer="ceo", approval_limit=limit)
    name, left = names.person(stream), date(2021, 12, 31)
    _person(
        book, stream, FINANCE_CHIEF, "首席财务官", "CW", officer="cfo", manager_id=CHIEF, name=name,
        approval_limit=limit, valid_to=left,
    )  # fmt: skip
    _person(
        book, stream, LATER_FINANCE_CHIEF, "首席财务官", "CW", officer="cfo", manager_id=CHIEF,
        approval_limit=limit, valid_from=date(2022, 1, 1),
    )  # fmt: skip
    _person(book, stream, COMMITTEE, "审计委员会秘书", "ZB", manager_id=CHIEF)


def _sales(book: Book, stream: Stream) -> None:
    titles = {"SKA-1": "运营管理总监", "SKA-2": "部门负责人"}
    for department, head in HEADS.items():
        role = titles.get(department, "部门总经理")
        _person(book, stream, head, role, department, manager_id=CHIEF)
        for employee in SALES[department]:
            _person(book, stream, employee, "销售主管", department, manager_id=head)


def _others(book: Book, stream: Stream) -> None:
    for employee in PROJECT_MANAGERS:
        _person(book, stream, employee, "项目经理", "JF", manager_id=PROJECT_MANAGERS[0])
    limit = book.spec.minor(500)
    for employee in CLERKS[:2]:
        _person(book, stream, employee, "收入录入专员", "YY", manager_id=CLERKS[0])
    name = names.person(stream)
    _person(book, stream, CLERKS[2], "收入录入专员", "YY", manager_id=CLERKS[0], name=name, valid_to=MOVED)
    moved = {"manager_id": PROJECT_MANAGERS[0], "name": name, "valid_from": date(2021, 10, 2)}
    _person(book, stream, CLERKS[2], "交付文员", "JF", **moved)
    for employee in ASSISTANTS:
        _person(book, stream, employee, "项目助理", "JF", manager_id=PROJECT_MANAGERS[0])
    for employee in REVIEWERS:
        _person(book, stream, employee, "收入复核", "CW", manager_id=FINANCE_CHIEF, approval_limit=limit)
    for employee in CONTROLLERS:
        most = book.spec.minor(8_000)
        _person(book, stream, employee, "财务主管", "CW", manager_id=FINANCE_CHIEF, approval_limit=most)
    for employee in ENGINEERS:
        _person(book, stream, employee, "实施工程师", "JF", manager_id=stream.pick(PROJECT_MANAGERS))


def clerk(stream: Stream, day: date) -> str:
    """The login of a clerk who enters revenue on a day."""
    return user(stream.pick(CLERKS if day <= MOVED else CLERKS[:2]))


def approver(stream: Stream, amount: int, limit: int) -> str:
    """The login of a reviewer, above the reviewer's limit of a controller."""
    return user(stream.pick(REVIEWERS if abs(amount) <= limit else CONTROLLERS))
