import LocalFiles

/// What is left out of a build: the `.slipwayignore` files of a folder, in the syntax of gitignore(5).
///
/// A file's lines hold for the folder it lies in and those below; deeper files weigh more, and later lines more than
/// earlier ones. What lies in a folder that is left out cannot be taken back.
struct IgnoreRules: Sendable {
    /// What the files are called. They are never part of a build.
    static let fileName = ".slipwayignore"

    private static let longestFile = 1 << 20

    /// By the folder they lie in: relative, with a slash at the end, empty for the root. Outermost first.
    private var lists: [(folder: String, patterns: [IgnorePattern])] = []

    init() {}

    /// - Parameter root: patterns that hold for the whole folder, before those of any file.
    init(_ root: [String]) { self.add(root, at: "") }

    /// The rules that hold in a folder: these, and those of the file in it, if there is one.
    ///
    /// - Throws: ``LocalFileError``.
    func entering(_ folder: String, of root: String) throws -> IgnoreRules {
        let path = "\(root)/\(folder)\(Self.fileName)"
        guard try FileSystem.status(of: path)?.kind == .file,
            let bytes = try FileSystem.contents(of: path, limit: Self.longestFile)
        else { return self }
        var rules = self
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
        rules.add(lines.map(String.init), at: folder)
        return rules
    }

    private mutating func add(_ lines: [String], at folder: String) {
        let patterns = lines.compactMap { IgnorePattern(line: $0) }
        if !patterns.isEmpty { self.lists.append((folder, patterns)) }
    }

    /// - Parameter path: relative to the root; its folder is not left out.
    func ignores(_ path: String, isDirectory: Bool) -> Bool {
        for (folder, patterns) in self.lists.reversed() where path.hasPrefix(folder) {
            let relative = String(path.dropFirst(folder.count))
            if let last = patterns.last(where: { $0.matches(relative, isDirectory: isDirectory) }) {
                return !last.isNegated
            }
        }
        return false
    }
}
