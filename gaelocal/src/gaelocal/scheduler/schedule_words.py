"""The words of App Engine's schedules, exactly as its own parser spells them."""

ORDINALS = {
    word: number
    for number, words in enumerate(
        [("1st", "first"), ("2nd", "second"), ("3rd", "third"), ("4th", "fourth"), ("5th", "fifth")], start=1
    )
    for word in words
}
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = {spelling: number for number, name in enumerate(WEEKDAY_NAMES) for spelling in (name[:3], name)}
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
MONTHS = {
    spelling: number for number, name in enumerate(MONTH_NAMES, start=1) for spelling in (name[:3], name)
}
UNITS = {"hours": 60, "minutes": 1, "mins": 1}
SINGULAR = {"hour": "hours", "minute": "minutes", "min": "mins"}
KEYWORDS = ("every", "day", "of", "month", "quarter", "from", "to", "on", "synchronized")
LONGEST_MONTH = {month: 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)} | {2: 29}
