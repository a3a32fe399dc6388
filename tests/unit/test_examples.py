"""The purchases of the demo shop are all there and exact."""

from datetime import date

from leal.examples import Purchase, purchases
from leal.values import MICRO


def test_purchases_are_complete() -> None:
    bought = list(purchases())
    assert len(bought) == 69_659
    assert len({purchase.customer for purchase in bought}) == 23_570
    assert len({(purchase.customer, purchase.day, purchase.number) for purchase in bought}) == 69_659
    assert sum(purchase.paid_micros == 0 for purchase in bought) == 80
    assert min(purchase.day for purchase in bought) == date(1997, 1, 1)
    assert max(purchase.day for purchase in bought) == date(1998, 6, 30)
    assert bought[0] == Purchase("00001", date(1997, 1, 1), 1, 1, 11_770_000)
    assert sum(purchase.paid_micros for purchase in bought) % (MICRO // 100) == 0


def test_purchases_of_one_day_are_numbered() -> None:
    first_days = [purchase for purchase in purchases() if purchase.customer == "00002"]
    assert [(purchase.day, purchase.number, purchase.discs) for purchase in first_days] == [
        (date(1997, 1, 12), 1, 1),
        (date(1997, 1, 12), 2, 5),
    ]
