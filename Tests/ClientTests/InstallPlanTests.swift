import Content
import Delta
import Digests
import Foundation
import Testing

@testable import Client

@Suite("InstallPlan")
struct InstallPlanTests {
    /// A manifest of files made of chunks named by letters; every chunk has 100 bytes and is stored in 60.
    private func manifest(_ files: [(path: String, chunks: String)]) throws -> Manifest {
        var known: [Character: Int] = [:]
        var chunks: [Manifest.Chunk] = []
        var entries: [Manifest.Entry] = []
        for file in files.sorted(by: { $0.path < $1.path }) {
            var indexes: [Int] = []
            for letter in file.chunks {
                let index = known[letter] ?? chunks.count
                if known[letter] == nil {
                    known[letter] = index
                    chunks.append(
                        Manifest.Chunk(
                            digest: self.digest(letter), length: 100, pack: 0, offset: Int64(index) * 60,
                            storedLength: 60, codec: .zstd))
                }
                indexes.append(index)
            }
            entries.append(
                Manifest.Entry(
                    path: try BuildPath(validating: file.path),
                    content: .file(
                        size: Int64(indexes.count) * 100, executable: false, digest: self.root(file.chunks),
                        chunks: indexes)))
        }
        return Manifest(
            game: GameID(.init()), version: VersionID(.init()), versionString: "x", entries: entries, chunks: chunks,
            packs: [Manifest.Pack(digest: self.digest("p"), size: 1 << 20)])
    }

    private func digest(_ letter: Character) -> Digest { Digest.sha256(of: Array("\(letter)".utf8)) }
    private func root(_ chunks: String) -> Digest { Digest.sha256(of: Array("file \(chunks)".utf8)) }

    /// A tree that holds files made of such chunks.
    private func tree(_ files: [(path: String, chunks: String)]) throws -> InstalledTree {
        var tree = InstalledTree()
        for file in files {
            let path = try BuildPath(validating: file.path)
            tree.add(
                .file(size: Int64(file.chunks.count) * 100, executable: false, digest: self.root(file.chunks)), at: path
            )
            for (position, letter) in file.chunks.enumerated() {
                tree.add(chunk: self.digest(letter), at: InstalledTree.Place(path: path, offset: Int64(position) * 100))
            }
        }
        return tree
    }

    private func action(_ plan: InstallPlan, _ manifest: Manifest, _ path: String) -> InstallPlan.Action? {
        plan.steps.first { manifest.entries[$0.entry].path.text == path }?.action
    }

    @Test("each file is kept, copied, or put together, whichever moves the fewest bytes")
    func actions() throws {
        let old = try self.manifest([("same", "abc"), ("from", "def"), ("edited", "ghi"), ("gone", "x")])
        let new = try self.manifest([("same", "abc"), ("to", "def"), ("edited", "gzi"), ("fresh", "y")])
        let tree = try self.tree([("same", "abc"), ("from", "def"), ("edited", "ghi"), ("gone", "x")])
        let plan = try InstallPlan(for: new, on: tree, previous: [old])
        #expect(self.action(plan, new, "same") == .keep)
        #expect(self.action(plan, new, "to") == .copy(from: try BuildPath(validating: "from")))
        #expect(self.action(plan, new, "edited") == .chunks)
        #expect(self.action(plan, new, "fresh") == .chunks)
        #expect(plan.removals.map(\.text) == ["from", "gone"])
        #expect(plan.totals.bytesByChunks == 120)
        #expect(plan.totals.bytesReused == 500)
        #expect(plan.totals.bytesKept == 300)
    }

    @Test("a chunk that many files need is fetched once")
    func sharedChunks() throws {
        let new = try self.manifest([("a", "xyx"), ("b", "xxx"), ("c", "yx")])
        let plan = try InstallPlan(for: new, on: InstalledTree())
        #expect(plan.remote == [0, 1])
        #expect(plan.placements.count == 8)
        #expect(PackRun.runs(for: plan.remote, of: new) == [PackRun(pack: 0, range: 0..<120, chunks: [0, 1])])
    }

    @Test("what is staged already is neither fetched nor copied")
    func staged() throws {
        let new = try self.manifest([("a", "uvw")])
        let plan = try InstallPlan(for: new, on: InstalledTree(), staged: [0: [true, false, true]])
        #expect(plan.remote == [1])
        #expect(plan.totals.bytesOpen == 100)
    }

    @Test("a patch is taken for the files where it is less, and only there")
    func patch() throws {
        let old = try self.manifest([("dear", "abc"), ("cheap", "def")])
        let new = try self.manifest([("dear", "aZc"), ("cheap", "YXW")])
        let tree = try self.tree([("dear", "abc"), ("cheap", "def")])
        let groups = [
            // Entry 0 is "cheap", entry 1 is "dear", by path.
            self.group(output: (0, 0, 300), input: 0, payload: 50),
            self.group(output: (1, 0, 300), input: 1, payload: 61),
        ]
        let plan = try InstallPlan(
            for: new, on: tree, previous: [old],
            patch: InstallPlan.Patch(groups: groups, old: old, cost: { Int64(groups[$0].payload) }))
        #expect(self.action(plan, new, "cheap") == .patch)
        #expect(self.action(plan, new, "dear") == .chunks)
        #expect(plan.patch.groups == [0])
        #expect(plan.bytesToFetch == 50 + 60)
    }

    @Test("a group that needs a file which was changed, or writes past a file, is not taken")
    func unusablePatch() throws {
        let old = try self.manifest([("a", "abc"), ("b", "def")])
        let new = try self.manifest([("a", "XYZ"), ("b", "UVW")])
        var tree = try self.tree([("b", "def")])
        tree.add(.file(size: 300, executable: false, digest: nil), at: try BuildPath(validating: "a"))
        let groups = [
            self.group(output: (0, 0, 300), input: 0, payload: 1),
            self.group(output: (1, 100, 201), input: 1, payload: 1),
            self.group(output: (9, 0, 1), input: 1, payload: 1),
        ]
        let plan = try InstallPlan(
            for: new, on: tree, previous: [old], patch: InstallPlan.Patch(groups: groups, old: old, cost: { _ in 1 }))
        #expect(plan.patch.groups.isEmpty)
        #expect(plan.remote.count == 6)
    }

    @Test("a shared group is taken when all files that need it save more than it costs, and counts once")
    func sharedGroup() throws {
        let old = try self.manifest([("a", "abc"), ("b", "def"), ("c", "ghi")])
        let new = try self.manifest([("a", "XYZ"), ("b", "UVW"), ("c", "RST")])
        let tree = try self.tree([("a", "abc"), ("b", "def"), ("c", "ghi")])
        // Each file costs 180 bytes by chunks.
        func group(_ file: Int, sharing: Bool) -> PatchGroup {
            self.group(output: (file, 0, 300), inputs: sharing ? [file, -1] : [file], payload: 20)
        }
        func plan(_ cost: Int64, damaged: Bool = false) throws -> InstallPlan {
            let source = damaged ? 9 : 0
            return try InstallPlan(
                for: new, on: tree, previous: [old],
                patch: InstallPlan.Patch(
                    groups: [group(0, sharing: true), group(1, sharing: true), group(2, sharing: false)],
                    shared: [self.group(output: (-1, 0, 300), inputs: [source], payload: Int(cost))], old: old,
                    cost: { _ in 20 }, sharedCost: { _ in cost }))
        }
        let cheap = try plan(319)
        #expect(cheap.patch.groups == [0, 1, 2] && cheap.patch.shared == [0])
        #expect(cheap.bytesToFetch == 3 * 20 + 319)
        let dear = try plan(320)
        #expect(dear.patch.groups == [2] && dear.patch.shared.isEmpty)
        #expect(dear.bytesToFetch == 20 + 360)
        // What it would be made from is not there.
        #expect(try plan(1, damaged: true).patch.groups == [2])
    }

    @Test("a chunk across two groups is spared only when both are taken")
    func straddling() throws {
        let old = try self.manifest([("a", "abc")])
        let new = try self.manifest([("a", "XYZ")])
        let tree = try self.tree([("a", "abc")])
        let both = [
            self.group(output: (0, 0, 150), input: 0, payload: 10),
            self.group(output: (0, 150, 150), input: 0, payload: 10),
        ]
        let whole = try InstallPlan(
            for: new, on: tree, previous: [old], patch: InstallPlan.Patch(groups: both, old: old, cost: { _ in 10 }))
        #expect(whole.remote.isEmpty)
        let half = try InstallPlan(
            for: new, on: tree, previous: [old],
            patch: InstallPlan.Patch(groups: [both[0]], old: old, cost: { _ in 10 }))
        #expect(half.remote == [1, 2])
    }

    @Test("files of ours that somebody changed stay, and stop the plan where their place is needed")
    func changedFiles() throws {
        let old = try self.manifest([("mine", "abc")])
        var tree = InstalledTree()
        tree.add(.file(size: 1, executable: false, digest: nil), at: try BuildPath(validating: "mine"))
        let plan = try InstallPlan(for: try self.manifest([("other", "a")]), on: tree, previous: [old])
        #expect(plan.removals.isEmpty)
        #expect(plan.spared.map(\.text) == ["mine"])
        #expect(throws: ClientError.blocked(path: "mine")) {
            try InstallPlan(for: try self.manifest([("mine/inner", "a")]), on: tree, previous: [old])
        }
    }

    @Test("chunks side by side are fetched together, up to a limit, across small gaps only")
    func packRuns() {
        func chunk(_ letter: Character, pack: Int, at offset: Int64, _ length: Int) -> Manifest.Chunk {
            Manifest.Chunk(
                digest: self.digest(letter), length: length, pack: pack, offset: offset, storedLength: length,
                codec: .stored)
        }
        let manifest = Manifest(
            game: GameID(.init()), version: VersionID(.init()), versionString: "x", entries: [],
            chunks: [
                chunk("a", pack: 1, at: 0, 100), chunk("b", pack: 0, at: 100, 100), chunk("c", pack: 0, at: 0, 100),
                chunk("d", pack: 0, at: 300, 100), chunk("e", pack: 0, at: 1 << 20, 100),
                chunk("f", pack: 1, at: 100, Int(PackRun.longest)),
            ], packs: [])
        #expect(
            PackRun.runs(for: [5, 4, 3, 2, 1, 0], of: manifest) == [
                PackRun(pack: 0, range: 0..<400, chunks: [2, 1, 3]),
                PackRun(pack: 0, range: 1 << 20..<(1 << 20) + 100, chunks: [4]),
                PackRun(pack: 1, range: 0..<100, chunks: [0]),
                PackRun(pack: 1, range: 100..<100 + PackRun.longest, chunks: [5]),
            ])
    }

    private func group(output: (file: Int, offset: Int64, length: Int), input: Int, payload: Int) -> PatchGroup {
        self.group(output: output, inputs: [input], payload: payload)
    }

    private func group(output: (file: Int, offset: Int64, length: Int), inputs: [Int], payload: Int) -> PatchGroup {
        PatchGroup(
            outputs: [PatchExtent(file: output.file, offset: output.offset, length: output.length)],
            inputs: inputs.map { PatchExtent(file: $0, offset: 0, length: 300) }, method: .difference, offset: 72,
            payload: payload, payloadCheck: 0, digest: self.digest("g"))
    }
}
