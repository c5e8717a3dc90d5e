/// Goes through the entries of one archive format, in the order they lie.
protocol EntryWalker: AnyObject {
    /// Skips what was not read of the entry before.
    ///
    /// - Returns: nil after the last entry, when the archive ends as it should.
    func next() throws(ArchiveError) -> RawEntry?

    /// Reads content of the entry returned last.
    ///
    /// - Returns: bytes put into `buffer`; 0 once all were read and found right.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

    /// Passes over content of the entry returned last, where none of it is needed to check the rest.
    ///
    /// - Returns: false where it is; then nothing was passed.
    func skip(_ count: Int64) throws(ArchiveError) -> Bool
}

extension EntryWalker {
    func skip(_ count: Int64) throws(ArchiveError) -> Bool { false }
}

/// Takes note of problems: throws the first, or gathers up to a number of them.
final class ProblemLog {
    private let limit: Int
    private(set) var problems: [ArchiveProblem] = []

    /// - Parameter limit: 0 throws at once.
    init(limit: Int) { self.limit = limit }

    /// - Throws: the problem, when no more are wanted.
    func add(_ problem: ArchiveProblem) throws(ArchiveError) {
        guard self.problems.count < self.limit else { throw .refused(problem) }
        self.problems.append(problem)
    }
}
