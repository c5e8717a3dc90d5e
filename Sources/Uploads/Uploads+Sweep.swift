import FoundationEssentials
import ObjectStore
import Postgres

/// What a sweep of the store's open uploads found.
public struct SweptUploads: Equatable, Sendable {
    /// Uploads that are open in the store and that we know.
    public var known: Int

    /// Uploads that nobody knows, and that are too young to be given up.
    public var young: Int

    /// Uploads that nobody knew, and that are gone now.
    public var removed: Int

    /// Uploads that nobody knows, and that could not be removed; tried again next time.
    public var failed: Int

    public init(known: Int = 0, young: Int = 0, removed: Int = 0, failed: Int = 0) {
        self.known = known
        self.young = young
        self.removed = removed
        self.failed = failed
    }
}

extension Uploads {
    /// Where uploads lie in the store; nothing else of the bucket is touched.
    private static let prefix = "uploads/"

    /// Uploads removed in one sweep, at most.
    private static let sweepLimit = 1000

    /// Removes uploads in parts that the store holds open and that no session knows.
    ///
    /// They come of a process that died between the store's answer and our row, or of an abort that failed. No listing of
    /// objects shows them, and they are paid for.
    ///
    /// - Parameter age: only those that were begun longer ago, by the store's clock: a younger one may be about to be
    ///   written down.
    public func sweep(olderThan age: Duration) async throws -> SweptUploads {
        let open = try await self.store.listMultipartUploads(prefix: Self.prefix)
        let known = try await self.knownUploads(open.map(\.id.text))
        let limit = Date(timeIntervalSinceNow: -(age / .seconds(1)))
        var swept = SweptUploads()
        for upload in open {
            if known.contains(upload.id.text) {
                swept.known += 1
            } else if upload.begunAt > limit {
                swept.young += 1
            } else if swept.removed + swept.failed < Self.sweepLimit {
                do throws(ObjectStoreError) {
                    try await self.store.abortMultipart(upload.key, upload.id)
                    swept.removed += 1
                } catch {
                    swept.failed += 1
                }
            }
        }
        return swept
    }

    /// Those that an open session uses, or whose removal is written down already.
    private func knownUploads(_ names: [String]) async throws -> Set<String> {
        let rows = try await self.database.rows(
            """
            SELECT store_upload FROM upload_sessions WHERE state = 'open' AND store_upload = ANY (\(names)::text[])
            UNION
            SELECT store_upload FROM garbage_objects WHERE store_upload = ANY (\(names)::text[])
            """)
        var known: Set<String> = []
        for row in rows { known.insert(try row("store_upload")) }
        return known
    }
}
