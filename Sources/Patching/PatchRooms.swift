import Synchronization

/// Rooms for groups that several threads apply: as many as are in use at once, and no more.
public final class PatchRooms: Sendable {
    private let idle = Mutex<[PatchRoom]>([])

    public init() {}

    /// Lends a room, one that was used before if there is one.
    public func withRoom<Value>(_ body: (inout PatchRoom) throws -> Value) rethrows -> Value {
        var room = self.idle.withLock { $0.popLast() } ?? PatchRoom()
        defer { self.giveBack(&room) }
        return try body(&room)
    }

    private func giveBack(_ room: inout PatchRoom) {
        var given = PatchRoom()
        swap(&given, &room)
        self.idle.withLock { [given] in $0.append(given) }
    }
}
