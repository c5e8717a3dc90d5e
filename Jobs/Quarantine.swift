import BuildStore
import ClamAV
import Content
import ObjectStore
import Postgres
import Staging

/// Keeps infected files as evidence, where no version and no player reaches them.
///
/// The failed build is discarded; what was found in it, where and by whose signatures stays. Safe to repeat: the name is
/// the content.
struct Quarantine: Sendable {
    let builds: BuildStore
    let store: any ObjectStore

    /// The longest file kept; of a longer one only the row is.
    private static let limit: Int64 = 1 << 30

    func keep(
        _ subject: ScanSubject, digest: Digest, signature: String, engine: ScanEngine, of version: VersionRecord
    ) async throws {
        var key: ObjectKey?
        let size = subject.source.size
        if size <= Self.limit {
            let place = try StoreLayout.quarantine(digest, of: version.developer)
            _ = try await self.store.put(
                place, .file(path: subject.source.reopenPath, range: 0..<size), digest: nil, condition: .always)
            key = place
        }
        try await self.builds.quarantine(
            QuarantineRecord(
                digest: digest, path: subject.path.text, size: size, signature: signature, engine: engine.id,
                objectKey: key?.text, wasPublished: version.status == .ready),
            of: version, in: self.builds.database)
    }
}
