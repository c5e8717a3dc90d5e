import Archives
import Content
import Testing

@Suite("Hostile archives")
struct HostileArchiveTests {
    @Test("a bad zip is refused with its code", arguments: HostileZips.all)
    func zip(_ hostile: Hostile) {
        #expect(code(hostile.bytes, hostile.limits) == hostile.code)
    }

    @Test("a bad tar is refused with its code, compressed or not", arguments: HostileTars.all)
    func tar(_ hostile: Hostile) {
        #expect(code(hostile.bytes, hostile.limits) == hostile.code)
        #expect(code(deflated(hostile.bytes, isGzip: true), hostile.limits) == hostile.code)
    }

    @Test("a damaged compressed tar is refused with its code", arguments: HostileTars.compressed)
    func compressedTar(_ hostile: Hostile) {
        #expect(code(hostile.bytes, hostile.limits) == hostile.code)
    }

    @Test("every problem tells where it is and what to do about it")
    func hints() throws {
        for hostile in HostileZips.all + HostileTars.all {
            let problems = try ArchiveInspector.inspect(
                source: MemorySource(hostile.bytes), limits: hostile.limits, within: .seconds(30))
            for problem in problems {
                #expect(problem.hint.hasSuffix("."))
                #expect(problem.hint.contains(" "))
            }
        }
    }
}
