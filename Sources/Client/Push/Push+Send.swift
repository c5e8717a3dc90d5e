import Content
import Threads

/// What was uploaded.
struct SentUpload: Sendable {
    /// SHA-256 of the upload; nil when there was none.
    let digest: Digest?
    /// Bytes of the upload.
    let size: Int64
    /// Bytes that went out now.
    let bytes: Int64
}

extension Push {
    /// How often an upload that lacks parts is gone through again.
    private static let rounds = 3

    /// What a store says of an upload that takes no parts any more; ours and S3's words.
    private static let closedCodes: Set<String> = ["upload-expired", "NoSuchUpload"]

    /// Sends what the store lacks, and commits.
    func send(
        _ content: PushContent, _ planned: UploadDocument, _ version: VersionDocument
    ) async throws -> (version: VersionDocument, sent: SentUpload) {
        let source = try await self.source(of: content, for: version)
        var upload = planned
        if upload.fileSize != source.size {
            upload = try await self.client.resize(version.id, version.game, to: source.size)
        }
        let sender = PartSender(
            client: self.client, version: version.id, game: version.game, source: source, pool: self.pool)
        var sent: Int64 = 0
        for _ in 0..<Self.rounds {
            guard upload.fileSize == source.size else {
                throw ClientError.unexpectedAnswer(url: "upload", reason: "the upload is of another size")
            }
            let counter = StageCounter("send", total: source.size, progress: self.progress)
            let outcome: PartSender.Outcome
            do {
                outcome = try await sender.run(upload, counter)
                try await self.pool.run { () throws in try source.verifyUnchanged() }
            } catch ClientError.refused(let problem) where Self.closedCodes.contains(problem.code) {
                // Complete, perhaps, by a commit whose answer was lost; only asking tells.
                counter.fail()
                let digest = try await self.digest(of: source)
                guard let version = try await self.client.complete(version.id, version.game, fileHash: digest) else {
                    throw ClientError.refused(problem)
                }
                return (version, SentUpload(digest: digest, size: source.size, bytes: sent))
            } catch {
                counter.fail()
                throw error
            }
            sent += outcome.sent
            counter.finish()
            if let version = try await self.client.complete(version.id, version.game, fileHash: outcome.digest) {
                return (version, SentUpload(digest: outcome.digest, size: source.size, bytes: sent))
            }
            upload = try await self.client.upload(of: version.id, version.game)
        }
        throw ClientError.refused(
            Problem(
                status: 422, code: "upload-incomplete", title: "The store keeps losing parts",
                hint: "Push again; if it happens again, tell the people who run the service."))
    }

    /// What is to be uploaded: an archive, or of a folder what the service lacks.
    private func source(of content: PushContent, for version: VersionDocument) async throws -> any PushSource {
        switch content {
        case .archive(let source): return source
        case .folder(let hashed):
            let missing = try await self.client.keepChunks(
                hashed.chunks.map(\.digest), for: version.id, version.game)
            let source = try await ThinSource(hashed, missing: missing, pool: self.pool, progress: self.progress)
            self.progress.report(
                .note(
                    "\(source.newChunks) of \(hashed.chunks.count) chunks are new: \(ByteCount(source.newBytes)), "
                        + "\(ByteCount(source.size)) to send"))
            return source
        case .tree(let tree): throw ClientError.nothingToPush(tree.root)
        }
    }
}
