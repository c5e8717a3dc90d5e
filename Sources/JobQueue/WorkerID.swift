/// One life of a worker process: an epoch that is never used again.
public struct WorkerID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public var description: String { "\(self.rawValue)" }
}
