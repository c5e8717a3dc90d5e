import Content
import Digests
public import ObjectStore

/// What every object store must do, whatever it is made of.
///
/// One list of checks for all stores. Each works below a prefix of its own, so that they can run at once, in any order, in a
/// bucket that holds other things.
public struct ObjectStoreConformance: Sendable {
    /// One thing that a store must do.
    public struct Check: Sendable, CustomStringConvertible {
        /// A sentence that is true when it passes.
        public let description: String
        let run: @Sendable (ObjectStoreConformance) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (ObjectStoreConformance) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    /// Sends a presigned request with a body, as somebody without credentials would.
    public typealias Sender = @Sendable (PresignedRequest, [UInt8]) async throws -> (status: Int, body: [UInt8])

    public let store: any ObjectStore
    let prefix: String
    let directory: String
    let send: Sender

    /// - Parameters:
    ///   - prefix: ends in a slash; nothing else is below it.
    ///   - directory: an empty one, for files to send.
    public init(store: any ObjectStore, prefix: String, directory: String, send: @escaping Sender) {
        self.store = store
        self.prefix = prefix
        self.directory = directory
        self.send = send
    }

    public static var checks: [Check] {
        self.objectChecks + self.readChecks + self.listChecks + self.multipartChecks + self.presignChecks
    }

    public func run(_ check: Check) async throws { try await check.run(self) }

    func key(_ name: String) throws -> ObjectKey { try ObjectKey(validating: self.prefix + name) }

    /// Bytes that look random and are always the same.
    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        // A prime length, so that no cut of a round size falls on the same place twice.
        let block = (0..<4099).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + block.count)
        while bytes.count < count { bytes += block }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    func read(_ key: ObjectKey) async throws -> [UInt8] {
        try await self.store.read(key, range: nil, limit: .mebibytes(64))
    }
}

/// A store that does not do what it must.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
}

func expect(_ condition: Bool, _ message: @autoclosure () -> String, line: Int = #line) throws {
    if !condition { throw ConformanceFailure(description: "\(message()) (line \(line))") }
}

func expectEqual<Value: Equatable>(_ got: Value, _ expected: Value, _ what: String, line: Int = #line) throws {
    try expect(got == expected, "\(what) is \(got), not \(expected)", line: line)
}

/// The error that a call throws.
func failure<Value>(
    of what: String, line: Int = #line, _ call: () async throws(ObjectStoreError) -> Value
) async throws -> ObjectStoreError {
    do throws(ObjectStoreError) { _ = try await call() } catch { return error }
    throw ConformanceFailure(description: "\(what) succeeded (line \(line))")
}
