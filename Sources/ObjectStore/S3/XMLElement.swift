/// An element of a small XML document: its text, or the elements in it.
struct XMLElement: Equatable {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLElement] = []

    /// Reads a whole document.
    ///
    /// - Returns: nil when it is not well-formed XML.
    init?(document bytes: [UInt8]) {
        var reader = XMLReader(bytes)
        var open: [XMLElement] = []
        do throws(XMLReader.Failure) {
            while let event = try reader.next() {
                switch event {
                case .start(let name): open.append(XMLElement(name: name))
                case .text(let text): open[open.count - 1].text += text
                case .end:
                    let element = open.removeLast()
                    guard !open.isEmpty else {
                        self = element
                        return
                    }
                    open[open.count - 1].children.append(element)
                }
            }
        } catch {
            return nil
        }
        return nil
    }

    private init(name: String) { self.name = name }

    /// The text of the first child of a name.
    subscript(_ name: String) -> String? { self.children.first { $0.name == name }?.text }

    func all(_ name: String) -> [XMLElement] { self.children.filter { $0.name == name } }

    /// Text as it may stand in a document.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
