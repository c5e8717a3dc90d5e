/// Where the covers lie.
extension DifferenceModel {
    /// Codes where the covers lie.
    ///
    /// - Parameter covers: ignored when decoding.
    /// - Throws: when what was decoded does not fit both sides.
    mutating func codeCovers(_ covers: [Cover]) throws(DeltaError) -> [Cover] {
        let count = self.models.number(covers.count, ModelLayout.count)
        guard count <= PatchLimits.covers else { throw .invalid(what: "cover count", offset: 0) }
        var coded: [Cover] = []
        coded.reserveCapacity(count)
        var end = 0
        var recent = RecentDisplacements()
        var adjacent = 0
        for index in 0..<count {
            let cover = Self.isEncoder ? covers[index] : Cover(newStart: 0, oldStart: 0, length: 1)
            let gap = self.models.number(cover.newStart - end, ModelLayout.gap + adjacent * ModelLayout.number)
            adjacent = gap == 0 ? 1 : 0
            let length =
                self.models.number(cover.length - 1, ModelLayout.length + adjacent * ModelLayout.number) + 1
            let start = end + gap
            let displacement = self.codeDisplacement(cover.displacement, &recent)
            guard start + length <= self.new.count, start + displacement >= 0,
                start + displacement + length <= self.old.count
            else { throw .invalid(what: "cover", offset: index) }
            coded.append(Cover(newStart: start, oldStart: start + displacement, length: length))
            end = start + length
        }
        return coded
    }

    private mutating func codeDisplacement(_ displacement: Int, _ recent: inout RecentDisplacements) -> Int {
        let known = Self.isEncoder ? recent.index(of: displacement) : 0
        let index = self.models.tree(known, bits: 4, ModelLayout.recent)
        if index < RecentDisplacements.count {
            recent.use(index)
            return recent.first
        }
        let change = displacement - recent.first
        let negative = self.models.bit(change < 0 ? 1 : 0, ModelLayout.sign)
        let magnitude = self.models.number(Int(change.magnitude), ModelLayout.change)
        recent.add(recent.first + (negative == 1 ? -magnitude : magnitude))
        return recent.first
    }
}
