import Synchronization

/// Memory for work that several threads do, of which each piece takes a room: as many as are in use at once, and no more.
public final class Rooms<Room: Sendable>: Sendable {
    private let idle = Mutex<[Room]>([])
    private let empty: Room

    /// - Parameter empty: a room nobody has used.
    public init(_ empty: Room) { self.empty = empty }

    /// Lends a room, one that was used before if there is one.
    public func withRoom<Value>(_ body: (inout Room) throws -> Value) rethrows -> Value {
        var room = self.idle.withLock { $0.popLast() } ?? self.empty
        defer { self.giveBack(&room) }
        return try body(&room)
    }

    private func giveBack(_ room: inout Room) {
        var given = self.empty
        swap(&given, &room)
        self.idle.withLock { [given] in $0.append(given) }
    }
}
