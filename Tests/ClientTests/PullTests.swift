import Content
import Digests
import Foundation
import LocalFiles
import Synchronization
import Testing
import Threads

@testable import Client

@Suite("Pulling")
struct PullTests {
    let pool = ThreadPool(name: "test", threads: 2)

    /// Serves versions the way the service does; packs by redirection to a store of another origin.
    private final class DownloadService: Sendable {
        let contents: [VersionID: MemoryContent]
        let names: [VersionID: String]
        let keys: Mutex<[[UInt8]]>
        let store = Mutex("")
        let redirects = Mutex(0)
        let leaks = Mutex(0)
        /// Addresses of the store answer so many requests.
        let lives = Mutex(3)

        init(_ versions: [(SyntheticBuild, MemoryContent)], key: [UInt8]) {
            self.contents = Dictionary(uniqueKeysWithValues: versions.map { ($0.0.version, $0.1) })
            self.names = Dictionary(uniqueKeysWithValues: versions.map { ($0.0.version, $0.0.name) })
            self.keys = Mutex([key])
        }

        func answer(_ request: ServerRequest) -> ServerResponse {
            if request.path == "/.well-known/slipway-keys.json" {
                let keys = self.keys.withLock { $0 }.map {
                    #"{"kid":"k","alg":"Ed25519","public_key":"\#(Data($0).base64EncodedString())"}"#
                }
                return .json(200, #"{"keys":[\#(keys.joined(separator: ","))]}"#)
            }
            let game = SyntheticBuild.game
            let versions = "/api/v1/developer/games/\(game)/versions"
            if request.path == "/api/v1/developer/games/\(game)" {
                return .json(200, #"{"game_id":"\#(game)","title":"Known"}"#)
            }
            if request.path == versions {
                let items = self.names.map { id, name in
                    """
                    {"version_id":"\(id)","game_id":"\(game)","version_string":"\(name)","status":"ready","stages":[]}
                    """
                }
                return .json(200, #"{"items":[\#(items.joined(separator: ","))]}"#)
            }
            let parts = request.path.dropFirst(versions.count + 1).split(separator: "/").map(String.init)
            guard let version = parts.first.flatMap(VersionID.init), let content = self.contents[version],
                parts.count > 1
            else { return .json(404, #"{"title":"Not here","status":404,"code":"not-found"}"#) }
            switch parts[1] {
            case "manifest": return .answer(200, headers: [:], body: content.envelope)
            case "packs":
                self.redirects.withLock { $0 += 1 }
                self.lives.withLock { $0 = 3 }
                return .answer(
                    307, headers: ["Location": "\(self.store.withLock { $0 })/\(version)/\(parts[2])"], body: [])
            case "patches" where parts.count == 3:
                return VersionID(parts[2]).flatMap { content.patches[$0] }.map { Self.part($0, request) } ?? .drop
            default:
                let items = content.patches.map {
                    #"{"from_version_id":"\#($0.key)","state":"ready","size":\#($0.value.count),"digest":null}"#
                }
                return .json(200, #"{"items":[\#(items.joined(separator: ","))]}"#)
            }
        }

        func storeAnswer(_ request: ServerRequest) -> ServerResponse {
            if request.headers["authorization"] != nil { self.leaks.withLock { $0 += 1 } }
            let isAlive = self.lives.withLock { lives in
                lives -= 1
                return lives >= 0
            }
            let parts = request.path.split(separator: "/").map(String.init)
            guard isAlive, let content = parts.first.flatMap(VersionID.init).flatMap({ self.contents[$0] }),
                let pack = parts.last.flatMap(Digest.init).flatMap({ content.packs[$0] })
            else { return .answer(403, headers: [:], body: Array("<Error><Code>AccessDenied</Code></Error>".utf8)) }
            return Self.part(pack, request)
        }

        private static func part(_ bytes: [UInt8], _ request: ServerRequest) -> ServerResponse {
            let bounds = (request.headers["range"] ?? "").dropFirst("bytes=".count).split(separator: "-").compactMap {
                Int($0)
            }
            guard bounds.count == 2, bounds[1] < bytes.count else { return .answer(416, headers: [:], body: []) }
            return .answer(
                206, headers: ["Content-Range": "bytes \(bounds[0])-\(bounds[1])/\(bytes.count)"],
                body: Array(bytes[bounds[0]...bounds[1]]))
        }
    }

    private func withService(
        _ body: (DownloadService, _ pull: (String, String, [UInt8]?) async throws -> InstallSummary) async throws ->
            Void
    ) async throws {
        let key = try #require(InstallerTests.key)
        let (first, second) = (InstallerTests.first, InstallerTests.second)
        let old = try MemoryContent(first, key: key)
        let new = try MemoryContent(second, key: key, from: (first, old))
        let service = DownloadService([(first, old), (second, new)], key: key.verifyingKey.bytes)
        let server = try await HTTPServer { service.answer($0) }
        let store = try await HTTPServer { service.storeAnswer($0) }
        service.store.withLock { $0 = store.url }
        try await body(service) { folder, version, key in
            let settings = ServerSettings(
                server: try #require(WebAddress(server.url)), credentials: Credentials(token: "secret"),
                manifestKey: key)
            return try await self.withClient(settings) { client in
                try await Pull(
                    Pull.Request(directory: folder, game: SyntheticBuild.game.description, version: version),
                    settings: settings, client: client, pool: self.pool, progress: NoProgress()
                ).run()
            }
        }
        try await server.stop()
        try await store.stop()
    }

    private func withClient<Value>(
        _ settings: ServerSettings, _ body: (ServiceClient) async throws -> Value
    ) async throws -> Value {
        let client = ServiceClient(settings, progress: NoProgress())
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    @Test("a version installs and updates over HTTP; the store of another origin never sees the token")
    func installAndUpdate() async throws {
        try await self.withService { service, pull in
            try await withTemporaryFolder { folder in
                _ = try await pull(folder, "1.0", nil)
                #expect(try tree(of: folder) == InstallerTests.first.tree)
                #expect(service.redirects.withLock { $0 } > 0)
                let summary = try await pull(folder, "2.0", nil)
                #expect(try tree(of: folder) == InstallerTests.second.tree)
                #expect(summary.patchBytes > 0)
                #expect(service.leaks.withLock { $0 } == 0)
            }
        }
    }

    @Test("the first key is pinned: another one is refused until somebody says it")
    func keyChange() async throws {
        try await self.withService { service, pull in
            try await withTemporaryFolder { folder in
                let right = try #require(InstallerTests.key).verifyingKey.bytes
                let other = try Ed25519.SigningKey(seed: [UInt8](repeating: 9, count: 32)).verifyingKey.bytes
                let refused = ClientError.keyChanged(
                    pinned: Data(other).base64EncodedString(), offered: [Data(right).base64EncodedString()])
                await #expect(throws: refused) { try await pull(folder, "1.0", other) }
                #expect(try tree(of: folder).isEmpty)
                _ = try await pull(folder, "1.0", right)
                service.keys.withLock { $0 = [other] }
                // The folder trusts its own key, whatever the service offers now.
                _ = try await pull(folder, "1.0", nil)
            }
        }
    }

    @Test("a version that is not there is named")
    func noSuchVersion() async throws {
        try await self.withService { _, pull in
            try await withTemporaryFolder { folder in
                _ = await #expect(throws: ClientError.noSuchVersion("9.9")) { try await pull(folder, "9.9", nil) }
            }
        }
    }

    @Test("a folder with the objects of a version installs without a service")
    func fromFolder() async throws {
        let key = try #require(InstallerTests.key)
        let content = try MemoryContent(InstallerTests.first, key: key)
        try await withTemporaryFolder { folder in
            try write(content.envelope, to: "\(folder)/disk/manifest")
            for (digest, bytes) in content.packs { try write(bytes, to: "\(folder)/disk/packs/\(digest)") }
            let source = FolderContent("\(folder)/disk", on: self.pool)
            let signed = try Installer.Signed(envelope: try await source.manifest(), trusting: [key.verifyingKey])
            let installer = Installer(
                folder: try InstallFolder(making: "\(folder)/installed"), source: source, pool: self.pool,
                progress: NoProgress())
            _ = try await installer.run(signed, installed: nil, begun: nil)
            #expect(try tree(of: "\(folder)/installed") == InstallerTests.first.tree)
        }
    }

    @Test("two pulls never work on one folder")
    func lock() async throws {
        try await withTemporaryFolder { folder in
            let first = try InstallFolder(making: folder)
            #expect(throws: ClientError.busy(first.root)) { try InstallFolder(making: folder) }
        }
    }

    @Test("a manifest that would write outside the folder, or into our state, is refused")
    func unsafeManifests() throws {
        let key = try #require(InstallerTests.key)
        for items: [String: SyntheticBuild.Item] in [
            ["link": .symlink("../out")], ["link": .symlink("sub"), "link/x": .file([1])],
            [".slipway/key": .file([1])], ["a": .file([1]), "A": .file([2])], ["a": .file([1]), "a/b": .file([2])],
        ] {
            let content = try MemoryContent(SyntheticBuild("x", items), key: key)
            #expect(throws: ClientError.self) { try ManifestSafety.check(content.manifestValue) }
        }
    }
}
