import Archives
import Content
import Testing

@Suite("Failing media")
struct FailingMediumTests {
    private struct Broken: Error {}

    /// Bytes of which those behind a point cannot be read.
    private struct FailingSource: ByteSource {
        let bytes: [UInt8]
        let limit: Int64

        var size: Int64 { Int64(self.bytes.count) }

        func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
            guard offset + Int64(count) <= self.limit else { throw Broken() }
            return Array(self.bytes[Int(offset)..<Int(offset) + count])
        }
    }

    @Test("a medium that fails is never taken for a bad archive", arguments: LibArchiveWriter.Format.allCases)
    fileprivate func failure(_ format: LibArchiveWriter.Format) throws {
        // Noise, so that the archive is larger than any buffer.
        let files = ["a", "b"].map { LibArchiveWriter.File(path: $0, data: noise(900_000)) }
        let bytes = try LibArchiveWriter.make(format, files)
        for limit in [0, 512, 400_000, bytes.count - 1] {
            let source = FailingSource(bytes: bytes, limit: Int64(limit))
            do throws(ArchiveError) {
                var reader = try ArchiveReader(source: source, limits: smallLimits)
                var buffer = [UInt8](repeating: 0, count: 100_000)
                while try reader.nextEntry() != nil { while try reader.read(into: &buffer) > 0 {} }
                Issue.record("read what cannot be read")
            } catch {
                #expect(error.code == "archive_unreadable", "\(error)")
            }
            #expect(throws: ArchiveError.self) {
                try ArchiveInspector.inspect(
                    source: FailingSource(bytes: bytes, limit: 0), limits: smallLimits, within: .seconds(30))
            }
        }
    }
}
