public import Content
import Digests
import LocalFiles
public import Threads

/// Compares an installation, byte by byte, with its signed manifest.
///
/// Needs no service.
public struct Verify: Sendable {
    private let directory: String
    private let pool: ThreadPool
    private let progress: any ProgressSink

    public init(_ directory: String, pool: ThreadPool, progress: any ProgressSink) {
        self.directory = directory
        self.pool = pool
        self.progress = progress
    }

    /// Where the folder was installed from.
    public struct Origin: Sendable, Equatable {
        public let server: WebAddress
        public let game: GameID
        public let version: VersionID
    }

    /// - Throws: as ``run()``.
    public func origin() async throws -> Origin {
        let folder = try await self.pool.run { () throws in try InstallFolder(reading: self.directory) }
        // Not the source's word for the version: a pull that was stopped has named its target there.
        let manifest = try await self.signed(in: folder).manifest
        return try await self.pool.run { () throws -> Origin in
            guard let source = try folder.readSource(), let server = WebAddress(source.url) else {
                throw ClientError.damagedState(path: folder.location(.source), reason: "it is missing or broken")
            }
            return Origin(server: server, game: manifest.game, version: manifest.version)
        }
    }

    /// Reads every file.
    ///
    /// - Throws: ``ClientError/notInstalled(_:)``, ``ClientError/damagedState(path:reason:)`` or ``LocalFileError``.
    public func run() async throws -> VerifyReport {
        let folder = try await self.pool.run { () throws in try InstallFolder(reading: self.directory) }
        return try await self.check(folder, try await self.signed(in: folder).manifest)
    }

    /// Reads every file, and fetches what is wrong.
    ///
    /// - Throws: as ``run()`` and ``Pull/run()``.
    public func repair(from source: any FetchSource) async throws -> VerifyReport {
        let folder = try await self.pool.run { () throws -> InstallFolder in
            _ = try InstallFolder(reading: self.directory)
            return try InstallFolder(making: self.directory)
        }
        let signed = try await self.signed(in: folder)
        var report = try await self.check(folder, signed.manifest)
        guard !report.isIntact else { return report }
        let start = ContinuousClock.now
        let installer = Installer(
            folder: folder, source: source, pool: self.pool, progress: self.progress, usesPatch: false)
        report.repair = try await installer.run(signed, installed: signed, begun: nil, trustingIndex: false)
        report.seconds += (ContinuousClock.now - start) / .seconds(1)
        return report
    }

    private func signed(in folder: InstallFolder) async throws -> Installer.Signed {
        try await self.pool.run { () throws -> Installer.Signed in
            guard let key = try folder.readKey() else {
                throw ClientError.damagedState(path: folder.location(.key), reason: "it is missing")
            }
            let state = try InstalledState(of: folder, trusting: [try Ed25519.VerifyingKey(bytes: key)])
            guard let installed = state.installed else {
                throw ClientError.damagedState(
                    path: folder.location(.manifest), reason: state.damaged.first ?? "it is missing")
            }
            return installed
        }
    }

    private func check(_ folder: InstallFolder, _ manifest: Manifest) async throws -> VerifyReport {
        let start = ContinuousClock.now
        var look = try await self.pool.run { () throws in try Look(at: folder, manifest) }
        let counter = StageCounter("verify", total: look.report.bytes, progress: self.progress)
        let subjects = look.files.map {
            ChunkCheck.Subject(path: folder.location(of: manifest.entries[$0].path), pieces: manifest.pieces(of: $0))
        }
        let right = try await ChunkCheck.run(subjects, on: self.pool, onBytes: { counter.add($0) })
        for ((entry, subject), pieces) in zip(zip(look.files, subjects), right) {
            let wrong = zip(subject.pieces, pieces).filter { !$1 }.map(\.0)
            guard !wrong.isEmpty || look.tooLong.contains(entry) else { continue }
            look.report.damaged.append(
                VerifyReport.Damage(
                    path: manifest.entries[entry].path.text, chunks: wrong.count, of: pieces.count,
                    bytes: wrong.reduce(0) { $0 + Int64($1.length) }))
        }
        counter.finish()
        look.report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return look.report
    }
}

/// What can be told without reading the files.
///
/// Blocks.
private struct Look: Sendable {
    var report: VerifyReport
    /// Entries to read.
    var files: [Int] = []
    /// Of these, those with bytes behind the last chunk.
    var tooLong: Set<Int> = []

    init(at folder: InstallFolder, _ manifest: Manifest) throws {
        var known: Set<BuildPath> = []
        var count = 0
        var bytes: Int64 = 0
        for entry in manifest.entries {
            known.insert(entry.path)
            guard case .file(let size, _, _, _) = entry.content else { continue }
            count += 1
            bytes += size
        }
        self.report = VerifyReport(version: manifest.versionString, files: count, bytes: bytes)
        for (index, entry) in manifest.entries.enumerated() {
            let location = folder.location(of: entry.path)
            guard let status = try FileSystem.status(of: location) else {
                self.report.missing.append(entry.path.text)
                continue
            }
            switch (entry.content, status.kind) {
            case (.file(let size, let executable, _, _), .file):
                if FileMode(permissions: status.permissions).isExecutable != executable {
                    self.report.altered.append(entry.path.text)
                }
                self.files.append(index)
                if status.size > size { self.tooLong.insert(index) }
            case (.symlink(let target), .symlink):
                if try FileSystem.target(ofLink: location) != target { self.report.altered.append(entry.path.text) }
            case (.directory, .directory):
                continue
            default:
                self.report.altered.append(entry.path.text)
            }
        }
        self.report.extra = try Self.extra(in: folder, known)
    }

    private static func extra(in folder: InstallFolder, _ known: Set<BuildPath>) throws -> [String] {
        var extra: [String] = []
        var ahead = [""]
        while let prefix = ahead.popLast() {
            for item in try FileSystem.list("\(folder.root)/\(prefix)") {
                let path = prefix + item.displayName
                if path == InstallFolder.stateName { continue }
                guard let name = item.name, let status = try FileSystem.status(of: "\(folder.root)/\(prefix)\(name)")
                else {
                    extra.append(path)
                    continue
                }
                if status.kind == .directory {
                    ahead.append("\(path)/")
                } else if BuildPath(path).map({ !known.contains($0) }) ?? true {
                    extra.append(path)
                }
            }
        }
        return extra.sorted()
    }
}
