import Content
import Foundation
import Staging

/// Runs `body` with a staging area in a folder of its own, which is removed afterwards.
func withStagingArea(watermark: ByteCount = .zero, _ body: (StagingArea, URL) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "slipway-staging-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    try body(try StagingArea(root: root.path, watermark: watermark), root)
}

func path(_ text: String) throws -> BuildPath { try BuildPath(validating: text) }

extension BuildStaging {
    /// Creates a whole file.
    func put(_ text: String, _ bytes: [UInt8], mode: FileMode = .regular) throws {
        var writer = try self.create(try path(text), mode: mode)
        try writer.write(bytes.span)
        writer.close()
    }

    /// Reads a whole file.
    func get(_ text: String) throws -> [UInt8] {
        let file = try self.open(try path(text))
        return try file.read(Int(file.size), at: 0)
    }
}
