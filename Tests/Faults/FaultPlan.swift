import Fuzzing

/// Which connections through a ``FaultProxy`` meet which fate: decided by a seed and the connection's number alone.
public struct FaultPlan: Sendable {
    /// What happens to one connection.
    public enum Fault: Equatable, Sendable {
        case none
        /// Every byte comes later, in either direction.
        case delay(milliseconds: Int)
        /// So many bytes a second pass, in either direction.
        case slow(bytesPerSecond: Int)
        /// The connection is reset after so many bytes in both directions together.
        case reset(afterBytes: Int)
        /// After so many bytes nothing moves any more, and nobody is told.
        case stall(afterBytes: Int)
        /// The answer ends, in good order, after so many bytes of it.
        case truncate(afterBytes: Int)
        /// The first request is answered with 503 and not passed on.
        case busy
        /// Once so many bytes of the answer came, one byte of a body is another.
        case corrupt(afterBytes: Int)
        /// Once so many bytes were sent, one byte of a body is another.
        case corruptSent(afterBytes: Int)
        /// The first request that writes is answered with 200 and S3's `<Error>`, and not passed on.
        case errorIn200
        /// Of all requests over all connections, so many a second are passed on, and the others are told to slow down.
        case busyAbove(perSecond: Int)
        /// The first request is told that its credentials or its address ran out, and not passed on.
        case expired
    }

    private let seed: UInt64
    private let faults: [Fault]
    private let percent: Int

    /// - Parameters:
    ///   - faults: kinds to choose from, with their most bytes or milliseconds; at least one.
    ///   - percent: of connections that meet one of them.
    public init(seed: UInt64, percent: Int, faults: [Fault]) {
        precondition(!faults.isEmpty && (0...100).contains(percent), "a plan has faults, and a share from 0 to 100")
        self.seed = seed
        self.percent = percent
        self.faults = faults
    }

    /// The fate of the connection with a number, from 0.
    public func fault(of connection: Int) -> Fault {
        var random = SeededGenerator(seed: self.seed &+ UInt64(connection) &* 0xD134_2543_DE82_EF95)
        guard Int(random.next() % 100) < self.percent else { return .none }
        let kind = self.faults[Int(random.next() % UInt64(self.faults.count))]
        func upTo(_ most: Int) -> Int { Int(random.next() % UInt64(max(most, 1))) }
        return switch kind {
        case .none: .none
        case .busy: .busy
        case .slow(let rate): .slow(bytesPerSecond: rate)
        case .errorIn200: .errorIn200
        case .busyAbove(let rate): .busyAbove(perSecond: rate)
        case .expired: .expired
        case .delay(let most): .delay(milliseconds: upTo(most))
        case .reset(let most): .reset(afterBytes: upTo(most))
        case .stall(let most): .stall(afterBytes: upTo(most))
        case .truncate(let most): .truncate(afterBytes: upTo(most))
        case .corrupt(let most): .corrupt(afterBytes: upTo(most))
        case .corruptSent(let most): .corruptSent(afterBytes: upTo(most))
        }
    }
}
