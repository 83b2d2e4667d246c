"""One deployment to be priced: a platform and a size, with all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from terraform.cost.contents import Contents
from terraform.cost.errors import UnusableSize
from terraform.cost.price_list import PriceList
from terraform.cost.sizing import Sizing
from terraform.cost.usage import Month, Request, Traffic


@dataclass(frozen=True)
class Case:
    """`platform` is ecs or eks."""

    platform: str
    sizing: Sizing
    traffic: Traffic
    request: Request
    month: Month
    contents: Contents
    prices: PriceList

    def __post_init__(self) -> None:
        least, most = self.sizing.min_capacity, self.sizing.max_capacity
        if least < 1 or most < least:
            raise UnusableSize(f"max_capacity {most} must not be below min_capacity {least}, which is at least 1.")
        if least + self.traffic.extra_replicas > most:
            raise UnusableSize(
                f"With {self.traffic.extra_replicas} replicas above min_capacity {least}, more run on average than "
                f"max_capacity {most}: lower extra_replicas in usage.yaml, or raise max_capacity."
            )

    def requests_gb(self, kilobytes: Decimal) -> Decimal:
        """GB in a month, of `kilobytes` in each request."""
        return self.traffic.requests * kilobytes / 1_000_000
