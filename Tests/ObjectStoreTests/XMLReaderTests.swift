import Testing

@testable import ObjectStore

@Suite("XML")
struct XMLReaderTests {
    private static func events(_ text: String) throws(XMLReader.Failure) -> [XMLReader.Event] {
        var reader = XMLReader(Array(text.utf8))
        var events: [XMLReader.Event] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    @Test("elements and text come in order; the rest is skipped")
    func events() throws {
        let text = """
            \u{feff}  <?xml version="1.0"?><!DOCTYPE x><!-- <no> -->
            <a:List xmlns:a="urn:x>y" b='1'><Key>a&lt;b&#x41;&#66;&amp;</Key><Empty/><E x="/" /><![CDATA[<raw>]]></a:List>
            """
        #expect(
            try Self.events(text) == [
                .start("List"), .start("Key"), .text("a<bAB&"), .end("Key"), .start("Empty"), .end("Empty"),
                .start("E"),
                .end("E"), .text("<raw>"), .end("List"),
            ])
    }

    @Test(
        "what is not well-formed is refused",
        arguments: [
            "<a>", "<a></b>", "</a>", "<a", "text", "<a>&nope;</a>", "<a>&#xD800;</a>", "<a>&</a>", "<a b=\"></a>",
            "<>", "< a/>",
            "<a><!-- </a>", "<a/>x", "<a/>&lt;", "<![CDATA[x]]>",
        ])
    func malformed(text: String) {
        #expect(throws: XMLReader.Failure.self) { try Self.events(text) }
    }

    @Test("no document nests too deep to be read")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(try Self.events(nested(64)).count == 128)
        #expect(throws: XMLReader.Failure.tooDeep) { try Self.events(nested(65)) }
        #expect(throws: XMLReader.Failure.tooDeep) { try Self.events(nested(1_000_000)) }
    }

    @Test("no bytes crash the reader", arguments: 0..<200)
    func noise(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let alphabet = Array("<>/&;![]-?=\"' ax#C\u{fe}".utf8)
        var reader = XMLReader((0..<300).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
        var events = 0
        while let event = try? reader.next(), events < 1000 {
            _ = event
            events += 1
        }
        #expect(events < 1000)
    }

    @Test("an element gives its children by name, and escaping survives")
    func element() throws {
        let key = "a<b>&\"c'"
        let text = "<R><Key>\(XMLElement.escape(key))</Key><P><N>1</N></P><P><N>2</N></P></R>"
        let element = try #require(XMLElement(document: Array(text.utf8)))
        #expect(element.name == "R")
        #expect(element["Key"] == key)
        #expect(element.all("P").map { $0["N"] } == ["1", "2"])
        #expect(element["None"] == nil)
        #expect(XMLElement(document: Array("<R><K></R>".utf8)) == nil)
        #expect(XMLElement(document: []) == nil)
    }
}
