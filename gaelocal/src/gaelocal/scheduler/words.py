"""The words of cron.yaml's schedules."""

ORDINALS = {
    word: number
    for number, words in enumerate(
        [("1st", "first"), ("2nd", "second"), ("3rd", "third"), ("4th", "fourth"), ("5th", "fifth")], start=1
    )
    for word in words
}
WEEKDAYS = {
    word: number
    for number, words in enumerate(
        [
            ("mon", "monday"),
            ("tue", "tues", "tuesday"),
            ("wed", "wednesday"),
            ("thu", "thur", "thurs", "thursday"),
            ("fri", "friday"),
            ("sat", "saturday"),
            ("sun", "sunday"),
        ]
    )
    for word in words
}
MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTHS = {name[:3]: number for number, name in enumerate(MONTH_NAMES, start=1)} | {
    name: number for number, name in enumerate(MONTH_NAMES, start=1)
}
UNITS = {"hours": 60, "minutes": 1, "mins": 1}
SINGULAR = {"hour": "hours", "minute": "minutes", "min": "mins"}
LONGEST_MONTH = {month: 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)} | {2: 29}
