import Content

/// Tells from the chunks of one new file why an update of it costs what it costs.
struct ChangeReasons {
    /// For each chunk of the new file: its length, what it costs, and where its old likeness begins; nil when it has none.
    struct Piece {
        let length: Int
        let storedLength: Int
        let oldPosition: Int64?
    }

    /// Shares of a file from which a thing is worth telling.
    private static let some = 0.2
    private static let incompressible = 0.95
    /// Changed runs for each mebibyte from which changes count as scattered.
    private static let runsPerMebibyte = 2.0

    static func reasons(for pieces: [Piece], isAdded: Bool) -> [UpdateReason] {
        let size = pieces.reduce(0) { $0 + $1.length }
        let fresh = pieces.filter { $0.oldPosition == nil }
        let freshBytes = fresh.reduce(0) { $0 + $1.length }
        guard freshBytes > 0 else { return self.isReshuffled(pieces) ? [.reshuffled] : [] }
        var reasons: [UpdateReason] = []
        if isAdded {
            reasons.append(.newContent)
        } else if freshBytes == size {
            reasons.append(.rewritten)
        }
        if self.isReshuffled(pieces) { reasons.append(.reshuffled) }
        let freshStored = fresh.reduce(0) { $0 + $1.storedLength }
        if Double(freshStored) > Self.incompressible * Double(freshBytes) { reasons.append(.alreadyCompressed) }
        if !isAdded, Double(freshBytes) > Self.some * Double(size),
            Double(self.freshRuns(pieces)) > Self.runsPerMebibyte * Double(size) / Double(1 << 20) + 1
        {
            reasons.append(.scatteredChanges)
        }
        return reasons
    }

    /// Whether many joints between known pieces, and more than one in twenty, lead somewhere else than they did.
    private static func isReshuffled(_ pieces: [Piece]) -> Bool {
        var joints = 0
        var jumps = 0
        var last: (position: Int64, between: Int64)?
        for piece in pieces {
            guard let position = piece.oldPosition else {
                if let known = last { last = (known.position, known.between + Int64(piece.length)) }
                continue
            }
            if let last {
                joints += 1
                // What was inserted or removed between two pieces moves the second by about as much.
                let moved = position - last.position
                if moved < 0 || moved > last.between * 4 + 1 << 20 { jumps += 1 }
            }
            last = (position + Int64(piece.length), 0)
        }
        return jumps > 8 && Double(jumps) > 0.05 * Double(joints)
    }

    private static func freshRuns(_ pieces: [Piece]) -> Int {
        var runs = 0
        var isFresh = false
        for piece in pieces {
            if piece.oldPosition == nil, !isFresh { runs += 1 }
            isFresh = piece.oldPosition == nil
        }
        return runs
    }
}
