"""Tables in Markdown, and dollars for readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

HALF = Decimal("0.5")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = False) -> str:
    """`numbers`: every column but the first is aligned to the right."""
    rule = ["---", *(["---:" if numbers else "---"] * (len(head) - 1))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def dollars(amount: Decimal) -> str:
    """Whole dollars; what is less than half of one, but not nothing, is said so."""
    if not amount:
        return "–"
    if abs(amount) < HALF:
        return "<1" if amount > 0 else ">−1"
    return f"{amount.quantize(Decimal(1), ROUND_HALF_UP):,}".replace("-", "−")


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros that say nothing."""
    return f"{number.normalize():,f}"


def bold(cells: Iterable[str]) -> list[str]:
    return [f"**{cell}**" for cell in cells]
