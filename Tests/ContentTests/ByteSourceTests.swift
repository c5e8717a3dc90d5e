import Content
import Testing

@Suite("Bytes in memory")
struct ByteSourceTests {
    @Test("any range inside is read, and none that reaches outside")
    func ranges() throws {
        let source = MemorySource(Array(0..<10))
        #expect(source.size == 10)
        #expect(try source.read(3, at: 2) == [2, 3, 4])
        #expect(try source.read(0, at: 10) == [])
        for (count, offset) in [(1, Int64(10)), (11, 0), (1, -1), (-1, 0), (1, .max), (.max, 1)] {
            #expect(throws: MemorySource.OutOfBounds.self) { try source.read(count, at: offset) }
        }
    }
}
