import Content
import Testing

@Suite("Sets of paths")
struct PathSetTests {
    private func code(_ entries: [(String, PathSet.Kind)]) throws -> String? {
        var set = PathSet()
        for (text, kind) in entries {
            do {
                try set.insert(try BuildPath(validating: text), as: kind)
            } catch let conflict as PathConflict {
                return conflict.code
            }
        }
        return nil
    }

    @Test("paths that meet on no system are all taken")
    func accepts() throws {
        #expect(
            try self.code([("a/b", .file), ("a", .directory), ("a/c", .file), ("b", .link), ("a", .directory)]) == nil)
        #expect(try self.code([("a", .directory), ("a/b/c/d", .file), ("a/b", .directory), ("x/y", .link)]) == nil)
        #expect(try self.code([("é", .file), ("e", .file), ("ee", .file)]) == nil)
    }

    @Test("a second path that meets the first is refused with its code")
    func refuses() throws {
        #expect(try self.code([("a", .file), ("a", .file)]) == "duplicate_entry")
        #expect(try self.code([("l", .link), ("l", .link)]) == "duplicate_entry")
        #expect(try self.code([("Data/A.pak", .file), ("data/a.PAK", .file)]) == "case_collision")
        #expect(try self.code([("data/x", .file), ("Data/y", .file)]) == "case_collision")
        #expect(try self.code([("straße", .file), ("STRASSE", .file)]) == "case_collision")
        #expect(try self.code([("ſ", .file), ("S", .file)]) == "case_collision")
        #expect(try self.code([("ÉA", .file), ("e\u{301}a", .file)]) == "case_collision")
        #expect(try self.code([("caf\u{E9}/a", .file), ("cafe\u{301}/b", .file)]) == "unicode_collision")
        #expect(try self.code([("a", .file), ("a/b", .file)]) == "path_conflict")
        #expect(try self.code([("a/b", .file), ("a", .file)]) == "path_conflict")
        #expect(try self.code([("a", .file), ("a", .directory)]) == "path_conflict")
        #expect(try self.code([("a", .file), ("a", .link)]) == "path_conflict")
        #expect(try self.code([("a/b", .file), ("a", .link)]) == "path_conflict")
        #expect(try self.code([("l", .link), ("l/x", .file)]) == "entry_through_link")
        #expect(try self.code([("l", .link), ("l/x/y/z", .directory)]) == "entry_through_link")
        #expect(try self.code([("l", .link), ("L/x", .file)]) == "case_collision")
    }

    @Test("a refused path leaves nothing behind")
    func refusalLeavesNothing() throws {
        var set = PathSet()
        try set.insert(try BuildPath(validating: "a"), as: .file)
        #expect(throws: PathConflict.self) { try set.insert(try BuildPath(validating: "a/b/c/d"), as: .file) }
        #expect(set.count == 1)
        try set.insert(try BuildPath(validating: "b/c"), as: .file)
        #expect(set.count == 3)
        #expect(set.kind(of: try BuildPath(validating: "b")) == .directory)
        #expect(set.kind(of: try BuildPath(validating: "B")) == nil)
        #expect(set.kind(of: try BuildPath(validating: "b/c")) == .file)
    }

    @Test("50,000 paths go in")
    func large() throws {
        var set = PathSet()
        for folder in 0..<50 {
            for file in 0..<1000 {
                try set.insert(try BuildPath(validating: "Assets/Level\(folder)/Texture\(file).dds"), as: .file)
            }
        }
        #expect(set.count == 50_000 + 50 + 1)
    }
}

@Suite("Sets of links")
struct LinkSetTests {
    private func problems(_ links: [(String, String)]) throws -> [String] {
        var set = LinkSet()
        for (path, target) in links {
            do {
                try set.insert(try BuildPath(validating: path), target: target)
            } catch let problem as LinkSet.Problem {
                return [problem.code]
            }
        }
        return set.problems().map { "\($0.path) \($0.problem.code)" }
    }

    @Test("links that stay inside are taken")
    func accepts() throws {
        #expect(try self.problems([("lib.so", "lib.so.1"), ("lib.so.1", "lib.so.1.2")]) == [])
        #expect(try self.problems([("a/b/l", "../../x"), ("a/m", "./b/../b/l"), ("n", ".")]) == [])
        #expect(try self.problems([("App/Current", "Versions/A"), ("App/R", "Current/R"), ("d", "missing/")]) == [])
    }

    @Test("a link that leaves by itself is refused at once")
    func refuses() throws {
        #expect(try self.problems([("l", "../x")]) == ["symlink_escapes"])
        #expect(try self.problems([("a/l", "../../x")]) == ["symlink_escapes"])
        #expect(try self.problems([("a/l", "x/../../../y/z")]) == ["symlink_escapes"])
        #expect(try self.problems([("l", "/etc")]) == ["symlink_absolute"])
        #expect(try self.problems([("l", "\\\\host\\x")]) == ["symlink_absolute"])
        #expect(try self.problems([("l", "")]) == ["symlink_target_invalid"])
        #expect(try self.problems([("l", "a\\b")]) == ["symlink_target_invalid"])
        #expect(try self.problems([("l", "nul")]) == ["symlink_target_invalid"])
        #expect(try self.problems([("l", String(repeating: "a/", count: 1000))]) == ["symlink_target_invalid"])
    }

    @Test("a link that leaves by way of another is found in the end")
    func findsDetours() throws {
        #expect(try self.problems([("d/e/l", "../.."), ("m", "d/e/l/..")]) == ["m symlink_escapes"])
        #expect(try self.problems([("m", "d/l/../.."), ("d/l", ".")]) == ["m symlink_escapes"])
    }

    @Test("links in a circle are all found")
    func findsLoops() throws {
        #expect(try self.problems([("a", "a")]) == ["a symlink_loop"])
        #expect(try self.problems([("a", "b"), ("b", "a/x")]) == ["a symlink_loop", "b symlink_loop"])
        let chain = (0..<60).map { ("l\($0)", "l\($0 + 1)") }
        #expect(try self.problems(chain).count == 20)
    }
}
