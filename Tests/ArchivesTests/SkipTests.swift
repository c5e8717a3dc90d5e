import Archives
import Content
import Testing

@Suite("Passing over content")
struct SkipTests {
    private static let content: [UInt8] = (0..<400_000).map { UInt8(truncatingIfNeeded: ($0 &* 40_503) >> 7) }

    @Test(
        "the beginning of a file is passed over in a tar, compressed or not, and never where a checksum is over it",
        arguments: LibArchiveWriter.Format.allCases)
    fileprivate func formats(_ format: LibArchiveWriter.Format) throws {
        let bytes = try LibArchiveWriter.make(
            format, [.init(path: "a", data: Self.content), .init(path: "b", data: Array("after it".utf8))])
        var reader = try ArchiveReader(source: MemorySource(bytes), limits: smallLimits)
        var contents: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 10_000)
        while case .file(let path, _, _)? = try reader.nextEntry() {
            let isSkipped = path.text == "a" ? try reader.skip(300_001) : false
            let isExpected = reader.format.isSkippable && path.text == "a"
            #expect(isSkipped == isExpected)
            var content: [UInt8] = []
            while case let count = try reader.read(into: &buffer), count > 0 { content += buffer[..<count] }
            contents.append(content)
        }
        let first = reader.format.isSkippable ? Array(Self.content[300_001...]) : Self.content
        #expect(contents == [first, Array("after it".utf8)])
    }

    @Test("more than there is is not passed over")
    func beyond() throws {
        let bytes = try LibArchiveWriter.make(.tar, [.init(path: "a", data: [1, 2, 3])])
        var reader = try ArchiveReader(source: MemorySource(bytes), limits: smallLimits)
        _ = try reader.nextEntry()
        let isSkipped = try reader.skip(4)
        #expect(!isSkipped)
        var buffer = [UInt8](repeating: 0, count: 10)
        let count = try reader.read(into: &buffer)
        #expect(count == 3)
    }
}
