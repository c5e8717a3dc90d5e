import Content
import Foundation
import Staging
import Testing

@Suite("Staging of one build")
struct BuildStagingTests {
    @Test("files come back as they were written")
    func roundTrip() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            try build.put("a.txt", Array("hello".utf8))
            try build.put("data/levels/01.pak", [UInt8](repeating: 7, count: 300_000))
            try build.put("bin/game", [1], mode: .executable)
            try build.put("empty", [])
            #expect(try build.get("a.txt") == Array("hello".utf8))
            #expect(try build.get("data/levels/01.pak").count == 300_000)
            #expect(try build.open(try path("bin/game")).mode == .executable)
            #expect(try build.open(try path("a.txt")).mode == .regular)
            #expect(try build.open(try path("empty")).size == 0)
            try build.touch()
        }
    }

    @Test("a file written in pieces counts them")
    func pieces() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            var writer = try build.create(try path("x"), mode: .regular)
            for piece in [[UInt8]([1, 2]), [], [3]] { try writer.write(piece.span) }
            #expect(writer.size == 3)
            #expect(writer.close() == 3)
            #expect(try build.get("x") == [1, 2, 3])
        }
    }

    @Test("a file is created once, and must be there to be read")
    func existence() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            try build.put("a/b", [1])
            #expect(throws: StagingError.exists("b")) { try build.put("a/b", [2]) }
            #expect(throws: StagingError.missing("c")) { try build.get("a/c") }
            #expect(throws: StagingError.missing("x")) { try build.get("x/y/z") }
            #expect(throws: StagingError.intruded("b")) { try build.put("a/b/c", [3]) }
            #expect(throws: StagingError.intruded("a")) { try build.get("a") }
            #expect(try build.get("a/b") == [1])
        }
    }

    @Test("wiping removes every file and lets them be written again")
    func wipe() throws {
        try withStagingArea { area, root in
            let version = VersionID(UUID())
            let build = try area.build(version)
            for number in 0..<50 { try build.put("d\(number % 5)/f\(number)", [1]) }
            try build.wipe()
            #expect(throws: StagingError.self) { try build.get("d0/f0") }
            try build.put("d0/f0", [2])
            #expect(try build.get("d0/f0") == [2])
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.appending(path: ".trash").path).isEmpty)
        }
    }

    @Test("more folders than stay open are no hindrance")
    func manyFolders() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            for number in 0..<300 {
                try build.put("a\(number % 100)/b/c\(number % 7)/\(number)", [UInt8(number % 251)])
            }
            for number in stride(from: 0, to: 300, by: 13) {
                #expect(try build.get("a\(number % 100)/b/c\(number % 7)/\(number)") == [UInt8(number % 251)])
            }
        }
    }

    @Test("the deepest path that is allowed can be written")
    func deepest() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            let deep = repeatElement("0123456789abcde", count: 64).joined(separator: "/")
            try build.put(deep, [1])
            #expect(try build.get(deep) == [1])
            try build.wipe()
        }
    }

    @Test("a planted link is never followed, neither for writing nor for reading")
    func plantedLinks() throws {
        try withStagingArea { area, root in
            let version = VersionID(UUID())
            let build = try area.build(version)
            let files = root.appending(path: "\(version)/files")
            let outside = root.appending(path: "outside")
            try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: false)
            try Data("secret".utf8).write(to: outside.appending(path: "secret"))
            for (name, target) in [("dir", outside), ("file", outside.appending(path: "secret"))] {
                try FileManager.default.createSymbolicLink(
                    at: files.appending(path: name), withDestinationURL: target)
            }
            #expect(throws: StagingError.intruded("dir")) { try build.put("dir/evil", [1]) }
            #expect(throws: StagingError.intruded("dir")) { try build.get("dir/secret") }
            #expect(throws: StagingError.intruded("file")) { try build.get("file") }
            #expect(throws: StagingError.exists("file")) { try build.put("file", [1]) }
            try build.wipe()
            try area.remove(version)
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == ["secret"])
            #expect(try Data(contentsOf: outside.appending(path: "secret")) == Data("secret".utf8))
        }
    }

    @Test("a pipe planted for a file neither blocks nor is read")
    func plantedPipe() throws {
        try withStagingArea { area, root in
            let version = VersionID(UUID())
            let build = try area.build(version)
            #expect(unsafe mkfifo(root.appending(path: "\(version)/files/pipe").path, 0o600) == 0)
            #expect(throws: StagingError.intruded("pipe")) { try build.get("pipe") }
        }
    }

    @Test("many threads may write and read different files at once")
    func concurrency() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "slipway-staging-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        let build = try StagingArea(root: root.path, watermark: .zero).build(VersionID(UUID()))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<20 {
                        try build.put("shared\(number % 3)/\(task)/\(number)", [UInt8(task), UInt8(number)])
                        #expect(try build.get("shared\(number % 3)/\(task)/\(number)") == [UInt8(task), UInt8(number)])
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
