import BuildStore
import Content
import Patching

/// How a patch's groups are shared out among jobs.
enum PatchBatches {
    /// New bytes of a job: enough to be worth one, few enough that all workers have something to do to the end.
    static let target: Int64 = 24 << 20
    /// Jobs of one patch, at most.
    static let most: Int64 = 512

    /// - Parameters:
    ///   - shared: bytes that one more group makes for the others; 0 when there is none.
    ///   - target: new bytes of a job; more where there would be too many jobs.
    /// - Returns: parts that cover all groups, in order; the shared one first.
    static func cut(_ outline: PatchOutline, shared: Int64, target: Int64 = Self.target) -> [PatchPart] {
        var parts: [PatchPart] = []
        if shared > 0 { parts.append(PatchPart(number: 0, groups: 0..<0, bytes: shared)) }
        let total = (0..<outline.count).reduce(Int64(0)) { $0 + outline.outputBytes(of: $1) }
        let target = max(target, total / self.most)
        var start = 0
        var bytes: Int64 = 0
        func close(_ end: Int) {
            guard start < end else { return }
            parts.append(PatchPart(number: parts.count, groups: start..<end, bytes: bytes))
            start = end
            bytes = 0
        }
        for group in 0..<outline.count {
            let more = outline.outputBytes(of: group)
            if bytes + more > target { close(group) }
            bytes += more
        }
        close(outline.count)
        return parts
    }
}
