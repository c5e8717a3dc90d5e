import JWTKit
import Storefront
import Synchronization
import Testing

@testable import Access

@Suite("The issuer's keys")
struct KeyCacheTests {
    /// Counts how often it is asked, and answers as it is told.
    final class Source: Sendable {
        struct Gone: Error {}

        let asked = Mutex(0)
        let answer: Mutex<[UInt8]?>

        init(_ answer: [UInt8]?) { self.answer = Mutex(answer) }

        var source: JWKSource {
            JWKSource {
                self.asked.withLock { $0 += 1 }
                await Task.yield()
                guard let answer = self.answer.withLock({ $0 }) else { throw Gone() }
                return answer
            }
        }

        var count: Int { self.asked.withLock { $0 } }
    }

    @Test("unknown keys make it ask once, not once each")
    func unknownKeys() async throws {
        let fixture = try await TokenFixture()
        let source = Source(fixture.issuer.keySet)
        let cache = KeyCache(source: source.source)
        for index in 0..<50 { #expect(try await cache.key("made-up-\(index)") == nil) }
        #expect(try await cache.key(fixture.keyID) != nil)
        #expect(source.count == 1)
    }

    @Test("many who come at once share one answer")
    func shared() async throws {
        let fixture = try await TokenFixture()
        let source = Source(fixture.issuer.keySet)
        let cache = KeyCache(source: source.source)
        let keyID = fixture.keyID
        let found = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { (try? await cache.key(keyID)) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(found == 20)
        #expect(source.count == 1)
    }

    @Test("without any keys it says so, and does not ask again at once")
    func unavailable() async throws {
        let source = Source(nil)
        let cache = KeyCache(source: source.source)
        for _ in 0..<5 {
            let error = await #expect(throws: AccessError.self) { try await cache.key("a") }
            guard case .issuerUnavailable? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(source.count == 1)
    }

    @Test(
        "answers that are no key sets are no keys",
        arguments: [
            "", "[]", "{}", #"{"keys":1}"#, #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}"#,
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AAAA","y":"AAAA"}]}"#,
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","use":"enc","x":"AAAA","y":"AAAA"}]}"#,
        ])
    func notKeys(text: String) async {
        let cache = KeyCache(source: .fixed(Array(text.utf8)))
        await #expect(throws: (any Error).self) { try await cache.key("a") }
    }
}
