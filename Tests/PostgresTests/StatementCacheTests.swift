import Testing

@testable import Postgres

@Suite("StatementCache")
struct StatementCacheTests {
    private func key(_ text: String, _ types: [UInt32] = []) -> StatementCache.Key {
        StatementCache.Key(text: text, types: types)
    }

    @Test("a statement is prepared at its second use")
    func preparesAtSecondUse() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.use(self.key("a")) == .once)
        #expect(cache.use(self.key("a")) == .prepare(name: "s1"))
        cache.prepared(self.key("a"), name: "s1")
        #expect(cache.use(self.key("a")) == .execute(name: "s1"))
        #expect(cache.use(self.key("a", [20])) == .once)
    }

    @Test("the least recently used statement leaves, and is deallocated if it was prepared")
    func evicts() {
        var cache = StatementCache(capacity: 2)
        for text in ["a", "b"] {
            _ = cache.use(self.key(text))
            guard case .prepare(let name) = cache.use(self.key(text)) else { return #expect(Bool(false)) }
            cache.prepared(self.key(text), name: name)
        }
        _ = cache.use(self.key("a"))
        #expect(cache.use(self.key("c")) == .once)
        #expect(cache.unused == ["s2"])
        #expect(cache.count == 2)
        #expect(cache.use(self.key("a")) == .execute(name: "s1"))
        #expect(cache.takeUnused() == "s2")
        #expect(cache.takeUnused() == nil)
    }

    @Test("nothing is prepared with no capacity")
    func preparesNothing() {
        var cache = StatementCache(capacity: 0)
        for _ in 0..<3 { #expect(cache.use(self.key("a")) == .once) }
        #expect(cache.count == 0)
    }
}
