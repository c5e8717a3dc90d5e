import Content
import Digests
import Foundation
import Multipart
import ObjectStore
import SigV4
import TestKit
import Testing

@testable import ObjectStore

/// What is asked of a server beyond what every store must do: who may come in, and by which clock.
struct S3ServerCheck: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let run: @Sendable (S3Server.Address) async throws -> Void

    static let all = [
        S3ServerCheck(testDescription: "a wrong secret key is told as such") { address in
            try await Self.expectDenied(try Self.store(address, secretKey: "wrong"))
        },
        S3ServerCheck(testDescription: "a key that nobody has is told as such") { address in
            try await Self.expectDenied(try Self.store(address, accessKey: "nobody"))
        },
        S3ServerCheck(testDescription: "clocks an hour behind and ahead are corrected") { address in
            for offset in [-3600, 3600] as [TimeInterval] {
                let key = try ObjectKey(validating: "clock/\(UUID())")
                let store = try Self.store(address, clockOffset: offset)
                _ = try await store.put(key, .bytes([1]), digest: nil, condition: .always)
                #expect(try await store.head(key)?.size == 1)
            }
        },
        S3ServerCheck(testDescription: "a body that is not signed, as over TLS, is taken") { address in
            let store = try Self.store(address)
            var request = S3Request("PUT", try ObjectKey(validating: "unsigned/\(UUID())"))
            request.body = .bytes(Array("unsigned".utf8))
            request.signedBody = .unsigned
            _ = try await store.client.send(request)
            let key = try #require(request.key)
            #expect(try await store.read(key, range: nil, limit: .kibibytes(1)) == Array("unsigned".utf8))
        },
        S3ServerCheck(testDescription: "a bucket that is not there is named") { address in
            let store = try Self.store(address, bucket: "no-such-bucket")
            await #expect(throws: ObjectStoreError.bucketMissing("no-such-bucket")) { try await store.check() }
        },
        S3ServerCheck(testDescription: "parts that are too small are refused, and which") { address in
            let store = try Self.store(address)
            let key = try ObjectKey(validating: "small-parts/\(UUID())")
            let upload = try await store.beginMultipart(key)
            var parts: [PartInfo] = []
            for number in 1...2 {
                parts.append(try await store.putPart(key, upload, number: number, .bytes([1, 2]), digest: nil))
            }
            let error = await #expect(throws: ObjectStoreError.self) {
                _ = try await store.completeMultipart(key, upload, parts: parts, condition: .always)
            }
            guard case .invalidPart = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await store.abortMultipart(key, upload)
        },
    ]

    private static func expectDenied(_ store: S3Store) async throws {
        let error = await #expect(throws: ObjectStoreError.self) { try await store.check() }
        guard case .accessDenied = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private static func store(
        _ address: S3Server.Address, bucket: String = "slipway-tests", accessKey: String? = nil,
        secretKey: String? = nil, clockOffset: TimeInterval = 0
    ) throws -> S3Store {
        let configuration = S3Configuration(
            endpoint: try #require(S3Endpoint(address.endpoint)), region: address.region, bucket: bucket,
            addressing: .path)
        let credentials = StaticCredentials(
            Credentials(
                accessKey: accessKey ?? address.accessKey, secretKey: secretKey ?? address.secretKey, sessionToken: nil)
        )
        return S3Store(configuration, credentials: credentials, http: S3Bucket.http, pool: S3Bucket.pool) {
            Date(timeIntervalSinceNow: clockOffset)
        }
    }
}
