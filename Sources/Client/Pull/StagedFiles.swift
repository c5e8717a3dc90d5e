import Content
import Digests
import LocalFiles
import Synchronization
import Threads

/// The files that are being put together, each under a name that says where it goes and what it will be.
///
/// What an earlier pull began is found again by name, and what is right in it is used: nothing is trusted unread.
final class StagedFiles: Sendable {
    private let manifest: Manifest
    private let folder: InstallFolder
    private let names: [Int: String]
    private let cache = FileCache(.update, capacity: 64)

    /// - Parameter entries: files that may have to be staged.
    init(_ manifest: Manifest, entries: [Int], in folder: InstallFolder) {
        self.manifest = manifest
        self.folder = folder
        var names: [Int: String] = [:]
        for entry in entries { names[entry] = Self.name(of: manifest.entries[entry]) }
        self.names = names
    }

    /// Where an entry's file is put together.
    func location(of entry: Int) -> String { "\(self.folder.staging)/\(self.names[entry] ?? "unnamed")" }

    /// Finds what an earlier pull left, and removes what is no use.
    ///
    /// - Returns: by entry, the places that are right already.
    func survey(on pool: ThreadPool) async throws -> [Int: [Bool]] {
        let present = try await pool.run { () throws -> [(entry: Int, subject: ChunkCheck.Subject)] in
            let entries = Dictionary(self.names.map { ($1, $0) }) { first, _ in first }
            var present: [(entry: Int, subject: ChunkCheck.Subject)] = []
            for item in try FileSystem.list(self.folder.staging) {
                let location = "\(self.folder.staging)/\(item.displayName)"
                let status = try FileSystem.status(of: location)
                guard let name = item.name, let entry = entries[name], let status, status.kind == .file,
                    case .file(let size, _, _, _) = self.manifest.entries[entry].content, status.size <= size
                else {
                    if !item.displayName.hasPrefix("patch-") { try FileSystem.removeTree(location) }
                    continue
                }
                present.append((entry, ChunkCheck.Subject(path: location, pieces: self.manifest.pieces(of: entry))))
            }
            return present
        }
        let right = try await ChunkCheck.run(present.map(\.subject), on: pool)
        return Dictionary(zip(present.map(\.entry), right)) { first, _ in first }
    }

    /// Writes bytes of an entry's file.
    ///
    /// Blocks.
    func write(_ bytes: Span<UInt8>, to entry: Int, at offset: Int64) throws(LocalFileError) {
        try self.cache.file(at: self.location(of: entry)).write(bytes, at: offset)
    }

    /// Takes over bytes of an installed file, and tells whether they are there now.
    ///
    /// Blocks.
    ///
    /// - Throws: as ``LocalFile/copy(_:from:at:to:)``.
    func copy(
        _ count: Int64, from file: LocalFile, at fileOffset: Int64, to entry: Int, at offset: Int64
    ) throws(LocalFileError) -> Bool {
        try self.cache.file(at: self.location(of: entry)).copy(count, from: file, at: fileOffset, to: offset)
    }

    /// What was written at a place.
    ///
    /// Blocks.
    func read(
        _ count: Int, of entry: Int, at offset: Int64, into buffer: inout [UInt8]
    ) throws(LocalFileError) {
        try self.cache.file(at: self.location(of: entry)).read(count, at: offset, into: &buffer, from: 0)
    }

    /// Closes the files, and makes those that have no bytes.
    ///
    /// Blocks.
    func close(_ entries: [Int]) throws(LocalFileError) {
        self.cache.removeAll()
        for entry in entries {
            guard case .file(size: 0, _, _, _) = self.manifest.entries[entry].content else { continue }
            _ = try LocalFile(self.location(of: entry), mode: .update)
        }
    }

    private static func name(of entry: Manifest.Entry) -> String {
        var hasher = SHA256Hasher()
        hasher.update(entry.path.bytes)
        if case .file(_, _, let digest, _) = entry.content { hasher.update([0] + digest.bytes) }
        return String(hasher.finish().description.prefix(40))
    }
}
