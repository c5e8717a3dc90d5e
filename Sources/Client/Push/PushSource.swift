public import Content
import LocalFiles

/// The bytes of an upload, readable anywhere at any time, that notice when somebody changes them.
///
/// Every call blocks: make it on a pool's thread.
public protocol PushSource: ByteSource {
    /// What the service should call the upload.
    var name: String { get }

    /// - Throws: ``ClientError/changedDuringPush(_:)`` when a file is no longer what it was at the beginning.
    func verifyUnchanged() throws
}

/// An archive, sent as it is.
public struct ArchiveSource: PushSource {
    public let name: String
    private let file: LocalFile
    private let stamp: SourceTree.Stamp

    public var size: Int64 { self.file.size }

    /// - Throws: ``ClientError/nothingToPush(_:)`` when the file is empty, or ``LocalFileError``.
    public init(_ path: String) throws {
        guard let location = FileSystem.realPath(of: path) else { throw ClientError.noSuchPath(path) }
        self.file = try LocalFile(location, mode: .read)
        self.stamp = SourceTree.Stamp(try self.file.status())
        self.name = path.split(separator: "/").last.map(String.init) ?? path
        guard self.file.size > 0 else { throw ClientError.nothingToPush(path) }
    }

    public func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        do {
            let bytes = try self.file.read(count, at: offset)
            try self.verifyUnchanged()
            return bytes
        } catch let error as LocalFileError where error.code == 0 {
            throw ClientError.changedDuringPush(self.file.path)
        }
    }

    public func verifyUnchanged() throws {
        guard SourceTree.Stamp(try self.file.status()) == self.stamp else {
            throw ClientError.changedDuringPush(self.file.path)
        }
    }
}

/// A folder, sent as the tar archive of ``TarLayout``, which is never written.
public struct TreeSource: PushSource {
    public let name: String
    public let tree: SourceTree
    private let layout: TarLayout

    public var size: Int64 { self.layout.size }

    /// - Throws: as ``SourceTree/init(scanning:)``.
    public init(_ path: String) throws {
        self.tree = try SourceTree(scanning: path)
        self.layout = TarLayout(self.tree.entries)
        self.name = "\(self.tree.root.split(separator: "/").last ?? "build").tar"
    }

    public func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for segment in self.layout.segments(in: offset..<offset + Int64(count)) {
            switch segment {
            case .bytes(let run): bytes += run
            case .file(let entry, let offset, let count): bytes += try self.read(count, at: offset, of: entry)
            }
        }
        return bytes
    }

    private func read(_ count: Int, at offset: Int64, of entry: Int) throws -> [UInt8] {
        do {
            let file = try LocalFile(self.tree.location(of: entry), mode: .read)
            let bytes = try file.read(count, at: offset)
            // Asked after the read, so that no change since the scan escapes.
            guard SourceTree.Stamp(try file.status()) == self.tree.stamps[entry] else { throw self.change(of: entry) }
            return bytes
        } catch let error as LocalFileError where error.code == 0 || error.isNotFound {
            throw self.change(of: entry)
        }
    }

    public func verifyUnchanged() throws {
        for (index, entry) in self.tree.entries.enumerated() where entry.content != .directory {
            let status = try FileSystem.status(of: self.tree.location(of: index))
            guard status.map(SourceTree.Stamp.init) == self.tree.stamps[index] else { throw self.change(of: index) }
        }
    }

    private func change(of entry: Int) -> ClientError { .changedDuringPush(self.tree.entries[entry].path.text) }
}
