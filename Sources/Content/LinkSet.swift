/// The symbolic links of one build, none of which may lead out of it.
public struct LinkSet: Sendable {
    /// Why a link is refused.
    public enum Problem: String, Error, Hashable, Sendable {
        /// The target starts at a root or drive.
        case absolute = "symlink_absolute"
        /// The target lies outside of the build.
        case escapes = "symlink_escapes"
        /// The target leads back to the link, or through more than 40 others.
        case loop = "symlink_loop"
        /// The target is no path a build could have.
        case target = "symlink_target_invalid"

        /// The stable code.
        public var code: String { self.rawValue }
    }

    /// Links on the way from one to its end: as many as Linux follows.
    private static let mostHops = 40

    /// Components looked at by ``problems()``: keeps a set made to be slow from being slow.
    private static let mostSteps = 5_000_000

    private var targets: [BuildPath: [Substring]] = [:]

    public init() {}

    public var count: Int { self.targets.count }

    /// Adds a link whose target does not leave the build by itself.
    ///
    /// - Throws: ``Problem/absolute``, ``Problem/escapes`` or ``Problem/target``.
    public mutating func insert(_ path: BuildPath, target: String) throws(Problem) {
        var target = target
        target.makeContiguousUTF8()
        guard !PathRules.isAbsolute(target.utf8Span.span) else { throw .absolute }
        guard !target.isEmpty, target.utf8.count <= BuildPath.longest else { throw .target }

        let names = target.split(separator: "/")
        var depth = path.components.count - 1
        for name in names {
            switch name {
            case ".": continue
            case "..":
                guard depth > 0 else { throw .escapes }
                depth -= 1
            default:
                guard PathRules.problem(inComponent: name) == nil else { throw .target }
                depth += 1
            }
        }
        self.targets[path] = names
    }

    /// Follows every link to its end, through the others, as a kernel would.
    ///
    /// - Returns: the links that leave the build or never end, ordered by path. A target that does not exist is no
    ///   problem.
    public func problems() -> [(path: BuildPath, problem: Problem)] {
        var steps = 0
        var found: [(path: BuildPath, problem: Problem)] = []
        for path in self.targets.keys.sorted() {
            if let problem = self.problem(at: path, steps: &steps) { found.append((path, problem)) }
        }
        return found
    }

    private func problem(at link: BuildPath, steps: inout Int) -> Problem? {
        var position = Array(link.components.dropLast())
        // Last component first, so that taking the next is cheap.
        var ahead = Array((self.targets[link] ?? []).reversed())
        var hops = 1
        while let name = ahead.popLast() {
            steps += 1
            guard steps <= Self.mostSteps else { return .loop }
            switch name {
            case ".": continue
            case "..":
                guard position.popLast() != nil else { return .escapes }
            default:
                position.append(name)
                guard let path = BuildPath(position.joined(separator: "/")), let target = self.targets[path] else {
                    continue
                }
                hops += 1
                guard hops <= Self.mostHops else { return .loop }
                position.removeLast()
                ahead += target.reversed()
            }
        }
        return nil
    }
}
