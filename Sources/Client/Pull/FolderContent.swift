public import Content
import LocalFiles
public import Threads

/// The content of one version in a local folder: for installation without a service, from a disk or a share.
///
/// ```
/// manifest               the signed manifest
/// packs/<digest>         each pack
/// patches/<version>      patches from other versions, by their identifiers
/// ```
public struct FolderContent: FetchSource {
    private let root: String
    private let pool: ThreadPool

    /// - Parameter path: the folder; what is missing in it is told when it is needed.
    public init(_ path: String, on pool: ThreadPool) {
        self.root = path
        self.pool = pool
    }

    public func manifest() async throws -> [UInt8] {
        try await self.pool.run { () throws -> [UInt8] in
            let path = "\(self.root)/manifest"
            guard let bytes = try FileSystem.contents(of: path, limit: 1 << 30) else {
                throw ClientError.noSuchPath(path)
            }
            return bytes
        }
    }

    public func patch(from version: VersionID) async throws -> PatchOffer? {
        try await self.pool.run { () throws -> PatchOffer? in
            let status = try FileSystem.status(of: self.location(of: .patch(from: version)))
            return status.map { PatchOffer(from: version, size: $0.size) }
        }
    }

    public func read(_ range: Range<Int64>, of object: FetchObject) async throws -> [UInt8] {
        try await self.pool.run { () throws -> [UInt8] in
            try LocalFile(self.location(of: object), mode: .read).read(range.count, at: range.lowerBound)
        }
    }

    private func location(of object: FetchObject) -> String {
        switch object {
        case .pack(let digest): "\(self.root)/packs/\(digest)"
        case .patch(let from): "\(self.root)/patches/\(from)"
        }
    }
}
