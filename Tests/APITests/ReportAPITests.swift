import API
import BuildStore
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("The report of a version over HTTP")
struct ReportAPITests {
    @Test("a report says what was scanned, waived, found and changed; a version says the numbers")
    func report() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let ready = try await ReadyVersion.make(api, game: try await api.game(of: admin), by: admin)
            let empty = try await api.call(.GET, "\(ready.path)/report", as: admin.caller)
            #expect(empty.status == 200)
            #expect(empty.json["review"] == .null && empty.json["scan"] == .null)
            #expect(empty.json["infected"] == [] && empty.json["waivers"] == [])

            let builds = api.services.builds
            let version = try #require(try await builds.version(ready.id, in: api.database))
            let review = """
                {"files_added": 2, "files_changed": 1, "bytes": 9, "kinds": {"script": {"added": 1, "changed": 0}},
                 "findings_total": 1, "findings": [{"path": "run.sh"}], "signers": {"a": "b"}}
                """
            try await api.database.transaction { transaction in
                try await builds.record(
                    [], engine: "clamav", bundled: false, files: 2, bytes: 20, of: ready.id, in: transaction)
                try await builds.record(review: review, of: ready.id, against: ready.from, in: transaction)
            }
            let isWaived = try await builds.waive("encrypted", of: ready.id, by: "A. Petrova", note: "looked at it")
            #expect(isWaived)
            try await builds.quarantine(
                QuarantineRecord(
                    digest: ReadyVersion.packDigest, path: "b", size: 3, signature: "Test.Bad", engine: "clamav",
                    objectKey: nil, wasPublished: true), of: version, in: api.database)

            let report = try await api.call(.GET, "\(ready.path)/report", as: admin.caller)
            #expect(report.json["scan"]["engine"].text == "clamav")
            #expect(report.json["review"]["base_version_id"].text == ready.from.description)
            #expect(report.json["review"]["findings"] == [["path": "run.sh"]])
            #expect(report.json["review"]["signers"] == .null)
            #expect(report.json["waivers"][0]["granted_by"].text == "A. Petrova")
            #expect(report.json["infected"][0]["signature"].text == "Test.Bad")
            let document = try await api.call(.GET, ready.path, as: admin.caller)
            #expect(document.json["review"]["files_added"] == 2)
            #expect(document.json["review"]["findings"] == .null)
        }
    }

    @Test("another studio's report is not found")
    func isolation() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let ready = try await ReadyVersion.make(api, game: try await api.game(of: admin), by: admin)
            let other = try await api.company()
            #expect(try await api.call(.GET, "\(ready.path)/report", as: other.caller).status == 404)
        }
    }
}
