import Postgres
import TestKit
import Testing

@Suite("LISTEN", .timeLimit(.minutes(1)))
struct ListenTests {
    @Test("notifications come in order, from the channels asked for only")
    func hears() async throws {
        try await withDatabase { database in
            var events = database.listen(["job ready", "Other"]).makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            try await database.transaction { transaction in
                try await transaction.execute("SELECT pg_notify('job ready', \("é'1")), pg_notify('elsewhere', 'x')")
                try await transaction.execute(#"NOTIFY "Other""#)
            }
            #expect(await events.next() == .notification(Notification(channel: "job ready", payload: "é'1")))
            #expect(await events.next() == .notification(Notification(channel: "Other", payload: "")))
        }
    }

    @Test("a listener whose connection dies listens again, and says so")
    func reconnects() async throws {
        try await withDatabase { database in
            var events = database.listen(["ready"]).makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            for round in 0..<2 {
                try await database.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """)
                #expect(await events.next() == .reconnected)
                try await database.execute("SELECT pg_notify('ready', \("\(round)"))")
                #expect(await events.next() == .notification(Notification(channel: "ready", payload: "\(round)")))
            }
        }
    }

    @Test("the connection goes with the stream")
    func ends() async throws {
        try await withDatabase { database async throws in
            let listeners: SQL = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
            do {
                var events = database.listen(["ready"]).makeAsyncIterator()
                #expect(await events.next() == .reconnected)
                #expect(try await database.row(listeners)?("n") == 2)
            }
            #expect(try await eventually { try await database.row(listeners)?("n") == 1 })
        }
    }

    @Test("closing the database ends the stream")
    func endsWithDatabase() async throws {
        try await withDatabase { database in
            var events = database.listen(["ready"]).makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            await database.close()
            #expect(await events.next() == nil)
        }
    }

    @Test("a reader that falls behind loses the oldest, and is told")
    func overflows() async throws {
        try await withDatabase { database in
            let stream = database.listen(["ready"])
            var events = stream.makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            try await database.execute("SELECT pg_notify('ready', n::text) FROM generate_series(1, 3000) AS n")
            var seen: [ListenEvent] = []
            while seen.last != .notification(Notification(channel: "ready", payload: "3000")), seen.count < 3000,
                let event = await events.next()
            {
                seen.append(event)
            }
            // Whether the reader is fast enough to lose nothing is chance; that a loss shows is not.
            #expect(seen.count == 3000 || seen.contains(.reconnected))
        }
    }
}
