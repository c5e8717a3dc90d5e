/// Opens an archive by what its first bytes say.
struct ArchiveWalk {
    let format: ArchiveFormat
    let walker: any EntryWalker
    let budget: ExpansionBudget

    /// - Parameter log: takes problems of single entries; those of the whole are thrown.
    init(_ input: any ArchiveInput, limits: ArchiveLimits, log: ProblemLog) throws(ArchiveError) {
        guard input.size > 0 else { throw .refused(ArchiveProblem(.empty)) }
        let head = try input.bytes(ArchiveFormat.headLength, at: 0)
        self.format = try Self.format(of: input, head)
        let budget = ExpansionBudget(archiveSize: input.size, limits: limits)
        self.budget = budget
        let whole = 0..<input.size
        switch self.format {
        case .zip: self.walker = try ZipWalker(input, limits: limits, budget: budget, log: log)
        case .sevenZip: self.walker = try SevenZipWalker(input, limits: limits, budget: budget)
        case .tar: self.walker = TarWalker(StoredBytes(input, in: whole))
        case .tarGzip:
            let bytes = try InflatedBytes(input, wrapping: .gzip, budget: budget)
            bytes.restart(in: whole)
            self.walker = TarWalker(bytes)
        case .tarZstd:
            self.walker = TarWalker(try FilteredBytes(input, in: whole, filter: .zstd, budget: budget))
        }
    }

    private static func format(of input: any ArchiveInput, _ head: [UInt8]) throws(ArchiveError) -> ArchiveFormat {
        if head.starts(with: [0x50, 0x4B, 7, 8]) { throw .refused(ArchiveProblem(.multiVolume, offset: 0)) }
        if let format = ArchiveFormat(head: head) { return format }
        // A tar of no files is nothing but zeros.
        if TarHeader.isZero(head) { throw .refused(ArchiveProblem(.empty)) }
        if try ZipEnd.isPresent(in: input) {
            do throws(ArchiveError) {
                _ = try ZipEnd(of: input)
            } catch .refused(let problem) where problem.kind == .multiVolume {
                throw .refused(problem)
            } catch {}
            throw .refused(ArchiveProblem(.prefixed, offset: 0))
        }
        throw .refused(ArchiveProblem(.unsupportedFormat(ArchiveFormat.guess(head: head)), offset: 0))
    }
}
