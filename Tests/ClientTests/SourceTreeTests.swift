import Content
import Foundation
import LocalFiles
import Testing
import Threads

@testable import Client

@Suite("SourceTree")
struct SourceTreeTests {
    @Test("every path that cannot be part of a build is listed, and nothing else")
    func problems() async throws {
        try await withTemporaryFolder { folder in
            for name in ["good.txt", "sub/also good.txt", "nul.txt", "a:b", "dot.", "Case.txt", "case.txt"] {
                try write([1], to: "\(folder)/\(name)")
            }
            try FileSystem.makeLink("\(folder)/absolute", to: "/etc/passwd")
            try FileSystem.makeLink("\(folder)/sub/escapes", to: "../../x")
            try FileSystem.makeLink("\(folder)/round", to: "round")
            try FileSystem.makeLink("\(folder)/fine", to: "sub/also good.txt")
            try FileSystem.makeLink("\(folder)/dangling", to: "sub/nothing")
            _ = try run("mkfifo", "\(folder)/pipe")
            _ = try run("sh", "-c", "printf x > '\(folder)'/$(printf 'bad\\377name')")
            do {
                _ = try SourceTree(scanning: folder)
                Issue.record("unusable paths were taken")
            } catch ClientError.unusableTree(let problems) {
                let codes = Dictionary(uniqueKeysWithValues: problems.map { ($0.path, $0.code) })
                #expect(codes["nul.txt"] == "path_reserved_name")
                #expect(codes["a:b"] == "path_absolute")
                #expect(codes["dot."] == "path_trailing_dot_or_space")
                #expect(codes["absolute"] == "symlink_absolute")
                #expect(codes["sub/escapes"] == "symlink_escapes")
                #expect(codes["round"] == "symlink_loop")
                #expect(codes["pipe"] == "entry_unsupported")
                #expect(codes["bad\u{FFFD}name"] == "path_not_utf8")
                #expect(codes["Case.txt"] == "case_collision" || codes["case.txt"] == "case_collision")
                #expect(codes.count == 9)
            }
            _ = try run("sh", "-c", "rm '\(folder)'/bad*")
        }
    }

    @Test("empty folders, programs and links are kept; our own state is left out")
    func kinds() async throws {
        try await withTemporaryFolder { folder in
            try write([1], to: "\(folder)/bin/tool", executable: true)
            try FileSystem.makeDirectories("\(folder)/saves/empty")
            try FileSystem.makeLink("\(folder)/link", to: "bin/tool")
            try write([1], to: "\(folder)/.slipway/manifest")
            let tree = try SourceTree(scanning: folder)
            #expect(tree.entries.map(\.path.text) == ["bin/tool", "link", "saves/empty"])
            #expect(
                tree.entries.map(\.content) == [
                    .file(size: 1, executable: true), .symlink(target: "bin/tool"), .directory,
                ])
        }
    }

    @Test("an empty folder, an empty file and a path that is not there are refused")
    func nothing() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: ClientError.nothingToPush(folder)) { try SourceTree(scanning: folder) }
            try write([], to: "\(folder)/empty.zip")
            #expect(throws: ClientError.nothingToPush("\(folder)/empty.zip")) {
                try ArchiveSource("\(folder)/empty.zip")
            }
            #expect(throws: ClientError.noSuchPath("\(folder)/none")) { try SourceTree(scanning: "\(folder)/none") }
        }
    }

    @Test("a file that grows, shrinks, or is replaced is noticed when it is read and when all is checked")
    func changes() async throws {
        for change in ["grow", "shrink", "replace", "remove"] {
            try await withTemporaryFolder { folder in
                let path = "\(folder)/sub/a.bin"
                try write([UInt8](repeating: 1, count: 5000), to: path)
                let pool = ThreadPool(name: "test", threads: 2)
                let tree = try SourceTree(scanning: folder)
                let files = try await TreeHasher(tree: tree, cachePath: nil, pool: pool, progress: NoProgress()).run()
                let source = try await ThinSource(
                    HashedTree(tree, files), missing: [0], pool: pool, progress: NoProgress())
                switch change {
                case "grow": try LocalFile(path, mode: .update).write([2].span, at: 5000)
                case "shrink": try LocalFile(path, mode: .update).resize(to: 10)
                case "replace": try write([UInt8](repeating: 2, count: 5000), to: path)
                default: try FileSystem.remove(path)
                }
                if change != "grow" {
                    #expect(throws: ClientError.changedDuringPush("sub/a.bin")) {
                        _ = try source.read(Int(source.size), at: 0)
                    }
                }
                #expect(throws: ClientError.changedDuringPush("sub/a.bin")) { try source.verifyUnchanged() }
            }
        }
    }
}
