/// One line of an ignore file, as gitignore(5) describes it.
struct IgnorePattern: Equatable, Sendable {
    /// Whether the line takes back what an earlier one ignored (`!`).
    let isNegated: Bool
    /// Whether it means folders only (`/` at its end).
    let isForDirectories: Bool
    private let glob: Glob

    /// - Returns: nil for a line that says nothing: blank, a comment, or without a name.
    init?(line: String) {
        var text = Substring(line)
        if text.last == "\r" { text = text.dropLast() }
        // Spaces at the end count only behind a backslash.
        while text.last == " ", !text.dropLast().hasSuffix("\\") { text = text.dropLast() }
        guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
        self.isNegated = text.hasPrefix("!")
        if self.isNegated { text = text.dropFirst() }
        self.isForDirectories = text.hasSuffix("/")
        // One slash says so; a second one is part of the pattern, which then matches nothing.
        if self.isForDirectories { text = text.dropLast() }
        // A slash anywhere but at the end ties the pattern to the folder of its file.
        let isAnchored = text.contains("/")
        if text.hasPrefix("/") { text = text.dropFirst() }
        guard !text.isEmpty, text.utf8.count <= Self.longest else { return nil }
        self.glob = Glob(isAnchored ? String(text) : "**/\(text)")
    }

    private static let longest = 1024

    /// - Parameter path: relative to the folder of the ignore file.
    func matches(_ path: String, isDirectory: Bool) -> Bool {
        (isDirectory || !self.isForDirectories) && self.glob.matches(path)
    }
}
