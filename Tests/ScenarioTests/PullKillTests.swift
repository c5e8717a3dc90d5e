import Foundation
import Glibc
import Testing

/// `slipway pull` and `slipway verify --repair`, killed as a power cut would, at moments that are told by what stands on
/// the disk and at moments of chance, and started again.
@Suite("A pull killed at any moment", .serialized)
struct PullKillTests {
    /// Kills at moments of chance, beside those at each ``Moment``.
    private static let chances = ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1" ? 60 : 2

    @Test("installed, updated by a patch and repaired under kills, a tree is what was pushed, and no file is ever half")
    func killed() async throws {
        try await withScenarioDirectory { root in
            let scene = try await PullScene.make(in: root)
            let fresh = scene.folder("fresh")
            // A whole run, so that chance knows how long one takes.
            let begun = ContinuousClock.now
            try await scene.run(["pull", fresh.path], version: "1.0")
            let length = ContinuousClock.now - begun
            #expect(try ReleaseTests.difference(scene.one.path, fresh.path) == "")

            try await self.kill(scene, "installing", length, allowing: [scene.one], goal: scene.one) {
                (nil, ["pull", $0.path], "1.0")
            }
            // In place, over a copy of what was installed; the patch must truly be used.
            let updated = try scene.copy(of: fresh, as: "updated")
            let summary = try await scene.run(["pull", updated.path, "--json"], version: "1.1")
            #expect(PullScene.number("patch_bytes", in: summary) > 0, "\(summary)")
            try await self.kill(scene, "updating", length, allowing: [scene.one, scene.two], goal: scene.two) {
                (fresh, ["pull", $0.path], "1.1")
            }
            let damaged = try scene.copy(of: updated, as: "damaged")
            try scene.damage(damaged)
            let wrong = try scene.copy(of: damaged, as: "wrong")
            try await self.kill(scene, "repairing", length, allowing: [wrong, scene.two], goal: scene.two) {
                (damaged, ["verify", $0.path, "--repair"], nil)
            }
            scene.slipway.stop()
        }
    }

    /// What a folder looks like when the program is killed.
    private enum Moment: CaseIterable {
        case staging, halfStaged, placing, halfPlaced, placed, told

        func hasCome(_ folder: URL) -> Bool {
            let state = "\(folder.path)/.slipway"
            func staged() -> Int {
                (try? FileManager.default.contentsOfDirectory(atPath: "\(state)/staging").count) ?? 0
            }
            func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
            return switch self {
            case .staging: staged() > 0
            case .halfStaged: staged() > 20
            case .placing: exists("\(state)/target")
            case .halfPlaced: exists("\(state)/target") && staged() < 20
            case .placed: exists("\(state)/target") && staged() == 0
            case .told: exists("\(state)/target") && exists("\(state)/manifest")
            }
        }
    }

    /// Kills a command at every moment and by chance, each time over a new copy of its start or over what the kill before
    /// left, and lets it come to its end.
    private func kill(
        _ scene: PullScene, _ what: String, _ length: Duration, allowing trees: [URL], goal: URL,
        _ command: (URL) -> (start: URL?, arguments: [String], version: String?)
    ) async throws {
        let allowed = try trees.map(FileTree.init)
        let folder = scene.folder(what)
        let (start, arguments, version) = command(folder)
        var chance = SystemRandomNumberGenerator()
        var killed = 0
        for number in 0..<Moment.allCases.count + Self.chances {
            // The next kill finds what the last one left, but for every third, which begins anew.
            if number.isMultiple(of: 3) || !FileManager.default.fileExists(atPath: folder.path) {
                try? FileManager.default.removeItem(at: folder)
                if let start { _ = try scene.copy(of: start, as: what) }
            }
            let moment = number < Moment.allCases.count ? Moment.allCases[number] : nil
            let delay = length * Double.random(in: 0.05...1, using: &chance)
            let wasKilled = try await scene.kill(arguments, version: version) { since in
                moment.map { $0.hasCome(folder) } ?? (since > delay)
            }
            killed += wasKilled ? 1 : 0
            guard FileManager.default.fileExists(atPath: folder.path) else { continue }
            let found = try FileTree(folder)
            for (path, bytes) in found.files {
                #expect(
                    allowed.contains { $0.files[path] == bytes },
                    "\(what): \(path) is half after a kill at \(moment.map { "\($0)" } ?? "\(delay)")")
            }
            // What calls itself whole is whole.
            guard FileManager.default.fileExists(atPath: "\(folder.path)/.slipway/manifest") else { continue }
            if try await SlipwayProcess.run(["verify", folder.path], development: nil).status == 0 {
                #expect(
                    allowed.contains { $0.files == found.files }, "\(what): \(moment.map { "\($0)" } ?? "\(delay)")")
            }
        }
        #expect(killed > 2, "\(what) was done before it was killed")
        try await scene.run(arguments, version: version)
        #expect(try ReleaseTests.difference(goal.path, folder.path) == "", "\(what)")
    }

    @Test(
        "a disk that is full in the middle of a pull stops it with a clear word, and with room it goes on",
        .enabled(if: geteuid() == 0))
    func diskFull() async throws {
        try await withScenarioDirectory { root in
            let scene = try await PullScene.make(in: root)
            let (disk, copy) = (scene.folder("disk"), scene.folder("copy"))
            try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
            let pull = "'\(SlipwayProcess.program("slipway").path)' pull '\(disk.path)/game' --game Sample --version"
            // A disk of its own that somebody else fills as soon as the pull has begun to write.
            let script = """
                mount -t tmpfs -o size=72m none '\(disk.path)' || exit 77
                \(pull) 1.0 || exit 1
                \(pull) 1.1 & pull=$!
                staged() { ls '\(disk.path)/game/.slipway/staging' | grep -v patch-; }
                until [ -n "$(staged)" ] || ! kill -0 $pull 2>/dev/null; do :; done
                cat /dev/zero > '\(disk.path)/filler' 2>/dev/null
                wait $pull; echo "full: $?"
                rm '\(disk.path)/filler'
                cp -a '\(disk.path)/game' '\(copy.path)-full'
                \(pull) 1.1 || exit 3
                cp -a '\(disk.path)/game' '\(copy.path)'
                """
            let result = try await SlipwayProcess.run(
                ["-m", "sh", "-c", script], development: scene.development, program: "/usr/bin/unshare")
            // Where nobody may mount anything there is nothing to be seen.
            guard result.status != 77, !result.output.contains("Operation not permitted") else {
                scene.slipway.stop()
                return
            }
            #expect(result.status == 0, "\(result.output)")
            // Local files or disk; or it was done before the disk was full.
            #expect(result.output.contains("full: 6") || result.output.contains("full: 0"), "\(result.output)")
            let allowed = [try FileTree(scene.one), try FileTree(scene.two)]
            for (path, bytes) in try FileTree(scene.folder("copy-full")).files {
                #expect(allowed.contains { $0.files[path] == bytes }, "\(path)")
            }
            #expect(try ReleaseTests.difference(scene.two.path, copy.path) == "")
            scene.slipway.stop()
        }
    }
}
