import NIOCore

/// Waits until the event loops have done what they were handed.
///
/// The HTTP client learns only from a connection's loop that the network takes no more. While the loop is busy, a quick
/// source would be read far ahead, all of it in memory.
struct LoopBarrier: Sendable {
    private let loops: [any EventLoop]

    init(_ group: any EventLoopGroup) { self.loops = Array(group.makeIterator()) }

    func pass() async throws {
        let turns = self.loops.map { $0.submit {} }
        for turn in turns { try await turn.get() }
    }
}
