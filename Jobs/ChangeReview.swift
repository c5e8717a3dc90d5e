import Inspection

/// Gathers what came in with a version, file by file.
struct ChangeReview {
    enum Change: String, Codable, Sendable {
        /// There was no file at this path before.
        case added
        /// There was one, with another content.
        case changed
    }

    private var gathered = ReviewReport()
    private var findings: [(weight: Int, finding: ReviewReport.Finding)] = []

    /// Findings weighed at most, and kept of those.
    private static let weighed = 50_000
    private static let kept = 1000
    /// Signers remembered for the next version.
    private static let signers = 20_000

    /// - Parameter base: of the version before; nil when there is none.
    init(after base: ReviewReport?) {
        self.gathered.signers = base?.signers ?? [:]
    }

    mutating func add(_ path: String, size: Int64, _ file: FileInspection, _ change: Change) {
        self.gathered.bytes += size
        switch change {
        case .added: self.gathered.filesAdded += 1
        case .changed: self.gathered.filesChanged += 1
        }
        var count = self.gathered.kinds[file.kind.rawValue] ?? ReviewReport.Count()
        count.added += change == .added ? 1 : 0
        count.changed += change == .changed ? 1 : 0
        self.gathered.kinds[file.kind.rawValue] = count
        let before = change == .changed ? self.gathered.signers[path] : nil
        let isSignerChanged = change == .changed && file.kind == .portableExecutable && before != file.signer
        if file.signer != nil || before != nil, self.gathered.signers.count < Self.signers {
            self.gathered.signers[path] = file.signer
        }
        guard file.kind.isRunnable || file.isDisguised else { return }
        self.gathered.findingsTotal += 1
        guard self.findings.count < Self.weighed else { return }
        let finding = ReviewReport.Finding(
            path: path, change: change, kind: file.kind.rawValue, packer: file.packer,
            denseSection: file.denseSection.map { .init(name: $0.name, entropy: $0.entropy) }, signer: file.signer,
            signerBefore: before, signerChanged: isSignerChanged, disguised: file.isDisguised)
        self.findings.append((Self.weight(finding), finding))
    }

    /// What deserves a look first comes first; within that, the order of paths.
    func report() -> ReviewReport {
        var report = self.gathered
        let ordered = self.findings.enumerated().sorted { left, right in
            (right.element.weight, left.offset) < (left.element.weight, right.offset)
        }
        report.findings = ordered.prefix(Self.kept).map(\.element.finding)
        return report
    }

    private static func weight(_ finding: ReviewReport.Finding) -> Int {
        (finding.disguised ? 16 : 0) + (finding.packer != nil ? 8 : 0) + (finding.signerChanged ? 8 : 0)
            + (finding.denseSection != nil ? 4 : 0) + (finding.change == .added ? 2 : 0)
            + (finding.kind == FileKind.script.rawValue ? 1 : 0)
    }
}
