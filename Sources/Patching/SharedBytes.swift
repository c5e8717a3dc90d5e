import Content
import Delta
import Synchronization

/// What the shared groups of a patch make, kept once made: other groups read it as if it were an old file.
final class SharedBytes: Sendable {
    private let groups: [PatchGroup]
    private let last = Mutex<(number: Int, source: MemorySource)?>(nil)

    init(groups: [PatchGroup]) { self.groups = groups }

    /// The bytes of shared group `number`, which the index was checked to have.
    ///
    /// - Parameter make: makes and verifies a group's bytes; called when they are not at hand.
    func source(_ number: Int, make: (PatchGroup) throws -> [UInt8]) throws -> MemorySource {
        try self.last.withLock { last in
            if let known = last, known.number == number { return known.source }
            last = nil
            let source = MemorySource(try make(self.groups[number]))
            last = (number, source)
            return source
        }
    }
}
