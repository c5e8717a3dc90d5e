/// Where the bytes of a group stand in their files: needed to follow references, which count from there.
public struct PatchOrigins: Sendable {
    private let outputs: [Origin]
    private let inputs: [Origin]

    private struct Origin: Sendable {
        let start: Int
        /// What must be added to a position in the group for one in the file.
        let base: Int
        let file: Int
    }

    public init(outputs: [PatchExtent], inputs: [PatchExtent]) {
        self.outputs = Self.origins(outputs)
        self.inputs = Self.origins(inputs)
    }

    private static func origins(_ extents: [PatchExtent]) -> [Origin] {
        var start = 0
        return extents.map { extent in
            defer { start += extent.length }
            return Origin(start: start, base: Int(truncatingIfNeeded: extent.offset) - start, file: extent.file)
        }
    }

    struct Bases {
        let old: Int
        let new: Int
        let oldFile: Int
        let newFile: Int
    }

    /// What must be added to positions of a cover; exact for its first byte.
    func bases(of cover: Cover) -> Bases {
        let old = Self.origin(self.inputs, cover.oldStart)
        let new = Self.origin(self.outputs, cover.newStart)
        return Bases(old: old.base, new: new.base, oldFile: old.file, newFile: new.file)
    }

    private static func origin(_ origins: [Origin], _ position: Int) -> Origin {
        var low = 0
        var high = origins.count
        guard high > 0 else { return Origin(start: 0, base: 0, file: 0) }
        while high - low > 1 {
            let middle = (low + high) / 2
            if origins[middle].start <= position { low = middle } else { high = middle }
        }
        return origins[low]
    }
}
