import Archives
import Content
import Testing

/// Limits small enough for tests to reach.
let smallLimits = ArchiveLimits(
    entries: 10_000, totalSize: .mebibytes(256), entrySize: .mebibytes(128), ratio: 200, ratioFloor: .mebibytes(1),
    duration: .seconds(60))

/// An archive's entries, and the content of its files.
struct Unpacked {
    var entries: [ArchiveEntry] = []
    var contents: [String: [UInt8]] = [:]
}

/// Reads everything.
func unpack(_ bytes: [UInt8], _ limits: ArchiveLimits = smallLimits) throws(ArchiveError) -> Unpacked {
    var reader = try ArchiveReader(source: MemorySource(bytes), limits: limits)
    var unpacked = Unpacked()
    var buffer = [UInt8](repeating: 0, count: 10_000)
    while let entry = try reader.nextEntry() {
        unpacked.entries.append(entry)
        guard case .file(let path, _, _) = entry else { continue }
        var content: [UInt8] = []
        while true {
            let count = try reader.read(into: &buffer)
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        unpacked.contents[path.text] = content
    }
    return unpacked
}

/// The code reading an archive ends with; "accepted" when it does not.
func code(_ bytes: [UInt8], _ limits: ArchiveLimits = smallLimits) -> String {
    do {
        _ = try unpack(bytes, limits)
        return "accepted"
    } catch {
        return error.code
    }
}

/// The codes of all that the inspector finds.
func inspected(_ bytes: [UInt8], _ limits: ArchiveLimits = smallLimits) throws -> [String] {
    try ArchiveInspector.inspect(source: MemorySource(bytes), limits: limits, within: .seconds(30)).map(\.code)
}

/// Bytes that do not compress, always the same (Numerical Recipes' generator).
func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}

/// One bad archive and the code it must end with.
struct Hostile: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let code: String
    var limits = smallLimits

    var testDescription: String { "\(self.name) → \(self.code)" }
}
