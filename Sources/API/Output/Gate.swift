import Synchronization

/// Lets so many through at a time and turns the others away: what would wait here would hold memory for nothing.
final class Gate: Sendable {
    private let places: Int
    /// What the places are for, in the plural.
    private let what: String
    private let taken = Mutex(0)

    init(places: Int, for what: String) {
        self.places = places
        self.what = what
    }

    /// - Throws: `HTTPProblem` 429. Otherwise ``leave()`` must follow.
    func enter() throws(HTTPProblem) {
        let isFull = self.taken.withLock { taken in
            guard taken < self.places else { return true }
            taken += 1
            return false
        }
        if isFull { throw .tooManyAtOnce(self.what, limit: self.places) }
    }

    func leave() { self.taken.withLock { $0 -= 1 } }

    func whileInside<Value>(_ body: () async throws -> Value) async throws -> Value {
        try self.enter()
        defer { self.leave() }
        return try await body()
    }
}
