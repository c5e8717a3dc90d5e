import FoundationEssentials
import Multipart

/// What a server lists as the parts of an upload, made unambiguous.
///
/// Some servers (SeaweedFS) list everything that was ever sent as a part, with times in whole seconds. The newest counts;
/// where two that differ are equally new, nobody can say which one is meant, and the part counts as not received, so that
/// it is sent again.
struct ListedParts {
    private struct Listed {
        let info: PartInfo
        let modified: Date
        var isAmbiguous = false
    }

    private var parts: [Int: Listed] = [:]

    mutating func add(_ part: PartInfo, modified: Date) {
        guard let known = self.parts[part.number], known.modified >= modified else {
            self.parts[part.number] = Listed(info: part, modified: modified)
            return
        }
        if known.modified == modified, known.info.etag != part.etag { self.parts[part.number]?.isAmbiguous = true }
    }

    /// The largest number listed; nil when there is none.
    var last: Int? { self.parts.keys.max() }

    /// The parts that are surely the ones last sent, by number.
    var certain: [PartInfo] {
        self.parts.values.filter { !$0.isAmbiguous }.map(\.info).sorted { $0.number < $1.number }
    }
}
