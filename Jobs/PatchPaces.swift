import BuildStore
import Content
import Patching

/// What making a patch costs in processor time, by level: as it was measured when this was written, and as the latest patches
/// of this installation have shown since.
struct PatchPaces: Sendable {
    private let latest: [String: PatchPace]

    init(_ latest: [PatchPace] = []) {
        self.latest = Dictionary(latest.map { ($0.level, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// New bytes that a level gets through in a second, by the figures in Sources/Patching/README.md.
    private static func expected(of level: PatchLevel) -> Double {
        switch level {
        case .fast: 60_000_000
        case .standard: 3_500_000
        case .best: 2_000_000
        }
    }

    /// New bytes for which the expected pace counts beside what was metered: what a few small patches cost says little.
    private static let expectedBytes = 64_000_000.0

    /// Processor seconds for new bytes.
    func seconds(for bytes: Int64, at level: PatchLevel) -> Double { Double(bytes) / self.pace(of: level) }

    /// New bytes in a second.
    func pace(of level: PatchLevel) -> Double {
        let expected = Self.expected(of: level)
        guard let metered = self.latest[level.rawValue] else { return expected }
        return (Self.expectedBytes + Double(metered.bytes))
            / (Self.expectedBytes / expected + metered.spent / .seconds(1))
    }
}
