/// Where the covers lie.
extension DifferenceModel {
    /// Codes where the covers lie.
    ///
    /// - Parameter covers: ignored when decoding.
    /// - Throws: when what was decoded does not fit both sides.
    mutating func codeCovers(_ covers: [Cover]) throws(DeltaError) -> [Cover] {
        let count = self.models.number(covers.count, ModelLayout.Rows.count)
        guard count <= PatchLimits.covers else { throw .invalid(what: "cover count", offset: 0) }
        let numberRows = DigitModels<Coder>.numberRows
        var coded: [Cover] = []
        coded.reserveCapacity(count)
        var end = 0
        var recent = RecentDisplacements()
        var adjacent = 0
        for index in 0..<count {
            let cover = Self.isEncoder ? covers[index] : Cover(newStart: 0, oldStart: 0, length: 1)
            let gap = self.models.number(cover.newStart - end, ModelLayout.Rows.gap + adjacent * numberRows)
            adjacent = gap == 0 ? 1 : 0
            let length =
                self.models.number(cover.length - 1, ModelLayout.Rows.length + adjacent * numberRows) + 1
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
        let index = self.models.digit(known, ModelLayout.Rows.recent)
        if index < RecentDisplacements.count {
            recent.use(index)
            return recent.first
        }
        let change = displacement - recent.first
        let coded = self.models.number(change << 1 ^ change >> 63, ModelLayout.Rows.change)
        recent.add(recent.first + (coded >> 1 ^ -(coded & 1)))
        return recent.first
    }
}
