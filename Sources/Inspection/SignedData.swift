/// The signed data of an executable (RFC 2315, PKCS #7), read for the signer's name alone.
struct SignedData {
    /// The common name in the certificate that the first signature points to; nil when it has none.
    let signer: String?

    private static let sequence: UInt8 = 0x30
    private static let integer: UInt8 = 0x02
    /// `[0]`, constructed: the content of ContentInfo, the certificates, and a certificate's version.
    private static let tagged0: UInt8 = 0xA0
    private static let set: UInt8 = 0x31
    /// 2.5.4.3
    private static let commonName: [UInt8] = [0x55, 0x04, 0x03]

    /// - Returns: nil when the bytes are no such structure.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        guard let info = DERValue(&rest), info.tag == Self.sequence,
            let content = info.values.first(where: { $0.tag == Self.tagged0 }), let data = content.values.first
        else { return nil }
        let parts = data.values
        // version, digest algorithms, content, [0] certificates, [1] revocations, signatures
        guard let certificates = parts.first(where: { $0.tag == Self.tagged0 }),
            let signatures = parts.last(where: { $0.tag == Self.set }),
            let signature = signatures.values.first, signature.values.count >= 2
        else { return nil }
        // The second part of a signature names its certificate by issuer and serial number.
        guard let serial = signature.values[1].values.last(where: { $0.tag == Self.integer }) else { return nil }
        self.signer = certificates.values.lazy.compactMap { Self.subject(of: $0, serial: serial.content) }.first
    }

    /// The common name of a certificate's subject, if the certificate has this serial number.
    private static func subject(of certificate: DERValue, serial: ArraySlice<UInt8>) -> String? {
        guard let body = certificate.values.first else { return nil }
        var parts = body.values[...]
        if parts.first?.tag == self.tagged0 { parts = parts.dropFirst() }
        // serial, algorithm, issuer, validity, subject
        let fields = Array(parts)
        guard fields.count >= 5, fields[0].content == serial else { return nil }
        for relative in fields[4].values {
            guard let attribute = relative.values.first, attribute.values.count == 2,
                attribute.values[0].content.elementsEqual(self.commonName)
            else { continue }
            return String(decoding: attribute.values[1].content.prefix(256), as: UTF8.self)
        }
        return nil
    }
}
