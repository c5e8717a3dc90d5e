"""Holds the facts that a `slipway up` told its small platform against the contracts, whoever made them: API or jobs.

    facts.py DEV_JSON
"""

import json
import pathlib
import sys
import urllib.request

import jsonschema_rs

CONTRACTS = pathlib.Path(__file__).resolve().parents[1] / "contracts"
LISTENERS = ["admin", "catalog", "download", "analytics"]


def fetch(url):
    return json.load(urllib.request.urlopen(url, timeout=30))


def main():
    with open(sys.argv[1]) as file:
        platform = json.load(file)["platform_url"]
    events = fetch(platform + "/desk/events")["items"]
    checked, faults = {}, []
    for name in LISTENERS:
        document = json.loads((CONTRACTS / f"{name}.openapi.json").read_text())
        schemas = document["components"]["schemas"]
        known = schemas["Fact"]["discriminator"]["mapping"]
        for event in events:
            if event["type"] not in known:
                continue
            schema = {"$ref": known[event["type"]], "components": {"schemas": schemas}}
            for error in jsonschema_rs.validator_for(schema).iter_errors(event):
                faults.append(f"{name} {event['type']} {list(error.instance_path)}: {error.message}")
            checked[event["type"]] = checked.get(event["type"], 0) + 1
    # Each service must have taken its own.
    downloads, catalog = fetch(platform + "/desk/downloads"), fetch(platform + "/desk/catalog")["items"]
    if not downloads["builds"] or not downloads["channels"] or not catalog or not fetch(platform + "/desk/facts"):
        faults.append("a service was told nothing")
    print(f"{sum(checked.values())} facts of {len(checked)} types are what the contracts say: {', '.join(sorted(checked))}")
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
