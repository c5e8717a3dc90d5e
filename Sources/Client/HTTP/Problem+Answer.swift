import FoundationEssentials

extension Problem {
    /// The problem that an answer tells, in whatever form: ours (RFC 9457), S3's XML, or a proxy's page.
    init(status: Int, contentType: String?, body: [UInt8]) {
        if contentType?.lowercased().contains("json") == true,
            let problem = try? JSONDecoder().decode(Problem.self, from: Data(body))
        {
            self = problem
            if self.status == 0 { self.status = status }
            return
        }
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        if let code = Self.element("Code", of: text) {
            self.init(
                status: status, code: code, title: "The object store refused", detail: Self.element("Message", of: text)
            )
            return
        }
        self.init(status: status, code: "http-\(status)", title: "The server answered with status \(status)")
    }

    /// The text of the first XML element of a name, if it is that simple.
    private static func element(_ name: String, of text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>"),
            start.upperBound <= end.lowerBound
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
