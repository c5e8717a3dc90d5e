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
