import Foundation
import Glibc
import NIOHTTP1
import Synchronization
import Testing

/// A service with two versions and the patch between them, and folders to pull them into.
struct PullScene {
    let slipway: SlipwayProcess
    let root: URL
    /// What was pushed as 1.0 and as 1.1.
    let one: URL
    let two: URL

    var development: URL { self.slipway.directory.appending(path: "dev.json") }

    static func make(in root: URL) async throws -> PullScene {
        let (one, two) = (root.appending(path: "one"), root.appending(path: "two"))
        let first = SampleBuild(seed: 11, megabytes: 1)
        try first.write(to: one)
        try Self.edit(first).write(to: two)
        let slipway = try await SlipwayProcess.up(root.appending(path: "up"), settings: ["SLIPWAY_PATCH_VERSIONS": "1"])
        let scene = PullScene(slipway: slipway, root: root, one: one, two: two)
        try await scene.run(["push", one.path, "--create-game"], version: "1.0")
        try await scene.run(["push", two.path], version: "1.1")
        try await scene.waitForPatch()
        return scene
    }

    /// Edits large and small, a file that moved, one that is new, one that left, and a file where a folder was.
    private static func edit(_ build: SampleBuild) -> SampleBuild {
        var next = build.edited()
        for part in 1..<20 {
            next.files[1].bytes.insert(
                contentsOf: Array("edit \(part)".utf8), at: next.files[1].bytes.count * part / 20)
        }
        for number in stride(from: 10, to: next.files.count - 1, by: 4) { next.files[number].bytes[500] &+= 1 }
        if let moved = next.files.firstIndex(where: { $0.path == "data/small/9.bin" }) {
            next.files[moved].path = "data/moved.bin"
        }
        if let texts = next.files.firstIndex(where: { $0.path == "data/texts.txt" }) {
            next.files[texts].path = "data/texts.txt/inside"
        }
        return next
    }

    private func waitForPatch() async throws {
        let studio = try Studio(self.slipway)
        func items(_ path: String) async throws -> [[String: Any]] {
            try await studio.json(.GET, path, expecting: 200)["items"] as? [[String: Any]] ?? []
        }
        let game = try await items("/games").first?["game_id"] as? String ?? ""
        let versions = try await items("/games/\(game)/versions")
        let latest = versions.first { $0["version_string"] as? String == "1.1" }?["version_id"] as? String ?? ""
        for _ in 0..<1200 {
            let patches = try await items("/games/\(game)/versions/\(latest)/patches")
            if patches.contains(where: { $0["state"] as? String == "ready" }) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Studio.Unexpected(what: "no patch was made in a minute")
    }

    func folder(_ name: String) -> URL { self.root.appending(path: name) }

    func copy(of folder: URL, as name: String) throws -> URL {
        let target = self.folder(name)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/cp")
        process.arguments = ["-a", folder.path, target.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return target
    }

    /// Bytes changed in the largest file, files that are shorter, empty or gone.
    func damage(_ folder: URL) throws {
        let pack = try FileHandle(forWritingTo: folder.appending(path: "data/levels.pak"))
        for part in 1..<4 {
            try pack.seek(toOffset: UInt64(part) << 18)
            try pack.write(contentsOf: Data("damage \(part)".utf8))
        }
        try pack.close()
        for (path, size) in [("bin/game", 1000), ("data/small/20.bin", 0)] as [(String, UInt64)] {
            let file = try FileHandle(forWritingTo: folder.appending(path: path))
            try file.truncate(atOffset: size)
            try file.close()
        }
        for number in 100..<160 {
            try FileManager.default.removeItem(at: folder.appending(path: "data/small/\(number).bin"))
        }
    }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: [String], version: String?) async throws -> String {
        let result = try await SlipwayProcess.run(
            self.complete(arguments, version), development: self.development)
        try #require(result.status == 0, "\(arguments): \(result.output)")
        return result.output
    }

    /// Runs a command and kills it once `isTime` says so, told how long the command has been running.
    ///
    /// - Returns: false when it had ended by itself.
    func kill(
        _ arguments: [String], version: String?, when isTime: @escaping @Sendable (Duration) -> Bool
    ) async throws -> Bool {
        let watch = Watch()
        let result = try await SlipwayProcess.run(
            self.complete(arguments, version), development: self.development,
            started: { watch.begin($0.processIdentifier, isTime) })
        watch.end()
        #expect(result.status == 0 || result.status == SIGKILL, "\(arguments): \(result.output)")
        return result.status == SIGKILL
    }

    private func complete(_ arguments: [String], _ version: String?) -> [String] {
        version.map { arguments + ["--game", "Sample", "--version", $0] } ?? arguments
    }

    /// A figure of a command's last report.
    static func number(_ name: String, in output: String) -> Int {
        guard let start = output.range(of: "\"\(name)\":", options: .backwards) else { return 0 }
        return Int(output[start.upperBound...].prefix { $0.isNumber }) ?? 0
    }
}

/// The regular files below a folder, but for the program's own.
struct FileTree: Equatable {
    let files: [String: Data]

    init(_ root: URL) throws {
        var files: [String: Data] = [:]
        for path in CrashTests.files(below: root.path) where !path.hasPrefix(".slipway") {
            files[path] = try Data(contentsOf: root.appending(path: path))
        }
        self.files = files
    }
}

/// Kills a process as soon as something has come to pass.
private final class Watch: Sendable {
    private let isOver = Atomic(false)

    /// Looks again and again, on a thread of its own.
    func begin(_ process: Int32, _ isTime: @escaping @Sendable (Duration) -> Bool) {
        let start = ContinuousClock.now
        Thread.detachNewThread {
            while !self.isOver.load(ordering: .acquiring) {
                if isTime(ContinuousClock.now - start) {
                    Glibc.kill(process, SIGKILL)
                    return
                }
                usleep(1000)
            }
        }
    }

    func end() { self.isOver.store(true, ordering: .releasing) }
}
