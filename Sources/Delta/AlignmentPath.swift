/// The state of an ``AlignmentSearch``: the rival displacements, their costs so far, and how each was reached.
@safe struct AlignmentPath {
    private let new: ByteView
    private let old: ByteView
    private let costs: AlignmentCosts
    private let difference: UnsafeBufferPointer<Int32>
    private let literal: UnsafeBufferPointer<Int32>

    /// A rival: a displacement that is on a path (`entered`), or only remembered.
    private struct Rival {
        var displacement = 0
        var cost = 0
        /// Where its present run began, and the step before that.
        var start = 0
        var parent: Int32 = -1
        var entered = false
        var lastUse = -1
    }

    /// A finished run on some path; `displacement` is nil for literals.
    private struct Step {
        var displacement: Int
        var isLiteral: Bool
        var start: Int
        var end: Int
        var parent: Int32
    }

    /// The best path at an earlier position, from which a candidate found later may branch off.
    private struct Junction {
        var cost: Int
        var displacement: Int
        var isLiteral: Bool
        var start: Int
        var parent: Int32
    }

    private static let rivalCount = 12
    private static let historyLength = 1 << 12
    /// Steps that may be held before the dead ones are forgotten.
    private static let fewestSteps = 1 << 18

    private var rivals = [Rival](repeating: Rival(), count: Self.rivalCount)
    private var used = 0
    /// Literals; `displacement` is that of the cover before them.
    private var literals = Rival(displacement: 0, cost: 0, start: 0, parent: -1, entered: true, lastUse: 0)
    /// Index of the cheapest rival, or -1 for literals.
    private var best = -1
    private var bestCost = 0
    private var steps: [Step] = []
    private var stepLimit = Self.fewestSteps
    private var history = [Junction](
        repeating: Junction(cost: 0, displacement: 0, isLiteral: true, start: 0, parent: -1), count: Self.historyLength)
    /// Branches reach back to here at most.
    private var historyStart = 0
    /// One step made at most for each position, for all that branch off there.
    private var branchPosition = -1
    private var branchStep: Int32 = -1

    init(
        new: ByteView, old: ByteView, costs: AlignmentCosts, difference: UnsafeBufferPointer<Int32>,
        literal: UnsafeBufferPointer<Int32>
    ) {
        self.new = new
        self.old = old
        self.costs = costs
        unsafe self.difference = difference
        unsafe self.literal = literal
    }

    /// The displacement of the cheapest path, nil for literals.
    var bestDisplacement: Int? { self.best < 0 ? nil : self.rivals[self.best].displacement }

    private var lastDisplacement: Int {
        self.best < 0 ? self.literals.displacement : self.rivals[self.best].displacement
    }

    /// Goes along the best displacement over `length` equal bytes; every other path falls behind.
    mutating func skip(_ length: Int, from index: Int) {
        let best = self.best
        self.rivals[best].cost += length * Int(self.costs.difference[0])
        self.rivals[best].lastUse = index + length
        self.bestCost = self.rivals[best].cost
        for rival in 0..<self.used where rival != best { self.rivals[rival].entered = false }
        self.literals.entered = false
        self.historyStart = index + length
    }

    /// Adds a candidate that matches at `index`, with the best place before `index` to change to it.
    mutating func add(displacement: Int, at index: Int) {
        var slot = -1
        for rival in 0..<self.used where self.rivals[rival].displacement == displacement { slot = rival }
        if slot >= 0, self.rivals[slot].entered { return }
        if slot < 0 {
            slot = self.freeSlot()
            self.rivals[slot] = Rival(displacement: displacement)
        }
        self.rivals[slot].lastUse = index
        let floor = max(self.historyStart, index - Self.historyLength, -displacement)
        var accrued = 0
        var lowest = self.bestCost + self.costs.change(of: displacement - self.lastDisplacement)
        var branch = index
        var position = index
        let patience = 64 * 16
        while position > floor {
            position -= 1
            accrued += self.differenceCost(at: position, displacement)
            let junction = self.history[position & (Self.historyLength - 1)]
            let cost = junction.cost + self.costs.change(of: displacement - junction.displacement) + accrued
            if cost < lowest {
                lowest = cost
                branch = position
            } else if junction.cost + accrued > lowest + patience {
                break
            }
        }
        guard branch < index else { return }
        let junction = self.history[branch & (Self.historyLength - 1)]
        self.steps.append(
            Step(
                displacement: junction.displacement, isLiteral: junction.isLiteral, start: junction.start, end: branch,
                parent: junction.parent))
        self.rivals[slot].cost = lowest
        self.rivals[slot].start = branch
        self.rivals[slot].parent = Int32(self.steps.count - 1)
        self.rivals[slot].entered = true
        if lowest < self.bestCost {
            self.bestCost = lowest
            self.best = slot
        }
    }

    @inline(__always) private func differenceCost(at index: Int, _ displacement: Int) -> Int {
        unsafe Int(self.difference[Int(self.new[index] &- self.old[index &+ displacement])])
    }

    private mutating func freeSlot() -> Int {
        if self.used < Self.rivalCount {
            self.used += 1
            return self.used - 1
        }
        var slot = -1
        for rival in 0..<self.used where rival != self.best {
            if slot < 0 || self.rivals[rival].lastUse < self.rivals[slot].lastUse { slot = rival }
        }
        return slot
    }

    /// Takes the byte at `index` on every path.
    ///
    /// - Returns: whether another displacement is the cheapest now.
    @inline(__always) mutating func step(_ index: Int) -> Bool {
        let before = self.best
        let bestCost = self.bestCost
        let bestDisplacement = self.lastDisplacement
        self.history[index & (Self.historyLength - 1)] = self.junction
        let literalCost = unsafe Int(self.literal[Int(self.new[index])])
        var bestByteCost = literalCost
        if before >= 0 {
            // The best path may run out of old bytes here; whatever else there is takes over.
            bestByteCost =
                self.isInside(index, bestDisplacement) ? self.differenceCost(at: index, bestDisplacement) : 1 << 20
        }
        var lowest = Int.max
        var lowestRival = -1
        // A path that costs more than coming back later would is only remembered; it is entered again where
        // it does better than the best.
        let literalChange = bestCost + self.costs.literals
        if before >= 0, literalCost < bestByteCost, !self.literals.entered || self.literals.cost > literalChange {
            self.literals.parent = self.branch(at: index)
            self.literals.start = index
            self.literals.displacement = bestDisplacement
            self.literals.cost = literalChange
            self.literals.entered = true
        }
        if self.literals.entered {
            self.literals.cost += literalCost
            lowest = self.literals.cost
        }
        let largestChange = bestCost + self.costs.largestChange
        for rival in 0..<self.used {
            let displacement = self.rivals[rival].displacement
            guard self.isInside(index, displacement) else {
                self.rivals[rival].entered = false
                continue
            }
            let byteCost = self.differenceCost(at: index, displacement)
            if rival != before, byteCost < bestByteCost {
                let change = bestCost + self.costs.change(of: displacement - bestDisplacement)
                if !self.rivals[rival].entered || self.rivals[rival].cost > change {
                    self.rivals[rival].parent = self.branch(at: index)
                    self.rivals[rival].start = index
                    self.rivals[rival].cost = change
                    self.rivals[rival].entered = true
                }
            }
            guard self.rivals[rival].entered else { continue }
            let cost = self.rivals[rival].cost + byteCost
            self.rivals[rival].cost = cost
            if cost < lowest {
                lowest = cost
                lowestRival = rival
            } else if cost > largestChange + 1 << 8, rival != before {
                self.rivals[rival].entered = false
            }
        }
        if lowest == Int.max {
            // Every displacement left the old bytes at once and literals were not on a path.
            self.literals.parent = self.branch(at: index)
            self.literals.start = index
            self.literals.displacement = bestDisplacement
            self.literals.cost = literalChange + literalCost
            self.literals.entered = true
            lowest = self.literals.cost
        }
        self.best = lowestRival
        self.bestCost = lowest
        if lowestRival >= 0 { self.rivals[lowestRival].lastUse = index }
        if self.steps.count > self.stepLimit { self.forgetDeadSteps(before: index) }
        return lowestRival != before
    }

    @inline(__always) private func isInside(_ index: Int, _ displacement: Int) -> Bool {
        let position = index &+ displacement
        return position >= 0 && position < self.old.count
    }

    private var junction: Junction {
        if self.best < 0 {
            return Junction(
                cost: self.bestCost, displacement: self.literals.displacement, isLiteral: true,
                start: self.literals.start, parent: self.literals.parent)
        }
        let rival = self.rivals[self.best]
        return Junction(
            cost: self.bestCost, displacement: rival.displacement, isLiteral: false, start: rival.start,
            parent: rival.parent)
    }

    /// The step that ends the best path at `index`.
    private mutating func branch(at index: Int) -> Int32 {
        if self.branchPosition == index { return self.branchStep }
        let junction = self.history[index & (Self.historyLength - 1)]
        self.steps.append(
            Step(
                displacement: junction.displacement, isLiteral: junction.isLiteral, start: junction.start, end: index,
                parent: junction.parent))
        self.branchPosition = index
        self.branchStep = Int32(self.steps.count - 1)
        return self.branchStep
    }

    /// Keeps the steps that a living path still needs.
    private mutating func forgetDeadSteps(before index: Int) {
        var renamed = [Int32](repeating: -1, count: self.steps.count)
        func mark(_ step: Int32) {
            var step = step
            while step >= 0, renamed[Int(step)] < 0 {
                renamed[Int(step)] = 0
                step = self.steps[Int(step)].parent
            }
        }
        for rival in 0..<self.used where self.rivals[rival].entered { mark(self.rivals[rival].parent) }
        mark(self.literals.parent)
        // History may not be branched from any more, so that it keeps nothing alive.
        self.historyStart = index + 1
        self.branchPosition = -1
        var kept: [Step] = []
        for step in self.steps.indices where renamed[step] >= 0 {
            renamed[step] = Int32(kept.count)
            var copy = self.steps[step]
            if copy.parent >= 0 { copy.parent = renamed[Int(copy.parent)] }
            kept.append(copy)
        }
        func rename(_ step: inout Int32) { if step >= 0 { step = renamed[Int(step)] } }
        for rival in 0..<self.used where self.rivals[rival].entered { rename(&self.rivals[rival].parent) }
        rename(&self.literals.parent)
        self.steps = kept
        self.stepLimit = max(Self.fewestSteps, kept.count * 2)
    }

    /// The covers of the cheapest path over all bytes.
    func covers() -> [Cover] {
        var covers: [Cover] = []
        var junction = self.junction
        var end = self.new.count
        while true {
            if !junction.isLiteral, end > junction.start {
                if let next = covers.last, next.displacement == junction.displacement, next.newStart == end {
                    covers[covers.count - 1] = Cover(
                        newStart: junction.start, oldStart: junction.start + junction.displacement,
                        length: next.newEnd - junction.start)
                } else {
                    covers.append(
                        Cover(
                            newStart: junction.start, oldStart: junction.start + junction.displacement,
                            length: end - junction.start))
                }
            }
            guard junction.parent >= 0 else { break }
            let step = self.steps[Int(junction.parent)]
            end = step.end
            junction = Junction(
                cost: 0, displacement: step.displacement, isLiteral: step.isLiteral, start: step.start,
                parent: step.parent)
        }
        return covers.reversed()
    }
}
