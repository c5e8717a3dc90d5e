import Content
import Digests
import FoundationEssentials
import ObjectStore

extension ObjectStoreConformance {
    static let presignChecks: [Check] = [
        Check("a presigned get reads one object and nothing else") { test in
            let (key, other) = (try test.key("signed/a b+é"), try test.key("signed/other"))
            _ = try await test.store.put(key, .bytes([1, 2, 3]), digest: nil, condition: .always)
            _ = try await test.store.put(other, .bytes([4]), digest: nil, condition: .always)
            let now = Date()
            let request = try await test.store.presign(.get(key), expiresIn: .seconds(60), now: now)
            try expectEqual(request.method, "GET", "the method")
            try expect(abs(request.expiresAt.timeIntervalSince(now) - 60) < 2, "it expires at \(request.expiresAt)")
            try expect(!request.description.contains("ignature"), "the description shows the signature")
            let answer = try await test.send(request, [])
            try expectEqual(answer.status, 200, "the status")
            try expectEqual(answer.body, [1, 2, 3], "the body")

            let moved = request.changing { $0.replacing("a%20b%2B%C3%A9", with: "other") }
            try expect(moved.url != request.url, "the URL was not changed: \(request)")
            try expectEqual(try await test.send(moved, []).status, 403, "the status for another key")
            let longer = request.changing { $0.replacing("xpires=", with: "xpires=9") }
            try expect(longer.url != request.url, "the URL was not changed: \(request)")
            try expect([400, 403].contains(try await test.send(longer, []).status), "a longer life was accepted")
        },
        Check("a presigned put writes exactly the declared bytes") { test in
            let key = try test.key("signed/put")
            let bytes = Self.bytes(5000, seed: 21)
            for digest in [nil, Digest.sha256(of: bytes)] {
                try await test.store.delete([key])
                let request = try await test.store.presign(
                    .put(key, length: 5000, digest: digest), expiresIn: .seconds(60), now: Date())
                try expectEqual(request.method, "PUT", "the method")
                try expect(try await test.send(request, bytes + [0]).status >= 400, "a longer body was accepted")
                if digest != nil {
                    let other = Self.bytes(5000, seed: 22)
                    try expect(try await test.send(request, other).status >= 400, "another body was accepted")
                }
                try expect(try await test.store.head(key) == nil, "something was stored")
                try expectEqual(try await test.send(request, bytes).status, 200, "the status")
                try expect(try await test.read(key) == bytes, "the content differs")
                if digest != nil { try expectEqual(try await test.store.head(key)?.digest, digest, "the digest") }
            }
        },
        Check("presigned parts make an object") { test in
            let key = try test.key("signed/parts")
            let upload = try await test.store.beginMultipart(key)
            let parts = [Self.bytes(5 << 20, seed: 23), Self.bytes(100, seed: 24)]
            for (index, part) in parts.enumerated() {
                let request = try await test.store.presign(
                    .part(key, upload, number: index + 1, length: Int64(part.count)), expiresIn: .seconds(60),
                    now: Date())
                try expectEqual(try await test.send(request, part).status, 200, "the status of part \(index + 1)")
            }
            let stored = try await test.store.listParts(key, upload)
            _ = try await test.store.completeMultipart(key, upload, parts: stored, condition: .always)
            try expect(try await test.read(key) == Array(parts.joined()), "the content differs")
        },
        Check("a presigned request whose signature or key was changed is refused") { test in
            let key = try test.key("signed/changed")
            _ = try await test.store.put(key, .bytes([1]), digest: nil, condition: .always)
            let request = try await test.store.presign(.get(key), expiresIn: .seconds(60), now: Date())
            let signature = request.changing { url in
                guard let last = url.last else { return url }
                return url.dropLast() + (last == "0" ? "1" : "0")
            }
            try expectEqual(try await test.send(signature, []).status, 403, "the status with another signature")
            let other = request.changing { $0.replacing("signed/changed", with: "signed/chanced") }
            try expectEqual(try await test.send(other, []).status, 403, "the status with another key")
        },
        Check("a presigned request that expired is refused") { test in
            let key = try test.key("signed/expired")
            _ = try await test.store.put(key, .bytes([1]), digest: nil, condition: .always)
            let request = try await test.store.presign(
                .get(key), expiresIn: .seconds(60), now: Date(timeIntervalSinceNow: -120))
            try expectEqual(try await test.send(request, []).status, 403, "the status")
        },
    ]
}

extension PresignedRequest {
    func changing(_ change: (String) -> String) -> PresignedRequest {
        PresignedRequest(method: self.method, url: change(self.url), headers: self.headers, expiresAt: self.expiresAt)
    }
}
