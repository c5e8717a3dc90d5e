/// A run of new bytes that resembles a run of old ones of the same length.
public struct Cover: Hashable, Sendable {
    /// First byte in the new view.
    public var newStart: Int
    /// First byte in the old view.
    public var oldStart: Int
    public var length: Int

    public init(newStart: Int, oldStart: Int, length: Int) {
        self.newStart = newStart
        self.oldStart = oldStart
        self.length = length
    }

    public var newEnd: Int { self.newStart + self.length }

    public var oldEnd: Int { self.oldStart + self.length }

    /// What must be added to a new position to find its old one.
    public var displacement: Int { self.oldStart - self.newStart }
}
