public import Content

/// Looks an archive over without reading its content, to name all that is wrong at once.
public enum ArchiveInspector {
    /// Problems listed at most.
    public static let most = 100

    /// Lists what is wrong with an archive on local disk, as far as headers tell.
    ///
    /// A zip, 7z or plain tar is seen whole. Of a compressed tar, only what can be unpacked in time.
    ///
    /// - Parameters:
    ///   - duration: after which it stops looking; what it found until then is returned.
    /// - Returns: at most ``most`` problems, in the order they lie; empty when nothing was found, which is no promise
    ///   that reading will find nothing.
    /// - Throws: only ``ArchiveError/unreadable(reason:)``.
    public static func inspect(
        path: String, limits: ArchiveLimits, within duration: Duration
    ) throws(ArchiveError) -> [ArchiveProblem] {
        try self.inspect(LocalFile(path: path), limits, duration)
    }

    /// Lists what is wrong with an archive wherever its bytes are; otherwise the same.
    public static func inspect(
        source: any ByteSource, limits: ArchiveLimits, within duration: Duration
    ) throws(ArchiveError) -> [ArchiveProblem] {
        try self.inspect(SourceInput(source: source), limits, duration)
    }

    private static func inspect(
        _ input: any ArchiveInput, _ limits: ArchiveLimits, _ duration: Duration
    ) throws(ArchiveError) -> [ArchiveProblem] {
        var limits = limits
        limits.duration = duration
        let log = ProblemLog(limit: self.most)
        do throws(ArchiveError) {
            let walk = try ArchiveWalk(input, limits: limits, log: log)
            var policy = EntryPolicy(limits: limits)
            while let raw = try walk.walker.next() {
                try walk.budget.checkTime()
                do throws(ArchiveProblem) {
                    _ = try policy.admit(raw)
                } catch {
                    try log.add(error)
                    if policy.isFull { return log.problems }
                }
            }
            for problem in policy.finish() { try log.add(problem) }
        } catch {
            switch error {
            case .refused(let problem):
                if case .tookTooLong = problem.kind { return log.problems }
                return log.problems.count < self.most ? log.problems + [problem] : log.problems
            case .unreadable: throw error
            }
        }
        return log.problems
    }
}
