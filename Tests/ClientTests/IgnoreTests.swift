import Content
import Foundation
import Testing

@testable import Client

@Suite("What is left out of a build")
struct IgnoreTests {
    private func ignores(_ lines: [String], _ path: String, isDirectory: Bool = false) -> Bool {
        IgnoreRules(lines).ignores(path, isDirectory: isDirectory)
    }

    @Test(
        "patterns mean what gitignore(5) says",
        arguments: [
            (["*.pdb"], "game.pdb", true), (["*.pdb"], "deep/er/game.pdb", true), (["*.pdb"], "game.pdb2", false),
            (["/*.pdb"], "deep/game.pdb", false), (["/*.pdb"], "game.pdb", true),
            (["deep/*.pdb"], "deep/game.pdb", true),
            (["deep/*.pdb"], "very/deep/game.pdb", false), (["**/deep/*.pdb"], "very/deep/game.pdb", true),
            (["deep/**"], "deep/a/b", true), (["deep/**"], "deep", false), (["a/**/b"], "a/b", true),
            (["a/**/b"], "a/x/y/b", true), (["a/**/b"], "ax/b", false), (["?.txt"], "я.txt", true),
            (["?.txt"], "ab.txt", false), (["[a-c]*.log"], "b1.log", true), (["[!a-c]*.log"], "b1.log", false),
            (["[^a-c]*.log"], "d1.log", true), (["[]x]"], "]", true), (["[a"], "[a", true), (["a[/]b"], "a/b", false),
            (["*.log", "!keep.log"], "keep.log", false), (["!keep.log", "*.log"], "keep.log", true),
            (["# *.log"], "# a.log", false), (["\\# a.log"], "# a.log", true), (["\\!a"], "!a", true),
            (["a "], "a", true), (["a\\ "], "a ", true), ([""], "a", false), (["/"], "a", false), (["**"], "a/b", true),
            (["a**b"], "axxb", true), (["a**b"], "ax/b", false), (["*"], "anything", true), (["foo\r"], "foo", true),
        ] as [([String], String, Bool)])
    func patterns(lines: [String], path: String, expected: Bool) {
        #expect(self.ignores(lines, path) == expected)
    }

    @Test("a slash at the end means folders only")
    func folders() {
        #expect(self.ignores(["build/"], "build", isDirectory: true))
        #expect(!self.ignores(["build/"], "build"))
        #expect(self.ignores(["build/"], "deep/build", isDirectory: true))
    }

    @Test("a pattern made to be slow is not")
    func slow() {
        let pattern = String(repeating: "*a", count: 400)
        #expect(!self.ignores([pattern], String(repeating: "a", count: 800) + "b"))
        #expect(!self.ignores([String(repeating: "**/", count: 300) + "x"], String(repeating: "a/", count: 400)))
    }

    @Test("git ignores the same files, for patterns and paths made by chance", arguments: [1, 2, 3] as [UInt64])
    func asGit(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed)
            let pieces = ["a", "b", "*", "?", "**", "/", "[ab]", "[!a]", "ab", ".x", "!"]
            let names = ["a", "b", "ab", "aa", "a.x", "b.x"]
            _ = try run("git", "init", "-q", folder)
            for _ in 0..<40 {
                let lines = (0..<3).map { _ in
                    (0...Int.random(in: 0...4, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
                        .joined()
                }
                try write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "\(folder)/.gitignore")
                let paths = (0..<12).map { _ in
                    (0...Int.random(in: 0...2, using: &random)).compactMap { _ in names.randomElement(using: &random) }
                        .joined(separator: "/")
                }
                try write(Array((paths.joined(separator: "\n") + "\n").utf8), to: "\(folder)/paths")
                // git looks at the folders above a path first, and so does the walk over a folder.
                let output = try run(
                    "sh", "-c", "git -C '\(folder)' check-ignore --no-index --stdin < '\(folder)/paths' || true")
                let expected = Set(output.split(separator: "\n").map(String.init))
                for path in paths {
                    let parts = path.split(separator: "/")
                    let isIgnored = (1...parts.count).contains { count in
                        self.ignores(
                            lines, parts.prefix(count).joined(separator: "/"), isDirectory: count < parts.count)
                    }
                    #expect(isIgnored == expected.contains(path), "\(lines) \(path)")
                }
            }
        }
    }

    @Test("files in folders weigh more than those above, and neither is part of the build")
    func nested() async throws {
        try await withTemporaryFolder { folder in
            for path in ["keep/a.log", "drop/a.log", "b.log", "tmp/x", "bin/game"] {
                try write([1], to: "\(folder)/\(path)")
            }
            try write(Array("*.log\ntmp/\n".utf8), to: "\(folder)/.slipwayignore")
            try write(Array("!a.log\n".utf8), to: "\(folder)/keep/.slipwayignore")
            let options = SourceOptions(ignoring: ["nothing"], executables: ["bin/*"])
            let tree = try SourceTree(scanning: folder, options: options)
            #expect(tree.entries.map(\.path.text) == ["bin/game", "keep/a.log"])
            #expect(tree.entries[0].content == .file(size: 1, executable: true))
        }
    }

    @Test("links are kept, left out, or refused, as was said")
    func links() async throws {
        try await withTemporaryFolder { folder in
            try write([1], to: "\(folder)/a")
            _ = try run("ln", "-s", "a", "\(folder)/link")
            #expect(try SourceTree(scanning: folder).entries.count == 2)
            #expect(try SourceTree(scanning: folder, options: SourceOptions(links: .skip)).entries.count == 1)
            #expect(throws: ClientError.self) {
                try SourceTree(scanning: folder, options: SourceOptions(links: .refuse))
            }
        }
    }
}
