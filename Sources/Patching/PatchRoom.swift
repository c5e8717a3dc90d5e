/// Memory that groups applied one after the other use again.
public struct PatchRoom: Sendable {
    /// What the group applied last made.
    public internal(set) var output: [UInt8] = []
    var inputs: [UInt8] = []
    /// Of the model.
    var words: [Int32] = []

    public init() {}

    /// The output, which the room then has no more.
    mutating func takeOutput() -> [UInt8] {
        var output: [UInt8] = []
        swap(&output, &self.output)
        return output
    }
}

extension [UInt8] {
    /// Room that is kept for the next group at most.
    private static var spare: Int { 8 << 20 }

    /// Makes it `count` bytes long; what they are is not told.
    mutating func resize(to count: Int) {
        if self.capacity > count + Self.spare { self = [] }
        if self.count >= count {
            self.removeLast(self.count - count)
        } else {
            // The old bytes are let go first, so that both are never there at once.
            if self.capacity < count {
                self = []
                self.reserveCapacity(count)
            }
            self.append(contentsOf: repeatElement(0, count: count - self.count))
        }
    }
}
