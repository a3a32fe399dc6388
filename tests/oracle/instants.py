"""Calendar arithmetic of the rules (S1.2): instants are microseconds since 1970 UTC, days are local dates."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
MONTHS_OF = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}

Term = tuple[int, str]  # (12, "month"), (30, "day")


def instant_of(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970."""
    return (moment - EPOCH) // MICRO


def instant(text: str) -> int:
    """An RFC 3339 text with an offset as microseconds since 1970."""
    return instant_of(datetime.fromisoformat(text))


@lru_cache(50_000)
def local(at: int, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows at an instant, without a zone."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone).replace(tzinfo=None, fold=0)


def local_day(at: int, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return local(at, zone).date()


def from_local(wall: datetime, zone: ZoneInfo) -> int:
    """The instant of a wall clock time: of two the first; one that does not exist moves to the next that does."""
    first = instant_of(wall.replace(tzinfo=zone, fold=0))
    if local(first, zone) == wall:
        return first
    low, high = instant_of(wall.replace(tzinfo=zone, fold=1)), first  # the leap of the clock lies between
    before = local(low, zone) - timedelta(microseconds=low)
    while high - low > 1:
        middle = (low + high) // 2
        if local(middle, zone) - timedelta(microseconds=middle) == before:
            low = middle
        else:
            high = middle
    return high


def day_start(day: date, zone: ZoneInfo) -> int:
    """The first moment of a local day."""
    return from_local(datetime.combine(day, time()), zone)


def parse_term(text: str) -> Term:
    """`12 months` as (12, "month")."""
    count, unit = text.split()
    return int(count), unit.removesuffix("s")


def add_months(day: date, months: int) -> date:
    """The same day of another month, at most its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - timedelta(days=1)).day))


def shift_day(day: date, term: Term, times: int = 1) -> date:
    """A local day moved by so many terms, counted from the day itself."""
    count, unit = term[0] * times, term[1]
    if unit == "day":
        return day + timedelta(days=count)
    return add_months(day, count * MONTHS_OF[unit])


def round_up_wall(wall: datetime, unit: str) -> datetime:
    """The end of the period; a wall clock time that is already an end stays."""
    if unit == "none":
        return wall
    midnight = datetime.combine(wall.date(), time())
    if unit == "day":
        return midnight if wall == midnight else midnight + timedelta(days=1)
    size = MONTHS_OF[unit]
    first = date(wall.year, (wall.month - 1) // size * size + 1, 1)
    begin = datetime.combine(first, time())
    return begin if wall == begin else datetime.combine(add_months(first, size), time())


def add_term(at: int, term: Term, zone: ZoneInfo, *, round_up: str = "none", times: int = 1) -> int:
    """An instant moved by so many terms in the zone, rounded up there, made an instant once."""
    wall = local(at, zone)
    moved = datetime.combine(shift_day(wall.date(), term, times), wall.time())
    return from_local(round_up_wall(moved, round_up), zone)


def day_of_year(text: str, year: int) -> date:
    """`12-31` in a year; 02-29 is the 28th in common years."""
    month, day = (int(part) for part in text.split("-"))
    return add_months(date(2000, month, day), (year - 2000) * 12)


def next_day_start(text: str, at: int, zone: ZoneInfo) -> int:
    """The start of the next such calendar day after an instant."""
    year = local_day(at, zone).year
    return min(s for y in (year - 1, year, year + 1) if (s := day_start(day_of_year(text, y), zone)) > at)


def next_day_end(texts: list[str], at: int, zone: ZoneInfo) -> int:
    """The end of the next of these calendar days after an instant."""
    year = local_day(at, zone).year
    days = [day_of_year(text, y) for text in texts for y in (year - 1, year, year + 1)]
    return min(e for day in days if (e := day_start(day + timedelta(days=1), zone)) > at)


def period_start(period: str, day: date) -> date:
    """The first day of the calendar period that a day lies in; weeks begin on Monday."""
    match period:
        case "daily":
            return day
        case "weekly":
            return day - timedelta(days=day.weekday())
        case "monthly":
            return day.replace(day=1)
        case "yearly":
            return day.replace(month=1, day=1)
        case "lifetime":
            return date.min
    raise ValueError(period)


def parse_time(text: str, zone: ZoneInfo) -> int:
    """A programme's time: a day (its first moment in the zone) or RFC 3339."""
    if len(text) == 10:
        return day_start(date.fromisoformat(text), zone)
    return instant(text)
