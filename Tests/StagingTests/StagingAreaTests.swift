import Content
import Foundation
import Staging
import Testing

@Suite("The staging area")
struct StagingAreaTests {
    @Test("every build on disk is listed with its age, and nothing else")
    func list() throws {
        try withStagingArea { area, root in
            let versions = (0..<3).map { _ in VersionID(UUID()) }.sorted()
            for version in versions { try area.build(version).put("a", [1]) }
            try FileManager.default.createDirectory(
                at: root.appending(path: "lost+found"), withIntermediateDirectories: false)
            try Data().write(to: root.appending(path: UUID().uuidString.lowercased()))
            let old = Date(timeIntervalSinceNow: -3600)
            try FileManager.default.setAttributes(
                [.modificationDate: old], ofItemAtPath: root.appending(path: "\(versions[1])").path)

            let listed = try area.list()
            #expect(listed.map(\.version) == versions)
            #expect(listed[1].age >= .seconds(3599))
            #expect(listed[0].age < .seconds(3000))

            try area.build(versions[1]).touch()
            #expect(try area.list()[1].age < .seconds(3000))
        }
    }

    @Test("removing a build leaves nothing of it, however deep, and removing it again is no failure")
    func remove() throws {
        try withStagingArea { area, root in
            let version = VersionID(UUID())
            let kept = VersionID(UUID())
            let build = try area.build(version)
            try area.build(kept).put("a", [1])
            for number in 0..<60 { try build.put("a/\(number % 10)/b/\(number % 3)/\(number)", [1]) }
            var deep = root.appending(path: "\(version)/files")
            for _ in 0..<300 { deep.append(path: "d") }
            try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)

            try area.remove(version)
            try area.remove(version)
            #expect(try area.list().map(\.version) == [kept])
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.appending(path: ".trash").path).isEmpty)
        }
    }

    @Test("what a crash left in the trash is deleted later, whatever its name")
    func emptyTrash() throws {
        try withStagingArea { area, root in
            let trash = root.appending(path: ".trash")
            try FileManager.default.createDirectory(
                at: trash.appending(path: "x/y/z"), withIntermediateDirectories: true)
            try Data([1]).write(to: trash.appending(path: "x/y/file"))
            #expect(unsafe mkdir([CChar](trash.path.utf8CString.dropLast()) + [47, -1, -2, 0], 0o700) == 0)
            try area.emptyTrash()
            #expect(try FileManager.default.contentsOfDirectory(atPath: trash.path).isEmpty)
        }
    }

    @Test("room is promised once, given back, and never below the watermark")
    func reserve() throws {
        try withStagingArea { area, root in
            let free = area.freeBytes
            #expect(free > .zero)
            // Others use the disk too, so amounts are coarse.
            let half = ByteCount(free.bytes / 10 * 6)
            do {
                var first = try area.reserve(half)
                #expect(area.freeBytes < half)
                #expect(throws: StagingError.self) { try reserve(half, in: area) }
                first.spend(ByteCount(half.bytes / 2))
                #expect(first.remaining.bytes == half.bytes - half.bytes / 2)
                first.spend(half)
                #expect(first.remaining == .zero)
            }
            try reserve(half, in: area)

            let strict = try StagingArea(root: root.path, watermark: .gibibytes(1 << 30))
            #expect(strict.freeBytes == .zero)
            #expect(throws: StagingError.diskFull(needed: ByteCount(Int64(1)), free: .zero)) {
                try reserve(ByteCount(Int64(1)), in: strict)
            }
        }
    }

    /// Promises room and gives it back.
    private func reserve(_ count: ByteCount, in area: StagingArea) throws {
        _ = try area.reserve(count)
    }
}
