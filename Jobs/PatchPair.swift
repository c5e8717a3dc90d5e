import BuildStore
import Content
import Delta
import Digests
import ManifestSigning
import ObjectStore

/// The two versions of a patch, as their manifests describe them, and what becomes of each file between them.
struct PatchPair: Sendable {
    struct Side: Sendable {
        let version: VersionRecord
        let manifest: Manifest
        /// Of the manifest.
        let digest: Digest
        let content: VersionContent
    }

    let old: Side
    let new: Side
    let plan: PatchPlan

    /// - Returns: nil when one of them is not ready, or gone.
    /// - Throws: as the store does, and for a manifest that is not ours.
    init?(
        _ work: some PatchJob, builds: BuildStore, store: any ObjectStore, key: Ed25519.VerifyingKey
    ) async throws {
        func side(_ id: VersionID) async throws -> Side? {
            guard let version = try await builds.version(id, in: builds.database), version.status == .ready else {
                return nil
            }
            let bytes = try await store.read(
                try ObjectKey(validating: version.s3Path), range: nil, limit: .gibibytes(2))
            let (manifest, digest) = try ManifestEnvelope.open(bytes, trusting: [key])
            return Side(version: version, manifest: manifest, digest: digest, content: VersionContent(manifest))
        }
        guard let new = try await side(work.to), let old = try await side(work.from) else { return nil }
        self.old = old
        self.new = new
        self.plan = PatchPlan(from: old.content, to: new.content)
    }

    /// The version whose jobs make the patch.
    func version(of work: some PatchJob) -> VersionRecord {
        work.isRollback ? self.old.version : self.new.version
    }

    /// Bytes of the new version's chunks as stored.
    var storedBytes: Int64 { self.new.content.chunks.reduce(0) { $0 + Int64($1.storedLength) } }

    /// Bytes of the new files that the patch makes.
    var targetBytes: Int64 {
        let sizes = self.new.content.files.reduce(into: [Int: Int64]()) { $0[$1.index] = $1.size }
        return self.plan.targets.reduce(0) { $0 + (sizes[$1.file] ?? 0) }
    }

    /// What is told of the update while there is no patch.
    var report: PatchReport {
        PatchReport(
            plan: self.plan,
            bytesByChunks: PatchPlan.bytesByChunks(from: self.old.content, to: self.new.content), summary: nil,
            isKept: false)
    }
}
