import Content
import ContentHashing
import Digests
import LocalFiles

/// What the files of one folder were cut into when they were last read, so that an unchanged file is not read again.
///
/// A file is unchanged when its size, times and inode are. Times of files that were touched just before they were read say
/// nothing, since a change in the same tick of the clock would not show; those are read again.
struct ChunkCache: Sendable {
    struct Entry: Equatable, Sendable {
        let stamp: SourceTree.Stamp
        let file: ChunkedFile
    }

    /// By path in the folder.
    private(set) var entries: [String: Entry] = [:]

    /// How long the clocks of file systems may stand still.
    private static let tick: Int64 = 2_000_000_000

    init() {}

    init(_ entries: [String: Entry]) { self.entries = entries }

    func file(at path: BuildPath, _ stamp: SourceTree.Stamp) -> ChunkedFile? {
        guard let entry = self.entries[path.text], entry.stamp == stamp else { return nil }
        return entry.file
    }

    /// - Parameter now: before the file was read, in nanoseconds since 1970.
    mutating func take(_ file: ChunkedFile, at path: BuildPath, _ stamp: SourceTree.Stamp, now: Int64) {
        guard max(stamp.modified, stamp.changed) < now - Self.tick else { return }
        self.entries[path.text] = Entry(stamp: stamp, file: file)
    }
}
