/// The displacements used last, the newest first.
struct RecentDisplacements {
    static let count = 8

    private var values = [Int](repeating: 0, count: Self.count)

    var first: Int { self.values[0] }

    /// - Returns: ``count`` when it is not among them.
    func index(of displacement: Int) -> Int { self.values.firstIndex(of: displacement) ?? Self.count }

    mutating func use(_ index: Int) { self.values.insert(self.values.remove(at: index), at: 0) }

    mutating func add(_ displacement: Int) {
        self.values.removeLast()
        self.values.insert(displacement, at: 0)
    }
}
