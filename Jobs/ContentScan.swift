import Archives
import ClamAV
import Content
import JobLifecycle
import Logging
import Staging

/// A file on local disk that is to be scanned.
struct ScanSubject: Sendable {
    let path: BuildPath
    let source: FileSource
}

/// Scans files of a build, with another go at those the scanner stumbled over.
struct ContentScan: Sendable {
    let scanner: any MalwareScanner
    /// For archives that we open ourselves.
    let limits: ArchiveLimits

    /// A crash of the scanner costs one file one retry; a file that crashes it again and again is held back.
    private static let attemptsPerFile = 3

    /// One verdict for each file, in order, with archives followed further than the engine does (``MemberScan``).
    ///
    /// - Parameter scratch: for members on the way.
    func verdicts(of subjects: [ScanSubject], membersIn scratch: StagingScratch) async throws -> [ScanVerdict] {
        let members = MemberScan(scan: self, scratch: scratch)
        var verdicts = try await self.verdicts(of: subjects)
        for (index, subject) in subjects.enumerated() {
            verdicts[index] = try await members.verdict(of: subject, whole: verdicts[index])
        }
        return verdicts
    }

    /// One verdict for each file, in order.
    ///
    /// - Throws: ``BuildFailure`` for the first file that gets none.
    func verdicts(of subjects: [ScanSubject]) async throws -> [ScanVerdict] {
        var verdicts: [Int: ScanVerdict] = [:]
        var waiting = Array(subjects.indices)
        for attempt in 1...Self.attemptsPerFile where !waiting.isEmpty {
            let outcomes = await self.scanner.scan(waiting.map { Self.request(subjects[$0]) })
            // The requests hold bare descriptors, which the sources close.
            withExtendedLifetime(subjects) {}
            try Task.checkCancellation()
            var again: [Int] = []
            for (index, outcome) in zip(waiting, outcomes) {
                switch outcome {
                case .success(let verdict): verdicts[index] = verdict
                case .failure(let error):
                    let path = subjects[index].path
                    Logger.current.warning(
                        "a scan gave no verdict", metadata: ["file.path": "\(path)", "error": "\(error)"])
                    guard error.isTransient, attempt < Self.attemptsPerFile else {
                        throw BuildFailure(Failure(error, path: path))
                    }
                    again.append(index)
                }
            }
            waiting = again
        }
        return subjects.indices.compactMap { verdicts[$0] }
    }

    /// Handed over as a descriptor: the scanner sees this one file and nothing else.
    private static func request(_ subject: ScanSubject) -> ScanRequest {
        let size = subject.source.size
        let file = subject.source.withDescriptor { ScanSource.descriptor($0, name: subject.path.text) }
        // A scan takes seconds for each hundred megabytes; the limit only ends what never would.
        return ScanRequest(file, size: size, deadline: .seconds(60 + size / 1_000_000))
    }
}

extension Failure {
    fileprivate init(_ error: ScanError, path: BuildPath) {
        self.init(
            code: "scan-failed", message: "\(path) could not be scanned: \(error)", retryable: error.isTransient,
            hint: "the operator finds more in the worker's log and by `slipway doctor`", path: path.text)
    }
}
