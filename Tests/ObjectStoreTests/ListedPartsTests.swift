import FoundationEssentials
import Multipart
import Testing

@testable import ObjectStore

@Suite("ListedParts")
struct ListedPartsTests {
    private let early = Date(timeIntervalSince1970: 1000)
    private let late = Date(timeIntervalSince1970: 1001)

    private func part(_ number: Int, _ etag: String) -> PartInfo {
        PartInfo(number: number, size: 1, etag: etag, digest: nil)
    }

    private func certain(_ listed: [(PartInfo, Date)]) -> [PartInfo] {
        var parts = ListedParts()
        for (part, modified) in listed { parts.add(part, modified: modified) }
        return parts.certain
    }

    @Test("of a part listed twice the newest counts, in whatever order they are listed")
    func newest() {
        let (old, new) = (self.part(1, "old"), self.part(1, "new"))
        #expect(self.certain([(old, self.early), (new, self.late)]) == [new])
        #expect(self.certain([(new, self.late), (old, self.early)]) == [new])
    }

    @Test("two that differ and are equally new count as no part, until a newer one settles it")
    func ambiguous() {
        let (one, other, settled) = (self.part(1, "one"), self.part(1, "other"), self.part(1, "settled"))
        let two = self.part(2, "two")
        #expect(self.certain([(one, self.early), (other, self.early), (two, self.early)]) == [two])
        #expect(self.certain([(one, self.early), (other, self.early), (settled, self.late)]) == [settled])
        #expect(self.certain([(settled, self.late), (one, self.early), (other, self.early)]) == [settled])
    }

    @Test("the same bytes sent twice in one second are one part")
    func same() {
        let part = self.part(3, "same")
        #expect(self.certain([(part, self.early), (part, self.early)]) == [part])
    }
}
