import BuildStore
import ClamAV
import Content
import JobLifecycle

/// A file and what its scan found.
struct ScannedFile: Sendable {
    let path: BuildPath
    let record: ScanRecord
}

/// What speaks against a version among its scanned files.
struct ScanFindings {
    let infected: [ScannedFile]
    /// Not scanned whole, and not waived.
    let incomplete: [ScannedFile]

    /// Problems listed at most.
    private static let most = 100

    /// - Parameter waived: reasons for which an incomplete scan passes.
    init(_ files: [ScannedFile], waived: Set<String>) {
        self.infected = files.filter { $0.record.verdict == .infected }
        self.incomplete = files.filter { $0.record.verdict == .incomplete && !waived.contains($0.record.reason ?? "") }
    }

    /// Nil when nothing does.
    var failure: Failure? {
        let problems = (self.infected + self.incomplete).prefix(Self.most).map(Self.problem)
        if let first = self.infected.first {
            return Failure(
                code: "malware-found", message: "\(first.path) contains \(first.record.signature ?? "malware")",
                retryable: false,
                hint:
                    "remove the file and look how it came into the build; if it is a false alarm, write to moderation",
                path: first.path.text, actual: first.record.signature, problems: problems)
        }
        guard let first = self.incomplete.first else { return nil }
        return Failure(
            code: "scan-incomplete",
            message: "\(first.path) could not be scanned whole: \(first.record.reason ?? "unknown")",
            // Retried, it passes once moderation has waived the reason.
            retryable: true,
            hint: "ship the file unpacked and unencrypted, or ask moderation for a waiver and retry the version",
            path: first.path.text, actual: first.record.reason, problems: problems)
    }

    private static func problem(_ file: ScannedFile) -> Failure.Problem {
        Failure.Problem(
            code: file.record.verdict == .infected ? "malware-found" : "scan-incomplete", path: file.path.text,
            message: file.record.signature ?? file.record.reason ?? "")
    }
}

extension ScanRecord {
    init(digest: Digest, verdict: ScanVerdict) {
        switch verdict {
        case .clean(let covered):
            self.init(digest: digest, verdict: .clean, signature: nil, reason: nil, covered: covered)
        case .infected(let signature, let covered):
            self.init(digest: digest, verdict: .infected, signature: signature, reason: nil, covered: covered)
        case .incomplete(let reason, let covered):
            self.init(digest: digest, verdict: .incomplete, signature: nil, reason: reason.rawValue, covered: covered)
        }
    }
}
