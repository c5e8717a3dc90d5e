/// Which pieces of an object to ask for as reads come in, and which to let go.
///
/// Reads that follow one another make a run, ahead of which more and more is asked for; a read elsewhere asks for no more
/// than it needs. So an archive's content comes in large requests, several at a time, and its directory in small ones. The
/// same that a kernel does for files (Wu, Xi, Xu, "On the design of a new Linux readahead framework", 2008). A value:
/// it knows places, not bytes.
struct ReadAhead {
    /// Sizes in pieces.
    struct Shape: Sendable {
        /// Bytes in a piece.
        var pieceLength: Int64 = 256 << 10
        /// Of one request.
        var longestRequest = 16
        /// Asked for ahead of a run.
        var widest = 48
        /// Kept or under way.
        var most = 96
    }

    private enum Piece {
        case asked
        case there(at: Int)
        /// Read, so that it goes before others.
        case used(at: Int)
    }

    private struct Run {
        /// One past the last piece read.
        var position: Int
        /// One past the last piece asked for.
        var end: Int
        var width = 1
    }

    /// Runs remembered: a zip has two, its directory and its content.
    private static let mostRuns = 4

    let shape: Shape
    /// Pieces in the object.
    let count: Int
    private var pieces: [Int: Piece] = [:]
    /// The one read last at the end.
    private var runs: [Run] = []
    private var clock = 0

    init(size: Int64, shape: Shape = Shape()) {
        self.shape = shape
        self.count = Int((size + shape.pieceLength - 1) / shape.pieceLength)
    }

    /// A read of some pieces begins, or looks again whether they are there.
    ///
    /// - Returns: runs of pieces to be asked for now, each for one request.
    mutating func ask(for places: Range<Int>) -> [Range<Int>] {
        var wanted = self.claim(places)
        guard let number = self.runs.lastIndex(where: { self.isNext(places, to: $0) }) else {
            self.runs.append(Run(position: places.upperBound, end: places.upperBound))
            if self.runs.count > Self.mostRuns { self.runs.removeFirst() }
            return wanted
        }
        var run = self.runs.remove(at: number)
        if places.upperBound > run.position {
            run.position = places.upperBound
            run.end = max(run.end, run.position)
            run.width = min(run.width * 2, self.shape.widest)
            wanted += self.extend(&run)
        }
        self.runs.append(run)
        return wanted
    }

    /// Asks for more ahead of a run, once half of what was ahead is used up, so that requests stay long.
    private mutating func extend(_ run: inout Run) -> [Range<Int>] {
        guard run.end - run.position <= run.width / 2 else { return [] }
        let room = max(0, self.shape.most - self.waiting)
        let end = min(run.position + run.width, run.end + room, self.count)
        guard end > run.end else { return [] }
        defer { run.end = end }
        return self.claim(run.end..<end)
    }

    func isThere(_ places: Range<Int>) -> Bool {
        places.allSatisfy { place in
            switch self.pieces[place] {
            case .there, .used: true
            case .asked, nil: false
            }
        }
    }

    mutating func arrived(_ place: Int) {
        self.clock += 1
        self.pieces[place] = .there(at: self.clock)
    }

    /// A request ended early: what it did not bring may be asked for again.
    mutating func failed(_ places: Range<Int>) {
        for place in places {
            if case .asked = self.pieces[place] { self.pieces[place] = nil }
        }
    }

    mutating func used(_ places: Range<Int>) {
        self.clock += 1
        for place in places where self.pieces[place] != nil { self.pieces[place] = .used(at: self.clock) }
    }

    /// Lets go of the pieces least likely to be read: those read longest ago, then those that came longest ago.
    mutating func evict() -> [Int] {
        guard self.pieces.count > self.shape.most else { return [] }
        let kept = self.pieces.compactMap { place, piece -> (isUsed: Bool, at: Int, place: Int)? in
            switch piece {
            case .asked: nil
            case .there(let moment): (false, moment, place)
            case .used(let moment): (true, moment, place)
            }
        }
        let excess = self.pieces.count - self.shape.most * 3 / 4
        let gone = kept.sorted { $0.isUsed != $1.isUsed ? $0.isUsed : $0.at < $1.at }.prefix(excess).map(\.place)
        for place in gone { self.pieces[place] = nil }
        return gone
    }

    /// Pieces that nobody has read yet, or that are under way.
    private var waiting: Int {
        self.pieces.values.count { if case .used = $0 { false } else { true } }
    }

    /// Whether a read goes on with a run, or a little behind it, where others read beside.
    private func isNext(_ places: Range<Int>, to run: Run) -> Bool {
        places.lowerBound <= run.end && places.lowerBound >= run.position - self.shape.longestRequest
    }

    /// Marks what is not there as asked for.
    private mutating func claim(_ places: Range<Int>) -> [Range<Int>] {
        var requests: [Range<Int>] = []
        for place in places where self.pieces[place] == nil {
            self.pieces[place] = .asked
            if let last = requests.last, last.upperBound == place, last.count < self.shape.longestRequest {
                requests[requests.count - 1] = last.lowerBound..<place + 1
            } else {
                requests.append(place..<place + 1)
            }
        }
        return requests
    }
}
