/// Where the bytes of a group stand in their files: needed to follow references, which count from there.
public struct PatchOrigins: Sendable {
    private let outputs: [Origin]
    private let inputs: [Origin]

    private struct Origin: Sendable {
        let start: Int
        /// What must be added to a position in the group for one in the file.
        let base: Int
    }

    public init(outputs: [PatchExtent], inputs: [PatchExtent]) {
        self.outputs = Self.origins(outputs)
        self.inputs = Self.origins(inputs)
    }

    private static func origins(_ extents: [PatchExtent]) -> [Origin] {
        var start = 0
        return extents.map { extent in
            defer { start += extent.length }
            return Origin(start: start, base: Int(truncatingIfNeeded: extent.offset) - start)
        }
    }

    struct Bases {
        let old: Int
        let new: Int
    }

    /// What must be added to positions of a cover; exact for its first byte.
    func bases(of cover: Cover) -> Bases {
        Bases(old: Self.base(self.inputs, cover.oldStart), new: Self.base(self.outputs, cover.newStart))
    }

    private static func base(_ origins: [Origin], _ position: Int) -> Int {
        var low = 0
        var high = origins.count
        guard high > 0 else { return 0 }
        while high - low > 1 {
            let middle = (low + high) / 2
            if origins[middle].start <= position { low = middle } else { high = middle }
        }
        return origins[low].base
    }
}
