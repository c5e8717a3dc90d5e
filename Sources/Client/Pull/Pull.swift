import Content
import Digests
import FoundationEssentials
import ManifestSigning
public import Threads

/// Installs a version into a folder, or brings the folder to it.
///
/// Whatever stops it, the next pull goes on: what is staged and verified stays, and no file is ever half in place.
public struct Pull: Sendable {
    public struct Request: Sendable {
        /// The folder to install into; made when it is not there.
        public let directory: String
        /// Identifier or title.
        public let game: String
        /// Identifier or version string.
        public let version: String
        /// Whether patches may be used.
        public let usesPatches: Bool

        public init(directory: String, game: String, version: String, usesPatches: Bool = true) {
            self.directory = directory
            self.game = game
            self.version = version
            self.usesPatches = usesPatches
        }
    }

    private let request: Request
    private let settings: ServerSettings
    private let client: ServiceClient
    private let pool: ThreadPool
    private let progress: any ProgressSink

    public init(
        _ request: Request, settings: ServerSettings, client: ServiceClient, pool: ThreadPool,
        progress: any ProgressSink
    ) {
        self.request = request
        self.settings = settings
        self.client = client
        self.pool = pool
        self.progress = progress
    }

    /// - Throws: ``ClientError``, ``LocalFiles/LocalFileError`` or `CancellationError`.
    public func run() async throws -> InstallSummary {
        let game = try await self.client.game(self.request.game)
        let version = try await self.client.version(self.request.version, of: game)
        guard version.status == .ready else {
            throw ClientError.versionNotReady(version.versionString, status: version.status)
        }
        let folder = try await self.pool.run { () throws -> InstallFolder in
            let folder = try InstallFolder(making: self.request.directory)
            if let source = try folder.readSource(), let installed = GameID(source.game), installed != game {
                throw ClientError.otherGame(installed: installed, wanted: game)
            }
            return folder
        }
        let source = ServiceSource(self.client, game: game, version: version.id)
        let envelope = try await source.manifest()
        let pinned = try await self.pool.run { () throws -> [UInt8]? in try folder.readKey() }
        let (signed, key) = try await self.open(envelope, pinned: pinned)
        guard signed.manifest.game == game, signed.manifest.version == version.id else {
            throw ClientError.untrustedManifest(reason: "it belongs to another version")
        }

        let trusted = try [pinned, key].compactMap { $0 }.map { bytes in try Ed25519.VerifyingKey(bytes: bytes) }
        let state = try await self.pool.run { () throws -> InstalledState in
            // Pinned before the first file is written, so that nobody slips in another key between two attempts.
            if pinned != key { try folder.write(key: key) }
            try folder.write(
                InstallFolder.Source(
                    url: self.settings.server.text, game: game.description, version: version.id.description))
            return try InstalledState(of: folder, trusting: trusted)
        }
        for reason in state.damaged {
            self.progress.report(.warning("\(reason); every file is read instead"))
        }
        let installer = Installer(
            folder: folder, source: source, pool: self.pool, progress: self.progress,
            usesPatch: self.request.usesPatches)
        return try await installer.run(signed, installed: state.installed, begun: state.begun)
    }

    /// Checks the signature: by the key somebody said, else the folder's, else, the first time, the service's own.
    ///
    /// - Returns: the manifest, and the key that signed it.
    private func open(
        _ envelope: [UInt8], pinned: [UInt8]?
    ) async throws -> (signed: Installer.Signed, key: [UInt8]) {
        let said = self.settings.manifestKey ?? pinned
        let candidates = if let said { [said] } else { try await self.client.manifestKeys() }
        guard !candidates.isEmpty else { throw ClientError.untrustedManifest(reason: "the service offers no key") }
        for bytes in candidates {
            do {
                let key = try Ed25519.VerifyingKey(bytes: bytes)
                return (try Installer.Signed(envelope: envelope, trusting: [key]), bytes)
            } catch ManifestSigningError.unknownKey {
                continue
            } catch let error as ManifestSigningError {
                throw ClientError.untrustedManifest(reason: Self.reason(error))
            }
        }
        guard let said else { throw ClientError.untrustedManifest(reason: "none of the service's keys signed it") }
        let offered = try await self.client.manifestKeys().map { Data($0).base64EncodedString() }
        throw ClientError.keyChanged(pinned: Data(said).base64EncodedString(), offered: offered)
    }

    private static func reason(_ error: ManifestSigningError) -> String {
        switch error {
        case .notAnEnvelope: "it is no manifest"
        case .unsupportedFormat(let format): "its format \(format) is newer than this program"
        case .unknownKey(let id): "it is signed by the unknown key \(id)"
        case .badSignature: "its signature does not fit its content"
        case .corrupt(let reason): "it is broken: \(reason)"
        case .unreadable(let error): "it is signed, and cannot be read: \(error)"
        }
    }
}
