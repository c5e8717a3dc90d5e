import Content
import Foundation
import Staging
import Testing

@Suite("Files as sources of bytes")
struct FileSourceTests {
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "slipway-source-\(UUID())")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(bytes).write(to: url)
        try body(url.path)
    }

    @Test("any range inside is read, and none that reaches outside")
    func ranges() throws {
        try self.withFile(Array(0..<100)) { path in
            let source = try FileSource(path: path)
            #expect(source.size == 100)
            #expect(try source.read(3, at: 50) == [50, 51, 52])
            #expect(try source.read(0, at: 100) == [])
            for (count, offset) in [(1, Int64(100)), (101, 0), (1, -1), (-1, 0), (1, .max), (.max, 1)] {
                #expect(throws: StagingError.endOfFile(offset: offset, count: count, size: 100)) {
                    try source.read(count, at: offset)
                }
            }
            source.adviseSequential()
            #expect(source.withDescriptor { $0 } >= 0)
        }
    }

    @Test("a buffer is filled as far as the file goes")
    func buffers() throws {
        try self.withFile(Array(0..<100)) { path in
            let source = try FileSource(path: path)
            var buffer = [UInt8](repeating: 0xFF, count: 16)
            #expect(try source.read(at: 90, into: &buffer) == 10)
            #expect(buffer == Array(90..<100) + [UInt8](repeating: 0xFF, count: 6))
            #expect(try source.read(at: 100, into: &buffer) == 0)
            #expect(try source.read(at: 0, into: &buffer) == 16)
            #expect(buffer == Array(0..<16))
        }
    }

    @Test("a file that got shorter is noticed")
    func truncation() throws {
        try self.withFile(Array(0..<100)) { path in
            let source = try FileSource(path: path)
            #expect(unsafe truncate(path, 40) == 0)
            #expect(throws: StagingError.self) { try source.read(20, at: 30) }
            #expect(try source.read(10, at: 30) == Array(30..<40))
        }
    }

    @Test("what is no regular file is not opened")
    func kinds() throws {
        #expect(throws: StagingError.self) { try FileSource(path: "/dev/null") }
        #expect(throws: StagingError.self) { try FileSource(path: "/") }
        #expect(throws: StagingError.missing("/nonexistent")) { try FileSource(path: "/nonexistent") }
    }
}
