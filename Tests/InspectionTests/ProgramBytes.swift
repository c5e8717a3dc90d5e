/// A Windows program that does nothing, put together from its parts.
struct ProgramBytes {
    var sections: [(name: String, content: [UInt8])] = [(".text", [UInt8](repeating: 0x90, count: 5000))]
    var signature: [UInt8]?

    var bytes: [UInt8] {
        let optionalSize = 112 + 16 * 8
        let headers = 0x40 + 24 + optionalSize + 40 * self.sections.count
        var offset = headers
        var table: [UInt8] = []
        for section in self.sections {
            var name = Array(section.name.utf8.prefix(8))
            name += [UInt8](repeating: 0, count: 8 - name.count)
            let count = section.content.count
            table += name + Self.number(count, 4) + Self.number(0x1000, 4) + Self.number(count, 4)
            table += Self.number(offset, 4) + [UInt8](repeating: 0, count: 16)
            offset += count
        }
        var optional = Self.number(0x20B, 2) + [UInt8](repeating: 0, count: optionalSize - 2)
        let certificate = self.signature.map {
            Self.number($0.count + 8, 4) + Self.number(0x0200, 2) + Self.number(2, 2) + $0
        }
        if let certificate {
            optional.replaceSubrange(
                112 + 32..<112 + 40, with: Self.number(offset, 4) + Self.number(certificate.count, 4))
        }
        var bytes: [UInt8] = [0x4D, 0x5A] + [UInt8](repeating: 0, count: 0x3A) + Self.number(0x40, 4)
        bytes += Array("PE\0\0".utf8) + Self.number(0x8664, 2) + Self.number(self.sections.count, 2)
        bytes += [UInt8](repeating: 0, count: 12) + Self.number(optionalSize, 2) + Self.number(0x22, 2)
        bytes += optional + table + self.sections.flatMap(\.content) + (certificate ?? [])
        return bytes
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// Signed data as an executable carries it, without any cryptography.
enum SignatureBytes {
    static func signedData(certificates: [(name: String, serial: UInt8)], signer: UInt8) -> [UInt8] {
        let empty = self.der(0x30, [])
        let list = certificates.flatMap { certificate -> [UInt8] in
            let name = self.der(
                0x31, self.der(0x30, self.der(0x06, [0x55, 0x04, 0x03]) + self.der(0x0C, Array(certificate.name.utf8))))
            let body =
                self.der(0xA0, self.der(0x02, [2])) + self.der(0x02, [certificate.serial]) + empty + empty + empty
                + self.der(0x30, name)
            return self.der(0x30, self.der(0x30, body) + empty)
        }
        let signature = self.der(0x30, self.der(0x02, [1]) + self.der(0x30, empty + self.der(0x02, [signer])) + empty)
        let data =
            self.der(0x02, [1]) + self.der(0x31, []) + empty + self.der(0xA0, list) + self.der(0x31, signature)
        return self.der(
            0x30, self.der(0x06, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2]) + self.der(0xA0, self.der(0x30, data)))
    }

    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80 ? [UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }
}
