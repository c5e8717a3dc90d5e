import Content

/// A message of a lane.
struct LaneReply {
    static let length = 256

    enum Verdict: UInt32 {
        case ready = 1
        case clean = 2
        case infected = 3
        case incomplete = 4
        case failed = 5
    }

    let verdict: Verdict
    let id: UInt64
    let covered: UInt64
    let reason: UInt32
    let code: Int32
    let sandbox: ScanSandbox
    let signature: String

    /// - Returns: nil when the message is none of ours.
    init?(_ message: [UInt8]) {
        guard message.count == Self.length, Wire.number(message, at: 0, as: UInt32.self) == Wire.magic,
            let verdict = Verdict(rawValue: Wire.number(message, at: 4, as: UInt32.self))
        else { return nil }
        self.verdict = verdict
        self.id = Wire.number(message, at: 8, as: UInt64.self)
        self.covered = Wire.number(message, at: 16, as: UInt64.self)
        self.reason = Wire.number(message, at: 24, as: UInt32.self)
        self.code = Wire.number(message, at: 28, as: Int32.self)
        self.sandbox = ScanSandbox(rawValue: Wire.number(message, at: 32, as: UInt32.self))
        self.signature = Wire.text(message, at: 40, count: 128)
    }

    /// - Returns: what was found, or nil when the answer contradicts itself.
    func outcome(name: String, size: Int64) throws(ScanError) -> ScanVerdict? {
        guard let covered = Int64(exactly: self.covered), covered <= size else { return nil }
        switch self.verdict {
        case .ready:
            return nil
        case .clean:
            return covered == size ? .clean(covered: covered) : nil
        case .infected:
            return self.signature.isEmpty ? nil : .infected(signature: self.signature, covered: covered)
        case .incomplete:
            return .incomplete(Self.reasons[self.reason] ?? .otherLimit, covered: covered)
        case .failed:
            switch self.reason {
            case 20: throw .unreadable(name: name, errno: self.code)
            case 21: throw .changed(name: name)
            case 22: throw .notRegularFile(name: name)
            default: throw .engineFailed(name: name, code: self.code)
            }
        }
    }

    private static let reasons: [UInt32: IncompleteReason] = [
        1: .fileSize, 2: .scanSize, 3: .recursion, 4: .fileCount, 5: .scanTime, 6: .otherLimit, 7: .encrypted,
        8: .windows, 9: .unread, 10: .resources,
    ]
}
