import Client
import Content
import Digests
import LocalFiles
import Packing
import Synchronization
import Testing
import Threads

@Suite("Pushing")
struct PushTests {
    let pool = ThreadPool(name: "test", threads: 2)

    /// Runs a push against a service of our own.
    private func push(
        _ path: String, to service: UploadService, token: String = UploadService.token, game: String = "Known",
        createsGame: Bool = false
    ) async throws -> Push.Summary {
        let server = try await HTTPServer { service.answer($0) }
        let settings = ServerSettings(
            server: try #require(WebAddress(server.url)), credentials: Credentials(token: token))
        let client = ServiceClient(settings, progress: NoProgress())
        let push = Push(
            Push.Request(path: path, game: game, version: "1.0", createsGame: createsGame), client: client,
            pool: self.pool,
            progress: NoProgress())
        let result: Result<Push.Summary, any Error>
        do { result = .success(try await push.run()) } catch { result = .failure(error) }
        await client.shutdown()
        try await server.stop()
        return try result.get()
    }

    private func withArchive(_ size: Int, _ body: (String, [UInt8]) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let bytes = SyntheticBuild.bytes(size, seed: 3)
            try write(bytes, to: "\(folder)/build.zip")
            try await body("\(folder)/build.zip", bytes)
        }
    }

    @Test("an archive arrives byte for byte, with its SHA-256, and its build is waited for")
    func archive() async throws {
        try await self.withArchive(105_000) { path, bytes in
            let service = UploadService()
            let summary = try await self.push(path, to: service)
            #expect(service.content == bytes)
            #expect(service.state.withLock { $0.completedHash } == Digest.sha256(of: bytes).description)
            #expect(summary.status == "ready")
            #expect(summary.sentBytes == 105_000)
            #expect(service.state.withLock { $0.polls } == 0)
        }
    }

    @Test("a folder arrives as a thin build, whole, and then only what the company has not stored")
    func folder() async throws {
        try await withTemporaryFolder { folder in
            try SyntheticBuild.mixed.write(to: folder)
            let service = UploadService()
            let summary = try await self.push(folder, to: service)
            #expect(summary.sentBytes == summary.bytes)
            let (build, files) = try Self.open(service.content)
            #expect(files == SyntheticBuild.mixed.tree)
            #expect(build.chunks.allSatisfy { $0.body != nil })

            let again = UploadService()
            again.state.withLock { $0.stored = Set(build.chunks.map(\.digest)) }
            let small = try await self.push(folder, to: again)
            #expect(small.bytes < 1000)
            #expect(try ThinBuild.open(MemorySource(again.content)).build.chunks.allSatisfy { $0.body == nil })

            try write(SyntheticBuild.bytes(1000, seed: 77), to: "\(folder)/new.bin")
            let third = UploadService()
            third.state.withLock { $0.stored = Set(build.chunks.map(\.digest)) }
            let grown = try await self.push(folder, to: third)
            #expect(grown.bytes > small.bytes && grown.bytes < small.bytes + 1100)
        }
    }

    /// What a thin build holds, as a folder does; chunks that were not sent are left out.
    private static func open(_ bytes: [UInt8]) throws -> (ThinBuild, [String: String]) {
        let (build, bodies) = try ThinBuild.open(MemorySource(bytes))
        let places = build.places(from: bodies)
        var unpacker = try ChunkUnpacker()
        var items: [String: SyntheticBuild.Item] = [:]
        for entry in build.entries {
            switch entry.content {
            case .directory: items[entry.path.text] = .directory
            case .symlink(let target): items[entry.path.text] = .symlink(target)
            case .file(let executable, let chunks):
                var content: [UInt8] = []
                for chunk in chunks {
                    guard let body = build.chunks[chunk].body, let place = places[chunk] else { continue }
                    content += try unpacker.unpack(
                        Array(bytes[Int(place)..<Int(place) + body.length]), codec: body.codec,
                        length: build.chunks[chunk].length, digest: build.chunks[chunk].digest)
                }
                items[entry.path.text] = .file(content, executable: executable)
            }
        }
        return (build, SyntheticBuild("sent", items).tree)
    }

    @Test("refused addresses, broken connections, busy answers and changed bytes are got over")
    func faults() async throws {
        try await self.withArchive(105_000) { path, bytes in
            let denied = ServerResponse.json(403, #"{"title":"Expired","status":403,"code":"url-expired"}"#)
            let service = UploadService()
            service.state.withLock { state in
                state.faults = [
                    ("PUT /storage/v1/parts/1", denied), ("PUT /storage/v1/parts/2", .drop),
                    ("PUT /storage/v1/parts/3", .json(503, "busy", headers: ["Retry-After": "0"])),
                    (
                        "PUT /storage/v1/parts/4",
                        .json(422, #"{"title":"Changed","status":422,"code":"digest-mismatch"}"#)
                    ),
                    (
                        "PUT /storage/v1/parts/5",
                        .answer(403, headers: [:], body: Array("<Error><Code>AccessDenied</Code></Error>".utf8))
                    ),
                    ("POST /api/v1/developer/games/\(service.game)/versions/\(service.version)/upload/complete", .drop),
                ]
            }
            _ = try await self.push(path, to: service)
            #expect(service.content == bytes)
            #expect(service.state.withLock { $0.signings } > 1)
            #expect(service.state.withLock { $0.faults.isEmpty })
        }
    }

    @Test("where the store signs nothing, parts go through the service, with the token")
    func throughService() async throws {
        try await self.withArchive(35_000) { path, bytes in
            let service = UploadService()
            service.state.withLock { $0.signs = false }
            _ = try await self.push(path, to: service)
            #expect(service.content == bytes)
        }
    }

    @Test("an upload that was completed, and whose commit was lost, is committed")
    func lostCommit() async throws {
        try await self.withArchive(25_000) { path, bytes in
            let service = UploadService()
            service.state.withLock { state in
                state.status = "uploading"
                state.fileSize = 25_000
                for number in 1...3 {
                    state.parts[number] = Array(bytes[(number - 1) * 10_000..<min(number * 10_000, 25_000)])
                }
                let gone = ServerResponse.answer(
                    404, headers: [:], body: Array("<Error><Code>NoSuchUpload</Code></Error>".utf8))
                state.faults = (1...3).map { ("PUT /storage/v1/parts/\($0)", gone) }
            }
            let summary = try await self.push(path, to: service)
            #expect(summary.status == "ready")
            #expect(service.state.withLock { $0.completedHash } == Digest.sha256(of: bytes).description)
        }
    }

    @Test("an interrupted upload goes on: parts that are right stay, wrong ones and unproven ones are sent")
    func resume() async throws {
        try await self.withArchive(55_000) { path, bytes in
            let service = UploadService()
            service.state.withLock { state in
                state.status = "uploading"
                state.fileSize = 55_000
                for number in 1...3 {
                    state.parts[number] = Array(bytes[(number - 1) * 10_000..<number * 10_000])
                    state.digests[number] = Digest.sha256(of: state.parts[number] ?? []).description
                }
                state.parts[2] = [UInt8](repeating: 0, count: 10_000)
                state.digests[2] = Digest.sha256(of: state.parts[2] ?? []).description
                state.digests[3] = nil
            }
            let summary = try await self.push(path, to: service)
            #expect(service.content == bytes)
            #expect(service.state.withLock { $0.puts.sorted() } == [2, 3, 4, 5, 6])
            #expect(summary.sentBytes == 45_000)
        }
    }

    @Test("an upload of another size is planned anew, and nothing is given up")
    func otherSize() async throws {
        try await self.withArchive(25_000) { path, bytes in
            let service = UploadService()
            service.state.withLock { state in
                state.status = "uploading"
                state.fileSize = 55_000
            }
            _ = try await self.push(path, to: service)
            #expect(service.content == bytes)
            #expect(service.state.withLock { $0.aborts } == 0)
            #expect(service.state.withLock { $0.resizes } == 1)
        }
    }

    @Test("a version with the same content is waited for; with other content it is refused")
    func existing() async throws {
        try await self.withArchive(25_000) { path, bytes in
            let service = UploadService()
            service.state.withLock { state in
                state.status = "processing"
                state.fileSize = 25_000
                state.completedHash = Digest.sha256(of: bytes).description
            }
            let summary = try await self.push(path, to: service)
            #expect(summary.status == "ready")
            #expect(summary.sentBytes == 0)
            try write([1] + bytes.dropFirst(), to: path)
            await #expect(throws: ClientError.versionTaken("1.0", status: .ready)) {
                try await self.push(path, to: service)
            }
        }
    }

    @Test("a build that fails tells its failure, and the exit status is 4")
    func failedBuild() async throws {
        try await self.withArchive(5000) { path, _ in
            let service = UploadService()
            service.state.withLock { $0.outcome = "failed" }
            do {
                _ = try await self.push(path, to: service)
                Issue.record("a failed build was taken for a good one")
            } catch {
                let failure = ClientFailure(error)
                #expect(failure.code == "malware-found")
                #expect(failure.message.contains("EICAR was found"))
                #expect(failure.message.contains("a.txt"))
                #expect(failure.hint == "Remove it.")
                #expect(ClientExit(error) == .refused)
            }
        }
    }

    @Test("without a stream of events, asking tells when the build is ready")
    func polling() async throws {
        try await self.withArchive(5000) { path, _ in
            let service = UploadService()
            service.state.withLock { $0.streamsBreak = true }
            let summary = try await self.push(path, to: service)
            #expect(summary.status == "ready")
            #expect(service.state.withLock { $0.polls } > 0)
        }
    }

    @Test("a wrong token, a game that is not there, and a service that is not there have their own exit statuses")
    func exits() async throws {
        try await self.withArchive(5000) { path, _ in
            let service = UploadService()
            #expect(await self.exit { try await self.push(path, to: service, token: "wrong") } == .authentication)
            #expect(await self.exit { try await self.push(path, to: service, game: "Unknown") } == .usage)
            let summary = try await self.push(path, to: service, game: "Unknown", createsGame: true)
            #expect(summary.status == "ready")

            let settings = ServerSettings(
                server: try #require(WebAddress("http://127.0.0.1:9")), credentials: Credentials(token: "x"))
            let client = ServiceClient(settings, progress: NoProgress())
            #expect(await self.exit { try await client.game("Known") } == .unavailable)
            await client.shutdown()
        }
    }

    @Test("a file that changes while it is sent is named, and nothing is completed")
    func changed() async throws {
        try await withTemporaryFolder { folder in
            try write(SyntheticBuild.bytes(50_000, seed: 1), to: "\(folder)/a.bin")
            try write(SyntheticBuild.bytes(50_000, seed: 2), to: "\(folder)/b.bin")
            let service = UploadService()
            let once = Atomic(false)
            service.state.withLock { state in
                state.beforePart = { _ in
                    guard once.exchange(true, ordering: .relaxed) == false else { return }
                    try? write(SyntheticBuild.bytes(50_000, seed: 9), to: "\(folder)/a.bin")
                }
            }
            await #expect(throws: ClientError.changedDuringPush("a.bin")) { try await self.push(folder, to: service) }
            #expect(service.state.withLock { $0.completedHash } == nil)
        }
    }

    private func exit<Value>(_ body: () async throws -> Value) async -> ClientExit {
        do {
            _ = try await body()
            return .ok
        } catch {
            return ClientExit(error)
        }
    }
}
