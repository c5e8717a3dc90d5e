/// The bytes that no prediction told.
extension DifferenceModel {
    /// Codes a byte that is not `predicted`, as its difference from it.
    mutating func codeValue(_ index: Int, _ predicted: UInt8, _ displacement: Int) {
        let position = index &+ displacement
        let streak = min(self.streak, 3)
        let before = streak == 0 ? self.firstDifference : self.lastDifference
        let next = position &+ 1 < self.old.count ? self.old[position &+ 1] : 0
        let second = index >= 2 ? self.new[index &- 2] : 0
        let contexts = (
            Self.valueRow(0, streak, before), Self.valueRow(1, min(streak, 1), predicted),
            Self.valueRow(2, min(streak, 1), next), Self.valueRow(3, 0, second)
        )
        let coded = self.models.byte(
            Self.isEncoder ? self.new[index] &- predicted : 0, contexts,
            weights: ModelLayout.Rows.valueWeights &+ 2 &* streak)
        self.new[index] = predicted &+ coded
        if self.streak == 0 { self.firstDifference = coded }
        self.lastDifference = coded
        self.streak &+= 1
        self.beginRun(position &+ 1)
    }

    @inline(__always) private static func valueRow(_ kind: Int, _ part: Int, _ byte: UInt8) -> Int {
        ModelLayout.Rows.value &+ kind &* ModelLayout.Rows.valueKind
            &+ (part &<< 8 | Int(byte)) &* DigitModels<Coder>.byteRows
    }
}
