import Content

/// What may still come out of an archive, and until when.
final class ExpansionBudget {
    private let limits: ArchiveLimits
    /// Bytes that may come out in all.
    let allowed: Int64
    private var expanded: Int64 = 0
    private let deadline: ContinuousClock.Instant

    init(archiveSize: Int64, limits: ArchiveLimits) {
        self.limits = limits
        let (product, overflow) = archiveSize.multipliedReportingOverflow(by: limits.ratio)
        self.allowed = max(limits.ratioFloor.bytes, overflow ? .max : product)
        self.deadline = .now + limits.duration
    }

    /// Counts bytes that came out.
    func spend(_ count: Int) throws(ArchiveError) {
        self.expanded += Int64(count)
        guard self.expanded <= self.allowed else { throw .refused(ArchiveProblem(self.bomb)) }
        try self.checkTime()
    }

    var bomb: ArchiveProblem.Kind { .bomb(allowed: ByteCount(self.allowed)) }

    func checkTime() throws(ArchiveError) {
        guard ContinuousClock.now < self.deadline else {
            throw .refused(ArchiveProblem(.tookTooLong(limit: self.limits.duration)))
        }
    }
}
