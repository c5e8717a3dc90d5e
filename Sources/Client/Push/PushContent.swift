import Content
import LocalFiles
import Threads

/// What is pushed, from its path to its chunks.
enum PushContent: Sendable {
    /// Sent as it is.
    case archive(ArchiveSource)
    /// A folder that was listed.
    case tree(SourceTree)
    /// A folder that was cut and hashed.
    case folder(HashedTree)

    /// Blocks.
    ///
    /// - Throws: ``ClientError/noSuchPath(_:)``, ``ClientError/nothingToPush(_:)``, ``ClientError/unusableTree(_:)`` or
    ///   ``LocalFileError``.
    init(_ path: String, options: SourceOptions) throws {
        guard let location = FileSystem.realPath(of: path) else { throw ClientError.noSuchPath(path) }
        switch try FileSystem.status(of: location)?.kind {
        case .directory: self = .tree(try SourceTree(scanning: location, options: options))
        default: self = .archive(try ArchiveSource(path))
        }
    }

    /// What the service should call the upload.
    var name: String {
        switch self {
        case .archive(let source): source.name
        case .tree(let tree): Self.name(of: tree)
        case .folder(let hashed): Self.name(of: hashed.tree)
        }
    }

    /// Bytes of the archive, or of the folder's files.
    var size: Int64 {
        switch self {
        case .archive(let source): source.size
        case .tree(let tree): tree.contentSize
        case .folder(let hashed): hashed.tree.contentSize
        }
    }

    /// Cuts and hashes a folder; an archive stays as it is.
    ///
    /// - Throws: ``ClientError/changedDuringPush(_:)`` or ``LocalFileError``.
    func hashed(cache: CacheLocation?, pool: ThreadPool, progress: any ProgressSink) async throws -> PushContent {
        guard case .tree(let tree) = self else { return self }
        let hasher = TreeHasher(
            tree: tree, cachePath: cache?.path(of: tree.root), pool: pool, progress: progress)
        return .folder(HashedTree(tree, try await hasher.run()))
    }

    private static func name(of tree: SourceTree) -> String {
        "\(tree.root.split(separator: "/").last ?? "build").thin"
    }
}

extension PushContent: CustomStringConvertible {
    var description: String {
        switch self {
        case .archive(let source): "\(source.name): \(ByteCount(source.size))"
        case .tree(let tree): Self.describe(tree)
        case .folder(let hashed): Self.describe(hashed.tree)
        }
    }

    private static func describe(_ tree: SourceTree) -> String {
        let files = tree.entries.count { $0.content != .directory }
        return "\(tree.root): \(files) files, \(ByteCount(tree.contentSize))"
    }
}
