import API
import Content
import FoundationEssentials
import Games
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Prices over HTTP")
struct PricingAPITests {
    /// The body's bytes as they are: a JSON number must come back digit for digit.
    private static func put(
        _ api: APIHarness, _ game: String, as member: Member, _ body: String
    ) async throws -> Answer {
        try await api.call(
            .PUT, "/games/\(game)/pricing", as: member.caller, bytes: Array(body.utf8),
            headers: [("content-type", "application/json")])
    }

    private static func time(_ seconds: Double) -> JSONValue {
        .string(Date(timeIntervalSinceNow: seconds).formatted(.iso8601))
    }

    @Test("EP-20: a fresh game costs nothing")
    func fresh() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let answer = try await api.call(.GET, "/games/\(game)/pricing", as: admin.caller)
            #expect(answer.status == 200 && answer.header("etag") == "\"r0\"")
            #expect(answer.json["base_price"].description == "0.00" && answer.json["currency"].text == "RUB")
            #expect(answer.json["effective_price"].description == "0.00" && answer.json["discount_price"] == .null)
            #expect(answer.json["regional_prices"] == [:] && answer.json["promotion"] == .null)
        }
    }

    @Test("PR-1, PR-2: regional prices are taken literally and kept exactly, on the wire and in the table")
    func literal() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let answer = try await Self.put(
                api, game, as: admin,
                #"{"base_price":999.00,"regional_prices":{"RU":999.00,"US":19.99,"JP":2980,"KW":"6.125"}}"#)
            #expect(answer.status == 200, "\(answer.json)")
            let text = String(decoding: answer.bytes, as: UTF8.self)
            #expect(text.contains(#""base_price":999.00,"#))
            #expect(text.contains(#""regional_prices":{"JP":2980,"KW":6.125,"RU":999.00,"US":19.99}"#), "\(text)")
            #expect(answer.json["prices"]["base"] == ["amount": "999.00", "currency": "RUB"])
            #expect(answer.json["prices"]["regional"]["US"] == ["amount": "19.99", "currency": "USD"])
            let row = try await api.database.row(
                "SELECT base_price::text AS base, regional_prices::text AS regional FROM game_pricing")
            #expect(try row?("base") == "999.00")
            #expect(try row?("regional") == #"{"JP": 2980, "KW": 6.125, "RU": 999.00, "US": 19.99}"#)
            for (body, base) in [
                (#"{"base_price":0.10}"#, "0.10"), (#"{"base_price":0.1}"#, "0.10"),
                (#"{"base_price":"0.30"}"#, "0.30"),
                (#"{"base_price":99999999.99,"regional_prices":null}"#, "99999999.99"),
            ] {
                let kept = try await Self.put(api, game, as: admin, body)
                #expect(kept.json["base_price"].description == base, "\(kept.json)")
            }
        }
    }

    static let refused: [(String, String, String)] = [
        (#"{"base_price":19.999}"#, "/base_price", "precision"), (#"{"base_price":-1}"#, "/base_price", "range"),
        (#"{"base_price":100000000}"#, "/base_price", "range"), (#"{"base_price":1e3}"#, "/base_price", "format"),
        (#"{"base_price":true}"#, "/base_price", "format"), (#"{"base_price":"x"}"#, "/base_price", "format"),
        (#"{"regional_prices":{"XX":1}}"#, "/regional_prices/XX", "unknown-value"),
        (#"{"regional_prices":{"ru":1}}"#, "/regional_prices/ru", "unknown-value"),
        (#"{"regional_prices":{"JP":1.5}}"#, "/regional_prices/JP", "precision"),
        (#"{"regional_prices":[1]}"#, "/regional_prices", "type"),
        (#"{"regional_prices":{"US":0.10}}"#, "/regional_prices/US", "band"),
        (
            #"{"discount_price":100.00,"discount_start_date":"2999-01-01T00:00:00Z","discount_end_date":"2999-01-02T00:00:00Z"}"#,
            "/discount_price", "discount"
        ),
        (#"{"discount_price":50.00}"#, "/discount_end_date", "required"),
        (
            #"{"discount_price":50,"discount_start_date":"2999-01-02T00:00:00Z","discount_end_date":"2999-01-02T00:00:00Z"}"#,
            "/discount_end_date", "window"
        ),
        (
            #"{"discount_price":50,"discount_start_date":"2001-01-01T00:00:00Z","discount_end_date":"2001-01-02T00:00:00Z"}"#,
            "/discount_end_date", "window"
        ),
        (#"{"discount_end_date":"2999-01-02T00:00:00Z"}"#, "/discount_price", "discount"),
    ]

    @Test("EP-21: a price that cannot be is refused by its pointer, and nothing is changed")
    func refusals() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            #expect(try await Self.put(api, game, as: admin, #"{"base_price":100.00}"#).status == 200)
            for (body, pointer, code) in Self.refused {
                let answer = try await Self.put(api, game, as: admin, body)
                #expect(answer.status == 422 && answer.code == "price-invalid", "\(body): \(answer.json)")
                #expect(answer.json["errors"][0]["pointer"].text == pointer, "\(body): \(answer.json)")
                #expect(answer.json["errors"][0]["code"].text == code, "\(body): \(answer.json)")
            }
            let late = try await Self.put(
                api, game, as: admin, #"{"discount_price":50,"discount_end_date":"tomorrow"}"#)
            #expect(late.status == 422 && late.code == "validation-failed")
            let all = try await Self.put(api, game, as: admin, #"{"base_price":-1,"regional_prices":{"XX":1,"US":-2}}"#)
            #expect(all.json["errors"].items.count == 3)
            let same = try await api.call(.GET, "/games/\(game)/pricing", as: admin.caller)
            #expect(same.header("etag") == "\"r1\"" && same.json["base_price"].description == "100.00")
        }
    }

    @Test("PR-3: the effective price is the discount's from its first moment to its last, by the database's clock")
    func discount() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            _ = try await Self.put(
                api, game, as: admin, #"{"base_price":999.00,"regional_prices":{"US":19.99,"JP":2980}}"#)
            let planned = try await api.call(
                .PUT, "/games/\(game)/pricing", as: admin.caller,
                json: [
                    "discount_price": "749.25", "discount_start_date": Self.time(3600),
                    "discount_end_date": Self.time(7200),
                ])
            #expect(planned.status == 200, "\(planned.json)")
            #expect(planned.json["discount_price"].description == "749.25")
            #expect(planned.json["effective_price"].description == "999.00")
            #expect(planned.json["promotion"]["status"].text == "scheduled")
            // The clock of the tests is the table.
            try await api.database.execute("UPDATE promotions SET starts_at = now() - interval '1 second'")
            let active = try await api.call(.GET, "/games/\(game)/pricing", as: admin.caller)
            #expect(active.json["effective_price"].description == "749.25")
            #expect(active.json["effective"]["discount_percent"].number == 25)
            #expect(active.json["effective"]["prices"]["regional"]["US"]["amount"].text == "14.99")
            #expect(active.json["effective"]["prices"]["regional"]["JP"]["amount"].text == "2235")
            #expect(active.json["base_price"].description == "999.00")
            try await api.database.execute("UPDATE promotions SET ends_at = now() - interval '1 millisecond'")
            let ended = try await api.call(.GET, "/games/\(game)/pricing", as: admin.caller)
            #expect(ended.json["effective_price"].description == "999.00" && ended.json["discount_price"] == .null)
        }
    }

    @Test("AMB-14: the specification's three columns show the promotion that holds or comes next")
    func columns() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            _ = try await Self.put(api, game, as: admin, #"{"base_price":1000.00}"#)
            let columns = {
                try await api.database.row(
                    "SELECT discount_price::text AS price, discount_end_date IS NOT NULL AS dated FROM game_pricing")
            }
            for (index, percent) in [10, 20].enumerated() {
                let made = try await api.call(
                    .POST, "/games/\(game)/promotions", as: admin.caller,
                    json: [
                        "name": "Sale", "discount_percent": .integer(percent),
                        "starts_at": Self.time(1000 * Double(index + 1)),
                        "ends_at": Self.time(1000 * Double(index + 1) + 500),
                    ])
                #expect(made.status == 201, "\(made.json)")
            }
            #expect(try await columns()?("price") == "900.00")
            let cleared = try await Self.put(api, game, as: admin, #"{"discount_price":null}"#)
            #expect(cleared.json["promotion"]["discount_percent"].number == 20)
            #expect(try await columns()?("price") == "800.00")
            // A promotion in percent follows the base price.
            let raised = try await Self.put(api, game, as: admin, #"{"base_price":2000.00}"#)
            #expect(raised.json["discount_price"].description == "1600.00")
            _ = try await Self.put(api, game, as: admin, #"{"discount_price":null}"#)
            #expect(try await columns()?("dated") == false)
            let history = try await api.call(.GET, "/games/\(game)/pricing/history", as: admin.caller)
            #expect(
                history.json["items"].items.map { $0["discount_price"].description }
                    == ["null", "1600.00", "800.00", "900.00", "null"])
            #expect(history.json["items"][0]["actor"].text == "user:\(admin.user)")
        }
    }

    @Test("PR-4: promotions are made, read, changed and called off; two never overlap")
    func promotions() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let path = "/games/\(game)/promotions"
            _ = try await Self.put(api, game, as: admin, #"{"base_price":500.00}"#)
            let made = try await api.call(
                .POST, path, as: admin.caller,
                json: [
                    "name": "Winter", "discount_price": "250.00", "starts_at": Self.time(1000),
                    "ends_at": Self.time(2000),
                ])
            #expect(made.status == 201 && made.json["status"].text == "scheduled", "\(made.json)")
            let own = try #require(made.json["promotion_id"].text)
            #expect(made.header("location") == "\(APIHarness.prefix)\(path)/\(own)")
            for (start, end) in [(500.0, 1500.0), (1500, 2500), (1200, 1300), (500, 2500)] {
                let overlap = try await api.call(
                    .POST, path, as: admin.caller,
                    json: [
                        "name": "Other", "discount_percent": 10, "starts_at": Self.time(start),
                        "ends_at": Self.time(end),
                    ])
                #expect(overlap.status == 409 && overlap.code == "promotion-overlap")
            }
            let after = try await api.call(
                .POST, path, as: admin.caller,
                json: [
                    "name": "Next", "discount_percent": 10, "starts_at": Self.time(3000), "ends_at": Self.time(4000),
                ])
            #expect(after.status == 201)
            let moved = try await api.call(
                .PATCH, "\(path)/\(own)", as: admin.caller, json: ["ends_at": Self.time(3500)])
            #expect(moved.status == 409)
            let renamed = try await api.call(
                .PATCH, "\(path)/\(own)", as: admin.caller, json: ["name": "Frost", "discount_percent": 30],
                headers: [("if-match", "\"r1\"")])
            #expect(renamed.status == 200 && renamed.json["name"].text == "Frost", "\(renamed.json)")
            #expect(renamed.json["discount_percent"].number == 30 && renamed.json["discount_price"] == .null)
            let stale = try await api.call(
                .PATCH, "\(path)/\(own)", as: admin.caller, json: ["name": "x"], headers: [("if-match", "\"r1\"")])
            #expect(stale.status == 412)
            let listed = try await api.call(.GET, "\(path)?status=scheduled", as: admin.caller)
            #expect(listed.json["items"].items.map { $0["name"].text } == ["Next", "Frost"])
            #expect(try await api.call(.DELETE, "\(path)/\(own)", as: admin.caller).status == 204)
            let gone = try await api.call(.DELETE, "\(path)/\(own)", as: admin.caller)
            #expect(gone.status == 409 && gone.json["current"].text == "cancelled" && gone.json["allowed"] == [])
            #expect(
                try await api.call(.PATCH, "\(path)/\(own)", as: admin.caller, json: ["name": "x"]).status == 409)
            let read = try await api.call(.GET, "\(path)/\(own)", as: admin.caller)
            #expect(read.json["status"].text == "cancelled" && read.json["cancelled_at"].text != nil)
            let invalid = try await api.call(
                .POST, path, as: admin.caller,
                json: [
                    "name": "x", "discount_percent": 10, "discount_price": 5, "starts_at": Self.time(9000),
                    "ends_at": Self.time(9500),
                ])
            #expect(invalid.status == 422)
        }
    }

    @Test("6.13: the start of a promotion that holds has been, and what is over is over")
    func activePromotion() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let path = "/games/\(game)/promotions"
            _ = try await Self.put(api, game, as: admin, #"{"base_price":500.00}"#)
            let made = try await api.call(
                .POST, path, as: admin.caller,
                json: ["name": "Now", "discount_percent": 50, "starts_at": Self.time(-10), "ends_at": Self.time(1000)])
            #expect(made.json["status"].text == "active", "\(made.json)")
            let own = "\(path)/\(made.json["promotion_id"].text ?? "")"
            let moved = try await api.call(.PATCH, own, as: admin.caller, json: ["starts_at": Self.time(500)])
            #expect(moved.status == 422 && moved.code == "price-invalid")
            #expect(try await api.call(.PATCH, own, as: admin.caller, json: ["ends_at": Self.time(2000)]).status == 200)
            try await api.database.execute("UPDATE promotions SET ends_at = now() - interval '1 second'")
            let ended = try await api.call(.DELETE, own, as: admin.caller)
            #expect(ended.status == 409 && ended.json["current"].text == "ended")
        }
    }

    @Test("players of a published game see the full price between two discounts, and after it rose")
    func cooldown() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            _ = try await Self.put(api, game, as: admin, #"{"base_price":500.00}"#)
            let sale = { (start: Double, end: Double) in
                try await api.call(
                    .POST, "/games/\(game)/promotions", as: admin.caller,
                    json: [
                        "name": "Sale", "discount_percent": 10, "starts_at": Self.time(start),
                        "ends_at": Self.time(end),
                    ])
            }
            // What nobody could see does not count.
            #expect(try await sale(-1000, 1000).status == 201)
            #expect(try await sale(2000, 3000).status == 201)
            try await api.database.execute(
                "UPDATE games SET status = 'published', published_at = now() - interval '1 day'")
            let early = try await sale(86_400, 90_000)
            #expect(early.status == 409 && early.code == "discount-cooldown", "\(early.json)")
            #expect(early.json["available_at"].text?.hasSuffix("Z") == true)
            #expect(try await sale(31 * 86_400, 32 * 86_400).status == 201)
            _ = try await Self.put(api, game, as: admin, #"{"base_price":600.00}"#)
            #expect(try await sale(29 * 86_400, 29 * 86_400 + 60).code == "discount-cooldown")
        }
    }

    @Test("a price far below the base price is taken with a warning; a preview shows all of it and changes nothing")
    func preview() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let preview = try await api.call(
                .POST, "/games/\(game)/pricing/preview", as: admin.caller,
                json: [
                    "base_price": "999.00", "regional_prices": ["US": "4.99", "TR": "9.00", "JP": 2980],
                    "discount_price": "500.00", "discount_end_date": Self.time(1000),
                ])
            #expect(preview.status == 200 && preview.json["acceptable"] == false, "\(preview.json)")
            #expect(preview.json["findings"].items.map { $0["severity"].text } == ["error", "warning"])
            #expect(preview.json["discounted"]["regional"]["JP"]["amount"].text == "1491")
            #expect(try await api.database.rows("SELECT FROM game_pricing").isEmpty)
            let taken = try await Self.put(
                api, game, as: admin, #"{"base_price":999.00,"regional_prices":{"US":4.99}}"#)
            #expect(taken.status == 200 && taken.json["warnings"][0]["pointer"].text == "/regional_prices/US")
            let regions = try await api.call(.GET, "/pricing/regions", as: admin.caller)
            #expect(regions.json["items"].items.count == 249 && regions.json["base_currency"].text == "RUB")
        }
    }
}
