import Glibc

/// How long something took: by the clock, and of the processor, all threads of this process together.
struct Stopwatch {
    let wall: Double
    let processor: Double

    /// Seconds of both since it was made.
    static func measure(_ body: () async throws -> Void) async rethrows -> Stopwatch {
        let (wall, processor) = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
        try await body()
        return Stopwatch(
            wall: Self.now(CLOCK_MONOTONIC) - wall, processor: Self.now(CLOCK_PROCESS_CPUTIME_ID) - processor)
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The best of several rounds, of pieces that are run again and again.
struct BestTimes {
    private var wall: [Double]
    private var processor: [Double]

    init(pieces: Int) {
        self.wall = Array(repeating: .infinity, count: pieces)
        self.processor = self.wall
    }

    mutating func note(_ time: Stopwatch, of piece: Int) {
        self.wall[piece] = min(self.wall[piece], time.wall)
        self.processor[piece] = min(self.processor[piece], time.processor)
    }

    /// All pieces together.
    var sum: Stopwatch {
        Stopwatch(wall: self.wall.reduce(0, +), processor: self.processor.reduce(0, +))
    }
}
