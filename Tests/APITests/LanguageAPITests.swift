import Content
import FoundationEssentials
import NIOHTTP1
import Storefront
import Testing

@testable import API

@Suite("Languages and documentation")
struct LanguageAPITests {
    @Test(
        "8.30: the language is the one that is wanted most, and English when none of ours is",
        arguments: [
            (nil, "en"), ("", "en"), ("ru", "ru"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("en-US,ru;q=0.9", "en"),
            ("de,ru;q=0.1", "ru"), ("de", "en"), ("ru;q=0", "en"), ("en;q=0.5, ru;q=0.6", "ru"), ("*", "en"),
            (";;;q=x,,ru", "ru"), ("RU", "ru"),
        ] as [(String?, String)])
    func choice(header: String?, language: String) { #expect(Language(accepted: header).rawValue == language) }

    @Test("8.30: title and detail are Russian for who reads Russian; code and pointers are not")
    func problems() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            for (language, title) in [("ru", "Недопустимые значения"), ("en", "Validation failed")] {
                let answer = try await api.call(
                    .POST, "/games", as: admin.caller, json: [:], headers: [("accept-language", language)])
                #expect(answer.status == 422 && answer.code == "validation-failed")
                #expect(answer.json["title"].text == title && answer.header("content-language") == language)
                #expect(answer.json["errors"][0]["pointer"].text == "/title")
                #expect(answer.header("vary") == "Accept-Language")
            }
        }
    }

    @Test("8.30: every code that stands in our sources has a Russian text")
    func complete() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Sources/API").standardized
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var codes: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            guard text.contains("HTTPProblem") else { continue }
            // A status before it, so that codes of fields, which stay English, are not meant.
            for match in text.matches(of: /status: \.\w+,\s*code: "([a-z-]+)"/) { codes.insert(String(match.1)) }
        }
        #expect(codes.count > 30)
        let missing = codes.filter { RussianProblems.texts[$0] == nil }.sorted()
        #expect(missing.isEmpty, "add them to RussianProblems: \(missing)")
    }

    @Test("SD-2: /docs names every route and asks nobody else for anything")
    func documentation() async throws {
        try await APIHarness.run { api in
            let page = try await api.call(.GET, "/docs")
            #expect(page.status == 200 && page.header("content-type") == "text/html; charset=utf-8")
            let html = String(decoding: page.bytes, as: UTF8.self)
            for route in RouteTable.all where !route.path.hasSuffix("**") {
                #expect(html.contains("<code>\(route.path)</code>"), "\(route.path)")
            }
            for foreign in ["src=", "href=\"http", "//cdn", "@import", "url(", "<script"] {
                #expect(!html.contains(foreign), "\(foreign)")
            }
            let policy = try #require(page.header("content-security-policy"))
            #expect(policy.hasPrefix("default-src 'none'") && policy.contains("'sha256-"))
        }
    }
}
