import API
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Traces")
struct TraceAPITests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let headers = [("traceparent", "00-\(trace)-00f067aa0ba902b7-01")]

    @Test("8.14: a request's trace goes on in the jobs that it causes, by a span of ours")
    func carried() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let (path, _) = try await api.version(of: game, by: admin, size: 3)
            _ = try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [1, 2, 3])
            let done = try await api.call(
                .POST, "\(path)/upload/complete", as: admin.caller, headers: Self.headers)
            let span = try #require(done.header("traceparent"))
            #expect(span.hasPrefix("00-\(Self.trace)-") && !span.contains("00f067aa0ba902b7"))
            let job = try await api.database.row("SELECT traceparent FROM job WHERE kind = 'ingest-build'")
            #expect(try job?("traceparent") == span)
        }
    }
}
