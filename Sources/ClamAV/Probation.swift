/// The time in which new signatures must prove themselves, while the engine before them stays loaded.
struct Probation {
    let process: ScannerProcess
    let predecessor: ScannerProcess
    private let end: ContinuousClock.Instant
    private var failures = 0

    /// Crashes and hangs that are no accident of one file, which is tried three times at most.
    private static let tolerated = 6

    init(of process: ScannerProcess, after predecessor: ScannerProcess, until end: ContinuousClock.Instant) {
        self.process = process
        self.predecessor = predecessor
        self.end = end
    }

    mutating func note(_ outcomes: [Result<ScanVerdict, ScanError>]) {
        for outcome in outcomes {
            switch outcome {
            case .failure(.crashed), .failure(.deadlineExceeded), .failure(.engineFailed): self.failures += 1
            case .failure, .success: break
            }
        }
    }

    var isFailed: Bool { self.failures >= Self.tolerated }

    func isOver(_ now: ContinuousClock.Instant) -> Bool { now >= self.end }
}
