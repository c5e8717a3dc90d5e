import LocalFiles

/// Any error that the client throws, as a person or a program is told of it.
public struct ClientFailure: Encodable, Equatable, Sendable {
    /// Stable, for programs.
    public let code: String
    public let message: String
    /// What to do.
    public let hint: String?
    /// Paths that cannot be part of a build.
    public let problems: [Item]?
    /// What the pipeline said of the build.
    public let build: BuildFailure?

    public struct Item: Encodable, Equatable, Sendable {
        public let path: String
        public let code: String
        public let hint: String
    }

    public init(_ error: any Error) {
        var problems: [Item]?
        var build: BuildFailure?
        switch error {
        case let error as ClientError:
            self.code = error.code
            self.message = error.message
            self.hint = error.hint
            if case .unusableTree(let found) = error {
                problems = found.map { Item(path: $0.path, code: $0.code, hint: $0.hint) }
            }
            if case .buildFailed(let failure) = error { build = failure }
        case let error as LocalFileError:
            self.code = Self.code(of: error)
            self.message = error.description
            self.hint = Self.hint(for: error)
        case is CancellationError:
            self.code = "interrupted"
            self.message = "interrupted"
            self.hint = "The same command goes on where it was."
        default:
            self.code = "unexpected"
            self.message = "\(error)"
            self.hint = nil
        }
        self.problems = problems
        self.build = build
    }

    private static func code(of error: LocalFileError) -> String {
        if error.isOutOfSpace { return "disk-full" }
        if error.isReadOnly { return "disk-read-only" }
        if error.isForbidden { return "file-forbidden" }
        return "file-error"
    }

    private static func hint(for error: LocalFileError) -> String? {
        if error.isOutOfSpace { return "Make room and run the same command again; what was fetched stays." }
        if error.isReadOnly { return "Use a folder on a disk that can be written to." }
        if error.isForbidden { return "Give yourself the rights, or use another folder." }
        return nil
    }
}
