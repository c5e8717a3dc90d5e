"""Fills a `slipway up` with one of everything, through its API, and writes what the fuzzer may name. Standard library only.

    seed.py DEV_JSON WORLD_JSON
"""

import hashlib
import io
import json
import sys
import time
import urllib.error
import urllib.request
import zipfile

PREFIX = "/api/v1/developer"
DETAILS = {"legal_form": "legal_entity", "recipient_name": "ООО «Пример»", "inn": "7707083893", "kpp": "773601001",
           "ogrn": "1027700132195", "bank_name": "ПАО Сбербанк", "bik": "044525225", "account_number": "40702810938000000001"}


class Service:
    def __init__(self, settings):
        self.settings = settings

    def call(self, method, path, body=None, data=None, token="token", allowed=()):
        request = urllib.request.Request(self.settings["url"] + path, method=method)
        request.add_header("Authorization", "Bearer " + self.settings[token])
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            answer = urllib.request.urlopen(request, data, timeout=90)
        except urllib.error.HTTPError as error:
            if error.code in allowed:
                return {}
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from error
        text = answer.read()
        return json.loads(text) if text and "json" in answer.headers.get("content-type", "") else {}

    def studio(self, method, path, body=None, **more):
        return self.call(method, PREFIX + path, body, **more)


def build(name):
    """A small archive of its own."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("game/readme.txt", f"version {name}\n" * 100)
        archive.writestr("game/data.bin", hashlib.sha256(name.encode()).digest() * 4096)
    return target.getvalue()


def ready_version(service, game, name):
    data = build(name)
    version = service.studio("POST", f"/games/{game}/versions", {"version_string": name, "file_size": len(data)})
    path = f"/games/{game}/versions/{version['version_id']}"
    service.studio("PUT", path + "/upload/parts/1", data=data)
    service.studio("POST", path + "/upload/complete", {})
    deadline = time.time() + 120
    while True:
        version = service.studio("GET", path + "?wait=30s")
        if version["status"] == "ready":
            return version["version_id"]
        if version["status"] == "failed" or time.time() > deadline:
            raise SystemExit(f"the version did not become ready: {version.get('failure')}")


def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    service = Service(settings)
    records = []

    def game_of(title):
        game = service.studio("POST", "/games", {"title": title})["game_id"]
        service.studio("PUT", f"/games/{game}/metadata", {"short_description": "About a satellite.", "age_rating": "6+"})
        service.studio("PUT", f"/games/{game}/pricing", {"base_price": "999.00"})
        return game

    game = game_of("Sputnik")
    first, second = ready_version(service, game, "1.0.0"), ready_version(service, game, "1.1.0")
    review = service.studio("POST", f"/games/{game}/versions/{first}/submit", {})["review"]["review_id"]
    service.call("POST", f"/internal/v1/reviews/{review}/decision", {"decision": "approved"}, token="service_token")
    service.studio("POST", f"/games/{game}/publish", {"version_id": first})
    review = service.studio("POST", f"/games/{game}/versions/{second}/submit", {})["review"]["review_id"]
    service.call("POST", f"/internal/v1/reviews/{review}/decision", {"decision": "approved"}, token="service_token")
    service.studio("PUT", f"/games/{game}/channels/beta", {"version_id": first})
    service.studio("PUT", f"/games/{game}/channels/beta", {"version_id": second})
    base = {"game_id": game}
    for version, other in [(first, second), (second, first)]:
        records.append({**base, "version_id": version, "from_version_id": other, "name": "public", "part_number": 1})
        records.append({**base, "version_id": version, "from_version_id": other, "name": "beta", "part_number": 1})
    files = service.studio("GET", f"/games/{game}/versions/{first}/patches", allowed=(404,))
    for patch in files.get("items", []):
        records.append({**base, "version_id": first, **{k: v for k, v in patch.items() if k.endswith("_id")}})

    open_version = service.studio("POST", f"/games/{game}/versions", {"version_string": "2.0.0", "file_size": 4})
    records.append({**base, "version_id": open_version["version_id"], "part_number": 1})
    for _ in range(3):
        media = service.studio("POST", f"/games/{game}/media", {"kind": "art", "file_name": "a.png", "file_size": 100})
        records.append({**base, "media_id": media["media_id"], "file_name": "a.png"})
    promotion = service.studio("POST", f"/games/{game}/promotions",
                               {"name": "Winter", "discount_percent": 10, "starts_at": "2999-01-01T00:00:00Z",
                                "ends_at": "2999-01-02T00:00:00Z"})
    records.append({**base, "promotion_id": promotion["promotion_id"]})
    for job in service.studio("GET", "/jobs?limit=20")["items"]:
        records.append({"job_id": job["id"]})
    third = ready_version(service, game, "1.2.0")
    records.append({**base, "version_id": third, "from_version_id": second})
    for path, body, name in [
        ("/webhooks", {"url": "https://example.com/hook"}, "webhook_id"),
        ("/apikeys", {"permissions": ["games:read"]}, "key_id"),
        ("/oidc/trusts", {"name": "ci", "issuer": "https://token.actions.githubusercontent.com", "repository": "studio/game",
                          "permissions": ["games:read"]}, "trust_id"),
        ("/accounts/me/documents", {"kind": "tax", "file_name": "a.pdf", "content_type": "application/pdf", "file_size": 4},
         "document_id"),
        ("/accounts/me/team", {"email": "a@example.com", "role": "developer"}, "invitation_id"),
        ("/analytics/reports", {"type": "sales", "from": "2026-11-01", "to": "2026-11-02"}, "report_id"),
    ]:
        records.append({name: service.studio("POST", path, body)[name]})
    service.studio("PUT", "/finance/settings", DETAILS)
    service.call("POST", "/internal/v1/ledger/entries",
                 {"entries": [{"entry_id": "seed", "developer_id": settings["developer_id"], "type": "sale",
                               "amount": "500000.00", "currency": "RUB", "occurred_at": "2026-11-01T10:00:00Z"}]},
                 token="service_token")
    for amount in ("1000.00", "2000.00"):
        records.append({"payout_id": service.studio("POST", "/finance/payouts", {"amount": amount})["payout_id"]})
    team = service.studio("GET", "/accounts/me/team")["items"]
    records += [{"user_id": member["user_id"]} for member in team]
    for queue in service.call("GET", "/ops/v1/queues", token="operator_token").get("items", [])[:3]:
        records.append({"queue": queue.get("queue", queue.get("name", "ingest")), "key": "a"})
        records.append({"name": queue.get("queue", queue.get("name", "ingest"))})

    # What services decide about is something that the studio's own routes do not need: another game, another company.
    other = game_of("Vostok")
    taken = ready_version(service, other, "1.0.0")
    waiting = service.studio("POST", f"/games/{other}/versions/{taken}/submit", {})["review"]["review_id"]
    company = service.studio("POST", "/accounts", {"company_name": "Another studio"})["developer_id"]
    settings.update(
        records=records,
        victim={"game_id": other, "version_id": taken, "review_id": waiting, "developer_id": company, "name": "public",
                "payout_id": next(r["payout_id"] for r in records if "payout_id" in r)})
    with open(sys.argv[2], "w") as file:
        json.dump(settings, file)


if __name__ == "__main__":
    main()
