"""The grammar of schedules: what is accepted, and the messages for what is refused."""

import pytest

from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.schedule import EVERY_DAY, EVERY_MONTH, Calendar, Interval, Window
from gaelocal.scheduler.schedule_errors import ScheduleError

EVERY = frozenset({1, 2, 3, 4, 5})


def days(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("every 12 hours", Interval(720)),
        ("every 1 minutes", Interval(1)),
        ("every 5 mins", Interval(5)),
        ("EVERY 5 Minutes", Interval(5)),
        ("every 5 minutes on mon,friday", Interval(5, days(0, 4))),
        ("every 5 minutes from 10:00 to 14:00", Window(5, 600, 840)),
        ("every 2 hours from 22:00 to 4:00", Window(120, 1320, 240)),
        (
            "every 30 mins from 09:00 to 17:30 on mon,tue,wed,thu,fri",
            Window(30, 540, 1050, days(0, 1, 2, 3, 4)),
        ),
        ("every 2 hours synchronized", Window(120, 0, 1439)),
        ("every 15 minutes synchronized on sunday", Window(15, 0, 1439, days(6))),
        ("every day 00:00", Calendar(0, ordinals=EVERY, weekdays=EVERY_DAY)),
        ("every monday 09:00", Calendar(540, ordinals=EVERY, weekdays=days(0))),
        ("every mon,thursday 9:05", Calendar(545, ordinals=EVERY, weekdays=days(0, 3))),
        ("every monday of month 09:00", Calendar(540, ordinals=EVERY, weekdays=days(0))),
        ("2nd,third mon,wed,thu of march 17:00", Calendar(1020, days(3), days(), days(2, 3), days(0, 2, 3))),
        ("1st monday of sep,oct,nov 17:00", Calendar(1020, days(9, 10, 11), days(), days(1), days(0))),
        ("1 of jan,april,july,oct 00:00", Calendar(0, days(1, 4, 7, 10), days(1))),
        ("1,15, 31 of month 23:59", Calendar(1439, EVERY_MONTH, days(1, 15, 31))),
        ("first saturday of quarter 08:00", Calendar(480, days(1, 4, 7, 10), days(), days(1), days(5))),
        ("1 of 2nd month of quarter 08:00", Calendar(480, days(2, 5, 8, 11), days(1))),
        (
            "fifth friday of 1st,third month of quarter 08:00",
            Calendar(480, days(1, 3, 4, 6, 7, 9, 10, 12), days(), days(5), days(4)),
        ),
        ("29 of feb 12:00", Calendar(720, days(2), days(29))),
        ("31 of jan,feb 12:00", Calendar(720, days(1, 2), days(31))),
        ("1st day of month 06:00", Calendar(360, EVERY_MONTH, days(1))),
        ("2nd,fourth day of feb 06:00", Calendar(360, days(2), days(2, 4))),
        ("1st day 06:00", Calendar(360, EVERY_MONTH, days(1))),
        ("every 48 hours", Interval(2880)),
        ("every 24 hours on mon", Interval(1440, days(0))),
        ("every 30 hours from 10:00 to 14:00", Window(1800, 600, 840)),
        ("every5minutesfrom9:00to10:00onmon", Window(5, 540, 600, days(0))),
    ],
)
def test_a_schedule_means_what_the_reference_says(text: str, meaning: object) -> None:
    assert parse_schedule(text) == meaning


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("every 1 minute", "every 1 minutes"),
        ("every 5 minute", "every 5 minutes"),
        ("every 1 hour", "every 1 hours"),
        ("every hour", "every 1 hours"),
        ("every minutes", "every 1 minutes"),
        ("every day", "time is missing"),
        ("every monday", "time is missing"),
        ("every 2 days", "every 48 hours"),
        ("every 1 day", "every 24 hours"),
        ("every 2 weeks", "every monday 09:00"),
        ("every week 09:00", "every monday 09:00"),
        ("every 7 minutes synchronized", "divides 24 hours"),
        ("every 0 minutes", "at least one minute"),
        ("every 5 seconds", "hours, minutes, mins"),
        ("every", "a number, a weekday or `day`"),
        ("*/5 * * * *", "`every 5 minutes`"),
        ("0 9 * * *", "`every day 09:00`"),
        ("30 9 * * 1", "`every monday 09:30`"),
        ("30 9 * * mon-fri", "unix cron"),
        ("0 0 1 * *", "`1 of month 00:00`"),
        ("@daily", "`every day 00:00`"),
        ("31 of feb 09:00", "longest of these months has 29 days"),
        ("31 of apr,june 09:00", "has 30 days"),
        ("32 of month 09:00", "1 to 31"),
        ("0 of month 09:00", "1 to 31"),
        ("last friday of month 09:00", "expected an ordinal"),
        ("6th friday of month 09:00", "expected an ordinal"),
        ("monday 09:00", "an ordinal"),
        ("1st of month 09:00", "a weekday"),
        ("1st monday of 09:00", "a month"),
        ("4th month of quarter 09:00", "a weekday"),
        ("1 of 4th month of quarter 09:00", "1st, 2nd or 3rd"),
        ("every day 24:00", "00:00 to 23:59"),
        ("every day 9am", "hh:mm"),
        ("every day 09:60", "00:00 to 23:59"),
        ("every day 09:00 daily", "unexpected `daily`"),
        ("every 5 minutes from 10:00", "`to`"),
        ("every 5 minutes from 10:00 to 14:00 synchronized", "unexpected `synchronized`"),
        ("every 5 minutes on", "a weekday"),
        ("every monday,  09:00", "a weekday"),
        ("every 5 of month 09:00", "hours, minutes, mins"),
        ("every 25 hours on mon", "more than 24 hours"),
        ("every 3000 minutes from 10:00 to 11:00 on sat,sun", "more than 24 hours"),
        ("every tues 09:00", "found `tues`"),
        ("every mon,thur 09:00", "found `thur`"),
        ("every mon,thurs 09:00", "found `thurs`"),
        ("1 of sept 09:00", "found `sept`"),
        ("every 100000 minutes", "hours, minutes, mins"),
        ("", "an ordinal"),
        ("every " + "monday," * 200 + "monday 09:00", "1,000 characters"),
    ],
)
def test_a_schedule_app_engine_refuses_is_refused_with_a_hint(text: str, said: str) -> None:
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(text)

    assert said in str(refusal.value)
