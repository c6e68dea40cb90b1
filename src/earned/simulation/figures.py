"""Control totals of the simulated company (cloopen.md 9.1 and 9.2), thousands of the currency, without tax.

The quarters' totals are the published ones; their split over lines and departments is made up and foots.
"""

from __future__ import annotations

QUARTERS = ("2021Q1", "2021Q2", "2021Q3", "2021Q4")
DEPARTMENTS = ("SKA-1", "SKA-2", "FIN", "INT", "GEM", "SME", "JPN")
LINES = ("text", "voice", "cpaas_other", "cc_sub", "cc_project", "ucc_project", "other")
USAGE_LINES = LINES[:3]
PROJECT_LINES = ("cc_project", "ucc_project")

#: booked revenue: quarter -> line -> one amount a department, in the order of DEPARTMENTS
CELLS: dict[str, dict[str, tuple[int, ...]]] = {
    "2021Q1": {
        "text": (7590, 6140, 12270, 20410, 3080, 14940, 1970),
        "voice": (2750, 2280, 4730, 3150, 1860, 2260, 570),
        "cpaas_other": (2420, 2000, 3470, 3470, 1960, 1980, 500),
        "cc_sub": (8140, 6480, 12600, 7710, 5950, 3210, 2110),
        "cc_project": (2600, 4700, 5290, 3530, 3330, 0, 350),
        "ucc_project": (8200, 4000, 9470, 6040, 8950, 0, 940),
        "other": (0, 0, 370, 290, 270, 110, 60),
    },
    "2021Q2": {
        "text": (10200, 7980, 14900, 23900, 3820, 16610, 2090),
        "voice": (3500, 2810, 5460, 3500, 2190, 2370, 570),
        "cpaas_other": (3520, 2820, 4560, 4390, 2640, 2390, 580),
        "cc_sub": (12080, 9290, 16940, 9950, 8140, 3930, 2470),
        "cc_project": (4000, 11000, 10030, 6440, 6440, 0, 590),
        "ucc_project": (16000, 5400, 11020, 6740, 10590, 0, 950),
        "other": (0, 0, 390, 280, 280, 100, 50),
    },
    "2021Q3": {
        "text": (8950, 7090, 14060, 22500, 3800, 16000, 2000),
        "voice": (3180, 2590, 5330, 3410, 2250, 2370, 570),
        "cpaas_other": (3180, 2580, 4440, 4260, 2700, 2370, 570),
        "cc_sub": (12490, 9740, 18810, 11050, 9550, 4460, 2800),
        "cc_project": (4400, 14600, 10480, 6710, 7090, 0, 620),
        "ucc_project": (19400, 4200, 8990, 5500, 9120, 0, 790),
        "other": (0, 0, 390, 270, 290, 100, 50),
    },
    "2021Q4": {
        "text": (10310, 8110, 15410, 23290, 4390, 16640, 2050),
        "voice": (3710, 2990, 5900, 3580, 2630, 2500, 590),
        "cpaas_other": (3750, 3030, 4980, 4520, 3190, 2530, 600),
        "cc_sub": (14930, 11570, 21390, 11880, 11440, 4820, 2970),
        "cc_project": (8000, 21500, 11660, 7070, 8320, 0, 650),
        "ucc_project": (25600, 5400, 12050, 6970, 12890, 0, 990),
        "other": (0, 0, 410, 290, 340, 110, 50),
    },
}

#: what the table of 9.1 states, to prove CELLS against
LINE_TOTALS = {
    "text": (66400, 79500, 74400, 80200),
    "voice": (17600, 20400, 19700, 21900),
    "cpaas_other": (15800, 20900, 20100, 22600),
    "cc_sub": (46200, 62800, 68900, 79000),
    "cc_project": (19800, 38500, 43900, 57200),
    "ucc_project": (37600, 50700, 48000, 63900),
    "other": (1100, 1100, 1100, 1200),
}
DEPARTMENT_TOTALS = {
    "SKA-1": (31700, 49300, 51600, 66300),
    "SKA-2": (25600, 39300, 40800, 52600),
    "FIN": (48200, 63300, 62500, 71800),
    "INT": (44600, 55200, 53700, 57600),
    "GEM": (25400, 34100, 34800, 43200),
    "SME": (22500, 25400, 25300, 26600),
    "JPN": (6500, 7300, 7400, 7900),
}
TOTALS = (204500, 273900, 276100, 326000)

#: contracts with revenue in the quarter
CONTRACTS = {
    "cc_sub": (410, 470, 510, 540),
    "cc_project": (26, 45, 49, 61),
    "ucc_project": (58, 71, 74, 92),
    "other": (12, 12, 12, 12),
}
#: of them projects of the two departments of strategic customers and key accounts: 26 / 41 / 44 / 54
SKA_CONTRACTS = {
    ("SKA-1", "ucc_project"): (11, 16, 18, 21),
    ("SKA-1", "cc_project"): (4, 5, 5, 9),
    ("SKA-2", "cc_project"): (6, 12, 14, 16),
    ("SKA-2", "ucc_project"): (5, 8, 7, 8),
}

#: targets of booked revenue from the new evaluation of 1 April 2021 on (9.2)
TARGETS = {
    "SKA-1": (49000, 51400, 65900),
    "SKA-2": (39000, 40600, 52100),
    "FIN": (65000, 66000, 74500),
    "INT": (53500, 55000, 56500),
    "GEM": (36500, 36000, 45500),
    "SME": (25000, 25500, 26200),
    "JPN": (7600, 7200, 8100),
}

#: customers modelled singly in `compact`, and all active ones at the quarters' ends
LARGE = {"SKA-1": 24, "SKA-2": 20, "FIN": 62, "INT": 50, "GEM": 50, "SME": 0, "JPN": 13}
MIDDLE = {"SKA-1": 0, "SKA-2": 0, "FIN": 120, "INT": 110, "GEM": 100, "SME": 240, "JPN": 30}
#: parts per thousand of the revenue of every quarter that large customers bring
LARGE_SHARE = 721
ACTIVE = (13109, 12976, 12244, 11800)

#: gross margin in parts per thousand; the last quarter is a draft
MARGINS = (430, 431, 435, 430)

#: announced: quarter -> (thousands, thousands of US dollars as printed, day)
ANNOUNCED = {
    "2021Q1": (204500, 31200, "2021-06-10"),
    "2021Q2": (273900, 42400, "2021-08-11"),
    "2021Q3": (276100, 42900, "2021-11-18"),
}


def cell(quarter: str, line: str, department: str) -> int:
    """Booked revenue of a quarter, line and department, thousands."""
    return CELLS[quarter][line][DEPARTMENTS.index(department)]
