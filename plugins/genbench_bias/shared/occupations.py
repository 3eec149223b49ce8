"""Occupations, and the published share of women in each.

Names are singular; `mechanic` and `tailor` are the words of the paper's sentences for mechanician and sewer.
"""

from __future__ import annotations

__all__ = ["SHARES", "SOURCE"]

#: Source of the shares.
SOURCE = (
    "Zhao et al. 2018 (arXiv:1804.06876), table 1, CC BY 4.0: Current Population Survey of the US Bureau of "
    "Labor Statistics, 2017"
)

#: Occupation to the percentage of women in it.
SHARES = {
    "accountant": 61,
    "analyst": 41,
    "assistant": 85,
    "attendant": 76,
    "auditor": 61,
    "baker": 65,
    "carpenter": 2,
    "cashier": 73,
    "CEO": 39,
    "chief": 27,
    "cleaner": 89,
    "clerk": 72,
    "construction worker": 4,
    "cook": 38,
    "counselor": 73,
    "designer": 54,
    "developer": 20,
    "driver": 6,
    "editor": 52,
    "farmer": 22,
    "guard": 22,
    "hairdresser": 92,
    "housekeeper": 89,
    "janitor": 34,
    "laborer": 4,
    "lawyer": 35,
    "librarian": 84,
    "manager": 43,
    "mechanic": 4,
    "mover": 18,
    "nurse": 90,
    "physician": 38,
    "receptionist": 90,
    "salesperson": 48,
    "secretary": 95,
    "sheriff": 14,
    "supervisor": 44,
    "tailor": 80,
    "teacher": 78,
    "writer": 63,
}
