import API
import Accounts
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Documents over HTTP")
struct DocumentAPITests {
    static let bytes = Array("%PDF-1.7 charter".utf8)

    private func reserve(
        _ api: APIHarness, by admin: Member, size: Int = DocumentAPITests.bytes.count
    ) async throws -> (path: String, answer: Answer) {
        let answer = try await api.call(
            .POST, "/accounts/me/documents", as: admin.caller,
            json: [
                "kind": "charter", "file_name": "устав.pdf", "content_type": "application/pdf",
                "file_size": .integer(size),
            ])
        #expect(answer.status == 201, "\(answer.json)")
        return ("/accounts/me/documents/\(answer.json["document_id"].text ?? "")", answer)
    }

    @Test(
        "AC-2: a document is sent by a signed URL or through us, committed once, listed and deleted",
        arguments: [true, false])
    func life(signed: Bool) async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, made) = try await self.reserve(api, by: admin)
            #expect(try await api.call(.POST, "\(path)/complete", as: admin.caller).code == "upload-incomplete")
            if signed {
                let sent = try await api.call(.PUT, try #require(made.json["upload"]["url"].text), bytes: Self.bytes)
                #expect(sent.status == 200)
            } else {
                let short = try await api.call(.PUT, "\(path)/content", as: admin.caller, bytes: [1, 2])
                #expect(short.status == 422 && short.code == "size-mismatch")
                #expect(try await api.call(.PUT, "\(path)/content", as: admin.caller, bytes: Self.bytes).status == 204)
            }
            for _ in 0..<2 {
                let done = try await api.call(.POST, "\(path)/complete", as: admin.caller)
                #expect(done.status == 202 && done.json["status"].text == "scanning")
            }
            let late = try await api.call(.PUT, "\(path)/content", as: admin.caller, bytes: Self.bytes)
            #expect(late.status == 409)
            let list = try await api.call(.GET, "/accounts/me/documents", as: admin.caller)
            #expect(list.json["items"][0]["file_name"].text == "устав.pdf")
            let stranger = try await api.company("B")
            #expect(try await api.call(.GET, "/accounts/me/documents", as: stranger.caller).json["items"] == [])
            let developer = try await api.member(.developer, of: admin.developer)
            #expect(try await api.call(.GET, path, as: developer.caller).status == 403)
            #expect(try await api.call(.DELETE, path, as: admin.caller).status == 204)
            #expect(try await api.call(.GET, path, as: admin.caller).status == 404)
            let actions = try await api.call(.GET, "/audit?action=document", as: admin.caller).json["items"].items
            #expect(actions.compactMap { $0["action"].text } == ["document.deleted", "document.uploaded"])
        }
    }

    @Test("a document is of a kind and a format that exist, and no larger than may be")
    func validation() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let bad: [(JSONValue, String)] = [
                ([:], "/kind"),
                (["kind": "x", "file_name": "a", "content_type": "application/pdf", "file_size": 1], "/kind"),
                (["kind": "tax", "file_name": "a", "content_type": "text/html", "file_size": 1], "/content_type"),
                (["kind": "tax", "file_name": "a", "content_type": "image/png", "file_size": 0], "/file_size"),
                (
                    ["kind": "tax", "file_name": "a", "content_type": "image/png", "file_size": 99_999_999],
                    "/file_size"
                ),
                (["kind": "tax", "file_name": "a\n", "content_type": "image/png", "file_size": 1], "/file_name"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.POST, "/accounts/me/documents", as: admin.caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
        }
    }
}
