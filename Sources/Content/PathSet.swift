/// The paths of one build, refusing any that would meet another on some file system.
///
/// Folders on the way to a path are taken in with it. Adding costs a few look-ups, however many paths there are.
/// A refused path leaves the set as it was.
public struct PathSet: Sendable {
    public enum Kind: Hashable, Sendable {
        case file
        case directory
        case link
    }

    private struct Node {
        let path: BuildPath
        let kind: Kind
    }

    /// By the path as a file system that sees neither case nor normalisation would have it.
    ///
    /// Text hashes and compares by canonical equivalence, so folding case is all that is to do.
    private var nodes: [String: Node] = [:]

    /// The folder of the path added last: archives list a folder's files one after the other.
    private var latestParent: BuildPath?

    public init() {}

    /// Everything in the set, folders on the way included.
    public var count: Int { self.nodes.count }

    /// - Returns: what the path is; nil when it is not in the set.
    public func kind(of path: BuildPath) -> Kind? {
        guard let node = self.nodes[Self.fold(path.text)], node.path == path else { return nil }
        return node.kind
    }

    /// Adds a path.
    ///
    /// A folder may be added again, and after what lies in it.
    ///
    /// - Throws: the conflict nearest to the leaf of the path.
    public mutating func insert(_ path: BuildPath, as kind: Kind) throws(PathConflict) {
        let missing = try self.missingParents(of: path)
        let key = Self.fold(path.text)
        if let node = self.nodes[key] {
            try Self.check(node, is: path)
            guard node.kind == kind else { throw .fileAndDirectory(node.path) }
            guard kind == .directory else { throw .duplicate(of: node.path) }
            return
        }
        for parent in missing { self.nodes[Self.fold(parent.text)] = Node(path: parent, kind: .directory) }
        self.nodes[key] = Node(path: path, kind: kind)
        self.latestParent = path.parent
    }

    /// - Returns: the folders on the way to `path` that are not in the set, deepest first.
    private func missingParents(of path: BuildPath) throws(PathConflict) -> [BuildPath] {
        var missing: [BuildPath] = []
        var next = path.parent
        while let parent = next, parent != self.latestParent {
            if let node = self.nodes[Self.fold(parent.text)] {
                try Self.check(node, is: parent)
                switch node.kind {
                case .directory: return missing
                case .file: throw .throughFile(node.path)
                case .link: throw .throughLink(node.path)
                }
            }
            missing.append(parent)
            next = parent.parent
        }
        return missing
    }

    private static func check(_ node: Node, is path: BuildPath) throws(PathConflict) {
        guard node.path != path else { return }
        throw node.path.text == path.text ? .sameButNormalization(as: node.path) : .sameButCase(as: node.path)
    }

    private static func fold(_ text: String) -> String {
        // Through upper case first, so that letters with two lower-case forms (ſ, ς) and sharp s meet their kin.
        guard text.utf8Span.isKnownASCII else { return text.uppercased().lowercased() }
        // What is in lower case already shares its storage with the path.
        let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return text.utf8.contains { upper.contains($0) } ? text.lowercased() : text
    }
}
