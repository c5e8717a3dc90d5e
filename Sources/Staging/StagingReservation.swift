public import Content

/// Room on the staging disk promised to one build; given back when it goes out of scope.
public struct StagingReservation: ~Copyable, Sendable {
    /// Bytes still promised.
    public private(set) var remaining: ByteCount

    private let area: StagingArea

    init(_ count: ByteCount, of area: StagingArea) {
        self.remaining = count
        self.area = area
    }

    /// Takes note that bytes were written, which are no longer free and need no promise.
    public mutating func spend(_ count: ByteCount) {
        let spent = min(count.bytes, self.remaining.bytes)
        self.remaining = ByteCount(self.remaining.bytes - spent)
        self.area.release(spent)
    }

    deinit { self.area.release(self.remaining.bytes) }
}
