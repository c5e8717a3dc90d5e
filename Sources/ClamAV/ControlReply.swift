import Content
import FoundationEssentials

/// A message of slipway-scanner's first process.
struct ControlReply {
    enum Kind: UInt32 {
        case hello = 1
        case broken = 2
        case lane = 3
        case ended = 4
        case failed = 5
    }

    static let length = 1024

    let kind: Kind
    let process: Int32
    let status: Int32
    let signatureCount: Int
    let databaseTime: UInt64
    let databaseDigest: Digest
    let engine: String
    let database: String
    let text: String

    /// - Returns: nil when the message is none of ours.
    init?(_ message: [UInt8]) {
        guard message.count == Self.length, Wire.number(message, at: 0, as: UInt32.self) == Wire.magic,
            let kind = Kind(rawValue: Wire.number(message, at: 4, as: UInt32.self))
        else { return nil }
        self.kind = kind
        self.process = Wire.number(message, at: 8, as: Int32.self)
        self.status = Wire.number(message, at: 12, as: Int32.self)
        self.signatureCount = Int(Wire.number(message, at: 16, as: UInt32.self))
        self.databaseTime = Wire.number(message, at: 24, as: UInt64.self)
        self.databaseDigest = Digest(bytes: Array(message[32..<64]))
        self.engine = Wire.text(message, at: 64, count: 64)
        self.database = Wire.text(message, at: 128, count: 256)
        self.text = Wire.text(message, at: 384, count: 640)
    }

    func engine(limits: ScanLimits, isBundledSet: Bool) -> ScanEngine {
        ScanEngine(
            engineVersion: self.engine,
            databaseVersion: isBundledSet ? BundledSignatures.version : self.database,
            databaseDigest: self.databaseDigest,
            databaseDate: self.databaseTime == 0 ? nil : Date(timeIntervalSince1970: Double(self.databaseTime)),
            signatureCount: self.signatureCount, limitsID: limits.id, isBundledSet: isBundledSet)
    }
}
