"""What the fuzzer needs to get further than the door: a caller for each route, and identifiers of what there is.

Loaded by schemathesis (SCHEMATHESIS_HOOKS). `SLIPWAY_FUZZ_WORLD` is what seed.py wrote: tokens, and records of identifiers
that belong together. More are learnt from what routes create. One case in four keeps what was made up for it.
"""

import json
import os
import re
import zlib

import schemathesis

with open(os.environ["SLIPWAY_FUZZ_WORLD"]) as file:
    WORLD = json.load(file)
RECORDS = [dict(record) for record in WORLD["records"]]
SEEDED = len(RECORDS)
MOST = 400
STATUSES = {}


def token(operation):
    """Whoever may use the route, by what the document says of it."""
    raw = operation.definition.raw
    if raw.get("security") == []:
        return None
    if "x-platform-role" in raw:
        return WORLD["operator_token"]
    if "x-service-scope" in raw:
        return WORLD["service_token"]
    return WORLD["token"]


def draw(case, names, method):
    """A record that has all the names; one that was learnt where it is to be deleted, so that what was seeded lives on."""
    found = [record for record in RECORDS if all(name in record for name in names)]
    learnt = [record for record in RECORDS[SEEDED:] if all(name in record for name in names)]
    if method == "DELETE" and learnt:
        found = learnt
    if not found:
        return {}
    return found[zlib.crc32(repr((case.path_parameters, case.query)).encode()) % len(found)]


def fill(body, record):
    """Identifiers in a body, where one of their name is known."""
    if isinstance(body, dict):
        return {name: record.get(name, value) if name.endswith("_id") and isinstance(value, str) else fill(value, record)
                for name, value in body.items()}
    return body


@schemathesis.hook
def before_call(context, case, **kwargs):
    names = re.findall(r"\{(\w+)\}", case.operation.path)
    kept = zlib.crc32(repr((case.path_parameters, case.body)).encode()) % 4 == 0
    if not kept:
        record = draw(case, names, case.method.upper())
        service = "x-service-scope" in case.operation.definition.raw
        if service:
            record = {**record, **WORLD["victim"]}
        if record:
            case.path_parameters = {**(case.path_parameters or {}), **{name: record[name] for name in names if name in record}}
            case.body = fill(case.body, record)
    value = token(case.operation)
    if value:
        case.headers["Authorization"] = "Bearer " + value
        # Which company it is for is the token's to say in most cases.
        if not kept:
            case.headers.pop("X-Developer-Id", None)
            # Two credentials at once are none.
            case.headers.pop("X-API-Key", None)


@schemathesis.hook
def after_call(context, case, response):
    if case.method.upper() != case.operation.method.upper():
        return  # the document has no such method, which is what was tried
    counts = STATUSES.setdefault(f"{case.method.upper()} {case.operation.path}", {})
    counts[str(response.status_code)] = counts.get(str(response.status_code), 0) + 1
    with open(os.environ["SLIPWAY_FUZZ_WORLD"] + ".statuses", "w") as file:
        json.dump(STATUSES, file)
    if response.status_code not in (200, 201, 202) or case.method.upper() not in ("POST", "PUT") or len(RECORDS) > MOST:
        return
    try:
        answer = response.json()
    except ValueError:
        return
    if not isinstance(answer, dict):
        return
    record = {name: value for name, value in answer.items()
              if name.endswith("_id") and isinstance(value, str) and name != "developer_id"}
    for name, value in (case.path_parameters or {}).items():
        record.setdefault(name, value)
    if record:
        RECORDS.append(record)
