"""Events for the tests, as proto3 JSON and as protobuf."""

import datetime
import math
import random

import wire_format

UTC = datetime.timezone.utc
CITY = (40.115, -75.344)


def now():
    return datetime.datetime.now(UTC)


def overdose(record, occurred, latitude=CITY[0], longitude=CITY[1], persons=1, **more):
    """One event as a dictionary in proto3 JSON."""
    event = {
        "recordId": record,
        "occurredAt": wire_format.rfc3339(occurred),
        "location": {"latitude": latitude, "longitude": longitude,
                     "kind": "LOCATION_KIND_SCENE"},
        "overdose": {"certainty": "CERTAINTY_SUSPECTED"},
    }
    if persons > 1:
        event["overdose"]["persons"] = [{"outcome": "OUTCOME_NONFATAL"}] * persons
    event.update(more)
    return event


def overdose_bytes(record, occurred, latitude=CITY[0], longitude=CITY[1], certainty=1):
    """The same as protobuf."""
    location = wire_format.message((1, wire_format.Double(latitude)),
                                   (2, wire_format.Double(longitude)), (4, 1))
    return wire_format.message((1, record), (3, wire_format.timestamp(occurred)), (4, location),
                               (10, wire_format.message((1, certainty))))


def background(seed, days, per_day, end, spread_km=12.0):
    """A quiet city: `per_day` overdoses a day on average, thinly spread, in order of time."""
    dice = random.Random(seed)
    events = []
    for number in range(int(days * per_day)):
        occurred = end - datetime.timedelta(days=days * (1 - number / (days * per_day)))
        latitude, longitude = offset(CITY, dice.uniform(-spread_km, spread_km),
                                     dice.uniform(-spread_km, spread_km))
        events.append(overdose(f"background-{seed}-{number}", occurred, latitude, longitude))
    return events


def cluster(name, persons, end, place=CITY, hours=3.0):
    """`persons` overdoses within 200 m and the `hours` before `end`."""
    dice = random.Random(name)
    return [
        overdose(f"{name}-{number}",
                 end - datetime.timedelta(hours=hours * (persons - number) / (persons + 1)),
                 *offset(place, dice.uniform(-0.1, 0.1), dice.uniform(-0.1, 0.1)))
        for number in range(persons)
    ]


def offset(place, north_km, east_km):
    latitude = place[0] + north_km / 111.2
    return (round(latitude, 6),
            round(place[1] + east_km / (111.2 * math.cos(math.radians(place[0]))), 6))


def distance_km(a, b):
    x = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 6371 * math.hypot(x, math.radians(b[0] - a[0]))
