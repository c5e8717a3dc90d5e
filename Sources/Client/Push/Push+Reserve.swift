import Content
import Threads

extension Push {
    /// Reserves the version, or finds the upload that an earlier push began.
    ///
    /// - Returns: no upload when the version has its bytes already.
    func begin(
        _ content: PushContent, _ game: GameID
    ) async throws -> (version: VersionDocument, upload: UploadDocument?) {
        // Of a folder the upload's size is known only once the service has said what is missing.
        let request = BeginUpload(
            versionString: self.request.version, fileSize: max(1, content.size), fileName: content.name,
            changelog: self.request.changelog)
        if let version = try await self.client.begin(request, of: game) {
            return (version, try await self.upload(of: version))
        }
        let existing = try await self.client.version(self.request.version, of: game)
        switch existing.status {
        case .uploaded, .processing, .ready: return (existing, nil)
        case .failed: throw ClientError.versionTaken(self.request.version, status: .failed)
        case .uploading: break
        }
        do {
            let upload = try await self.upload(of: existing)
            if upload.state == "open" {
                let parts = upload.received.count
                self.progress.report(.note("going on with an upload that has \(parts) of \(upload.partCount) parts"))
                return (existing, upload)
            }
            self.progress.report(.note("the earlier upload of this version is \(upload.state); beginning again"))
        } catch ClientError.refused(let problem) where problem.code == "upload-expired" {
            self.progress.report(.note("the earlier upload of this version has expired; beginning again"))
        }
        try await self.client.abort(existing.id, game)
        guard let version = try await self.client.begin(request, of: game) else {
            throw ClientError.versionTaken(self.request.version, status: .uploading)
        }
        return (version, try await self.upload(of: version))
    }

    private func upload(of version: VersionDocument) async throws -> UploadDocument {
        if let upload = version.upload { return upload }
        return try await self.client.upload(of: version.id, version.game)
    }

    /// Makes sure that a version which has its bytes already has these.
    ///
    /// - Returns: the version; a folder's is waited for, since only a manifest tells what it holds.
    /// - Throws: ``ClientError/versionTaken(_:status:)`` when it has others, or it cannot be told.
    func compare(_ content: PushContent, with version: VersionDocument) async throws -> VersionDocument {
        switch content {
        case .archive(let source):
            let digest = try await self.digest(of: source)
            guard version.fileHash.map({ $0 == digest.description }) ?? (version.fileSize == source.size) else {
                throw ClientError.versionTaken(self.request.version, status: version.status)
            }
            return version
        case .folder(let hashed):
            guard version.status == .ready || self.request.waits else {
                throw ClientError.versionTaken(self.request.version, status: version.status)
            }
            let version = try await BuildFollower(client: self.client, progress: self.progress).follow(version)
            if version.status == .failed { throw Self.failure(of: version) }
            let manifest = try await self.client.openManifest(of: version.id, version.game)
            guard hashed.isSame(as: manifest) else {
                throw ClientError.versionTaken(self.request.version, status: version.status)
            }
            return version
        case .tree:
            throw ClientError.versionTaken(self.request.version, status: version.status)
        }
    }

    func digest(of source: any PushSource) async throws -> Digest {
        let counter = StageCounter("compare", total: source.size, progress: self.progress)
        let digest = try await self.pool.run { () throws -> Digest in
            try source.digest { counter.add($0) }
        }
        counter.finish()
        return digest
    }
}
