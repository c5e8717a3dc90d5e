/// Why a company is registered with a tax office: four digits of the office, two characters of the reason, three of order.
public struct KPP: Hashable, Sendable {
    public let text: String

    public init(_ text: String) throws(RequisiteFault) {
        let bytes = Array(text.utf8)
        guard bytes.count == 9 else { throw .length(allowed: [9]) }
        for (index, byte) in bytes.enumerated() {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            guard isDigit || isLetter && (4...5).contains(index) else { throw .characters }
        }
        self.text = text
    }
}
