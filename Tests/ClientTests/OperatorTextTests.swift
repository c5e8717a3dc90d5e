import FoundationEssentials
import Testing

@testable import Client

@Suite("What operators read")
struct OperatorTextTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func decode<Document: Decodable>(_ text: String, as type: Document.Type) throws -> Document {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(text.utf8))
    }

    private static let settings =
        #"{"paused":false,"running_limit":8,"key_limit":2,"rate":{"per_second":1.5,"burst":10}}"#
    private static let depth =
        #"{"ready":10000,"held":3,"later":0,"parked":1,"running":2,"oldest_age_ms":61000}"#

    private static var pool: String {
        """
        {"queue":"scan","queue_settings":\(Self.settings),"depth":\(Self.depth),
         "all_nodes":{"node":null,"mode":"paused","concurrency":4,"prefetch":null,"priority_floor":5,
                      "tuning":{"from":1,"to":8},"changed_at":"2027-01-15T08:00:00.000Z","changed_by":"operator:x"},
         "nodes":[{"node":"build-7","mode":"draining","concurrency":null,"prefetch":null,"priority_floor":null,
                   "tuning":null,"changed_at":null,"changed_by":null}],
         "workers":[{"worker_id":"3","name":"a/1","node":"build-7","mode":"draining","concurrency":4,"prefetch":8,
                     "running":2,"waiting":1}]}
        """
    }

    private static var job: String {
        """
        {"id":"77","kind":"scan-files","queue":"scan","state":"running","done":false,"attempt":2,"max_attempts":5,
         "priority":0,"key":"studio","held":false,"version_id":"v","developer_id":null,"worker_id":"3",
         "created_at":"2027-01-15T07:58:20.000Z","started_at":"2027-01-15T07:59:57.500Z","finished_at":null,
         "deadline_at":null,"run_at":null,"waits_for":null,
         "progress":{"bytes_done":50,"bytes_total":200,"items_done":1,"items_total":2},
         "failure":{"code":"worker-lost","message":"it died","hint":"see the log","retryable":true}
        """
    }

    @Test("a table's columns are as wide as they need, numbers on the right, no spaces at the end")
    func table() {
        var table = TextTable([("NAME", .left), ("N", .right), ("NOTE", .left)])
        #expect(table.isEmpty)
        table.add(["a", "1", ""])
        table.add(["longer", "100", "x"])
        #expect(table.lines() == ["NAME      N  NOTE", "a         1", "longer  100  x"])
    }

    @Test(
        "lengths of time are short to read",
        arguments: [
            (0.0, "0 ms"), (0.85, "850 ms"), (1, "1 s"), (119, "119 s"), (180, "3 min"), (7199, "119 min"),
            (7200, "2 h"), (172_800, "2 d"), (-1, "0 ms"),
        ])
    func ages(seconds: Double, text: String) {
        #expect(OperatorText.age(.seconds(seconds)) == text)
        #expect(OperatorText.age(nil) == "-")
    }

    @Test("a list of pools says what waits, what runs and what was set")
    func pools() throws {
        let pool = try Self.decode(Self.pool, as: PoolDocument.self)
        let lines = OperatorText.pools([pool]).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix("scan  10000+     3      0       1        2      4        1    61 s  "))
        #expect(
            lines[1].hasSuffix(
                "8 at a time, 2 a key, 1.5/s, burst 10; PAUSED, concurrency 4, priorities up to 5, tuned from 1 to 8; "
                    + "1 nodes of their own"))
        #expect(OperatorText.pools([]) == "there are no queues yet")
    }

    @Test("one pool is told worker by worker and node by node")
    func pool() throws {
        let text = OperatorText.pool(try Self.decode(Self.pool, as: PoolDocument.self))
        #expect(text.contains("  node build-7: DRAINING\n"))
        #expect(text.contains("  a/1     build-7  draining        2      4        1         8"))
        let idle = Self.pool.replacing(/"workers":\[.*\]\}/.dotMatchesNewlines(), with: #""workers":[]}"#)
        #expect(OperatorText.pool(try Self.decode(idle, as: PoolDocument.self)).hasSuffix("no worker serves it"))
    }

    @Test("a job is told with why, progress, failure and attempts")
    func job() throws {
        let detail = try Self.decode(
            Self.job + """
                ,"why":{"code":"running","message":"it runs, in worker 3"},"payload":{},"checkpoint":null,
                 "attempts":[{"attempt":1,"end":"rescued","worker_id":"2","started_at":null,
                              "finished_at":"2027-01-15T07:59:50.000Z","failure":null}],
                 "parents":["70"],"followers":["80","81"]}
                """, as: OperatorJobDetailDocument.self)
        #expect(
            OperatorText.job(detail, now: Self.now) == """
                job 77, scan-files, in scan: running
                  it runs, in worker 3
                  attempt 2 of 5, priority 0, created 100 s ago
                  key studio
                  version v
                  25 % done
                  failed: worker-lost: it died
                  hint: see the log
                  waits for 70
                  waited for by 80, 81
                  attempt 1: rescued at 2027-01-15T07:59:50.000Z
                """)
        let list = OperatorText.jobs([detail.job], now: Self.now).split(separator: "\n")
        #expect(list[1] == " 77  scan-files  scan   running  2/5  100 s  25 %  worker-lost: it died")
    }

    @Test("a bulk change says what was done, or what would be")
    func bulk() throws {
        let dry = #"{"action":"retry","dry_run":true,"matched":7,"changed":5,"sample":["1","2"],"truncated":false}"#
        #expect(
            OperatorText.bulk(try Self.decode(dry, as: BulkDocument.self))
                == "5 of 7 jobs would be retried; nothing was changed\nfirst: 1, 2")
        let done = #"{"action":"discard","dry_run":false,"matched":7,"changed":5,"sample":[],"truncated":true}"#
        #expect(
            OperatorText.bulk(try Self.decode(done, as: BulkDocument.self))
                == "5 of 7 jobs were discarded\nmore match than one call changes: run it again")
    }

    @Test("top fits any terminal, shows the longest wait first, and running jobs with their progress")
    func top() throws {
        func queue(_ name: String, oldest: String) throws -> QueueDocument {
            let depth = Self.depth.replacing("61000", with: oldest)
            return try Self.decode(
                """
                {"queue":"\(name)","settings":\(Self.settings),"depth":\(depth),
                 "rate":{"window_ms":60000,"completed":90,"completed_per_second":1.5,"retried":0,"discarded":4}}
                """, as: QueueDocument.self)
        }
        let screen = TopScreen(
            queues: [try queue("hash", oldest: "null"), try queue("scan", oldest: "61000")],
            pools: [try Self.decode(Self.pool, as: PoolDocument.self)],
            workers: [
                try Self.decode(
                    """
                    {"worker_id":"3","name":"a","node":"n","silence_ms":5000,"running":2,"is_leader":true,
                     "started_at":"","seen_at":"","pools":{}}
                    """, as: WorkerDocument.self)
            ], running: [try Self.decode(Self.job + "}", as: OperatorJobDocument.self)])
        let lines = screen.lines(now: Self.now, width: 200, height: 50)
        #expect(lines[0] == "slipway  2027-01-15T08:00:00Z  1 worker (1 silent), 4 jobs running, 3.0/s completed")
        #expect(lines[3].hasPrefix("scan   10000+") && lines[4].hasPrefix("hash   10000+"))
        #expect(lines.last == "     77  scan-files  2 s  2/5  25 %  studio")
        #expect(screen.lines(now: Self.now, width: 30, height: 50).allSatisfy { $0.count <= 30 })
        #expect(screen.lines(now: Self.now, width: 200, height: 4).count == 4)
        #expect(screen.lines(now: Self.now, width: 0, height: 0).count == 1)
    }

    @Test("what is absent is left out of a change, and null takes a setting back")
    func body() throws {
        var body = OperatorBody(["mode": .text("paused")])
        body["concurrency"] = .null
        body["prefetch"] = OperatorBody.Value?.none
        body["tuning"] = .object(["from": .number(1), "to": .number(8)])
        #expect(
            String(decoding: try body.encoded(), as: UTF8.self)
                == #"{"concurrency":null,"mode":"paused","tuning":{"from":1,"to":8}}"#)
    }

    @Test("operators' commands use the operators' token of the same places, never a studio's")
    func tokens() async throws {
        try await withTemporaryFolder { folder in
            try write(
                Array(#"{"url":"http://127.0.0.1:1","token":"studio","operator_token":"ops"}"#.utf8),
                to: "\(folder)/dev.json")
            typealias Options = ServerSettings.Options
            func settings(_ options: Options, _ environment: [String: String] = [:]) throws -> ServerSettings {
                try ServerSettings(options, environment: environment)
            }
            #expect(try settings(Options(dev: folder, party: .operators)).credentials.token == "ops")
            #expect(try settings(Options(dev: folder)).credentials.token == "studio")
            let environment = [
                "SLIPWAY_URL": "https://x.example", "SLIPWAY_TOKEN": "studio", "SLIPWAY_OPERATOR_TOKEN": "ops",
            ]
            #expect(try settings(Options(party: .operators), environment).credentials.token == "ops")
            #expect(throws: ClientError.noToken) {
                try settings(Options(party: .operators), environment.filter { $0.key != "SLIPWAY_OPERATOR_TOKEN" })
            }
            try write(Array(#"{"url":"http://127.0.0.1:1","token":"studio"}"#.utf8), to: "\(folder)/dev.json")
            #expect(throws: ClientError.noToken) { try settings(Options(dev: folder, party: .operators)) }
        }
    }
}
