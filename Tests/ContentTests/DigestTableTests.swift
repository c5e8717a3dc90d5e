import Content
import Testing

@Suite("A table of digests")
struct DigestTableTests {
    /// Distinct for distinct numbers.
    private func digest(_ number: Int) -> Digest {
        var bytes = [UInt8](repeating: 0x5A, count: 32)
        for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
        return Digest(bytes: bytes)
    }

    @Test("keeps the order in which digests came, each once")
    func order() {
        var table = DigestTable()
        var known: [Digest: Int] = [:]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let digest = self.digest(Int.random(in: 0..<7000, using: &generator))
            let (place, isNew) = table.insert(digest)
            #expect(isNew == (known[digest] == nil))
            #expect(place == known[digest] ?? known.count)
            known[digest] = place
        }
        #expect(table.count == known.count)
        #expect(known.allSatisfy { table[$0.value] == $0.key && table.place(of: $0.key) == $0.value })
        #expect(table.place(of: self.digest(7000)) == nil)
    }

    @Test("pages cover every place once, in order", arguments: [0, 1, 63, 64, 65, 200])
    func pages(count: Int) {
        var table = DigestTable()
        for number in 0..<count { table.insert(self.digest(number)) }
        #expect(table.pages(of: 64).flatMap { Array($0) } == Array(0..<count))
        #expect(table.pages(of: 64).flatMap { Array(table[$0]) } == (0..<count).map { self.digest($0) })
    }
}
